import type { Command } from 'commander'
import { ArtifactError } from '../../errors/index.js'
import type { Artifacts } from '../../proving/index.js'
import { command } from '../command.js'
import { forceOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface ExportOptions {
  out: string
  force?: boolean
  json?: boolean
}

export function contractExportCommand(): Command {
  return command('export', {
    description: 'Write the Solidity verifiers of some instances, with all that they import.',
    args: [['<instances...>', 'instances; `plimsoll setup --list` names them']],
    options: [required('--out <folder>', 'write the contracts to this folder'), forceOption()],
    examples: ['plimsoll contract export ledger-4-16-s4 solvency-16-s4 margin-4 --out contracts-out'],
  }).action(async (names: string[], options: ExportOptions) => {
    const { contractsView } = await import('../views/proven.js')
    const { exportContracts } = await import('../../chain/index.js')
    const ui = createUi(options)
    const { keys, files } = await ui.step('writing the contracts', async (update) => {
      const keys: Artifacts[] = []
      for (const name of names) {
        update(`checking the key of ${name}`)
        keys.push(await loadKey(name))
      }
      update(`${keys.length} verifiers`)
      return { keys, files: await exportContracts(options.out, keys, { overwrite: options.force ?? false }) }
    })
    if (keys.some(({ keyKind }) => keyKind === 'development')) ui.warnOfKeys('development')
    const result = {
      files,
      keys: keys.map(({ instance, keyHash }) => ({ instance: instance.name, keyHash })),
    }
    ui.result(result, () => contractsView(result))
  })
}

async function loadKey(name: string): Promise<Artifacts> {
  const { loadArtifacts } = await import('../../proving/index.js')
  const found = await loadArtifacts(name)
  if (found) return found
  throw new ArtifactError('KEY_MISSING', `this machine has no key of ${name}`, {
    hint: `A new key verifies no existing proof. To make one anyway: \`plimsoll setup ${name}\`.`,
  })
}
