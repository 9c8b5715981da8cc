import { Command } from 'commander'
import { ArtifactError } from '../../errors/index.js'
import { forceOption } from '../output.js'
import { createUi, DEVELOPMENT_WARNING } from '../terminal/ui.js'

export function contractCommand(): Command {
  const exporting = new Command('export')
    .description('Write the Solidity verifiers of some instances, with all that they import.')
    .argument('<instances...>', 'instances; `plimsoll setup --list` names them')
    .requiredOption('--out <folder>', 'where to write')
    .addOption(forceOption())
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll contract export ledger-small-stress solvency-small-stress margin-4 --out contracts-out',
    )
    .action(async (names: string[], options: { out: string; force?: boolean; json?: boolean }) => {
      const { loadArtifacts } = await import('../../proving/index.js')
      const ui = createUi(options.json ?? false)
      const keys = []
      for (const name of names) {
        const found = await loadArtifacts(name)
        if (!found) {
          throw new ArtifactError('KEY_MISSING', `this machine has no key of ${name}`, {
            hint: `A new key verifies no proof that there is. To make one all the same: \`plimsoll setup ${name}\`.`,
          })
        }
        keys.push(found)
      }
      const { exportContracts } = await import('../../chain/index.js')
      const files = await exportContracts(options.out, keys, { overwrite: options.force ?? false })
      if (keys.some((key) => key.keyKind === 'development')) ui.say(DEVELOPMENT_WARNING)
      const made = keys.map((key) => ({ instance: key.instance.name, keyHash: key.keyHash }))
      ui.result({ files, keys: made }, () => [
        ...files,
        ...made.map((key) => `key of ${key.instance}: ${key.keyHash}`),
      ])
    })
  return new Command('contract').description('Verifiers for an EVM chain.').addCommand(exporting)
}
