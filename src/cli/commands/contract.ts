import { Command } from 'commander'
import { exportContracts } from '../../chain/index.js'
import { findInstance } from '../../proving/index.js'
import { artifactSource } from '../artifacts.js'
import { createUi, DEVELOPMENT_WARNING } from '../ui.js'

export function contractCommand(): Command {
  const exporting = new Command('export')
    .description('Write the Solidity verifiers of some instances, with all that they import.')
    .argument('<instances...>', 'instances; `plimsoll setup --list` names them')
    .requiredOption('--out <folder>', 'where to write')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll contract export ledger-small solvency-small --out contracts-out',
    )
    .action(async (names: string[], options: { out: string; json?: boolean }) => {
      const ui = createUi(options.json ?? false)
      for (const name of names) findInstance(name)
      const source = artifactSource(ui)
      const keys = []
      for (const name of names) keys.push(await source(name))
      const files = await exportContracts(options.out, keys)
      if (keys.some((key) => key.keyKind === 'development')) ui.say(DEVELOPMENT_WARNING)
      ui.result({ files }, () => files.join('\n'))
    })
  return new Command('contract').description('Verifiers for an EVM chain.').addCommand(exporting)
}
