import { type Command, Option } from 'commander'
import type { DeployableContract } from '../../chain/index.js'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { forceOption, readKeyPins, required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface ExportOptions {
  out: string
  contracts?: string[]
  pins?: string
  force?: boolean
  json?: boolean
}

export function contractExportCommand(): Command {
  return command('export', {
    description:
      'Write Solidity: verifiers of instances, and the contracts around them, with all that they import.',
    args: [['[instances...]', 'instances to write verifiers of; `plimsoll setup --list` names them']],
    options: [
      required('--out <folder>', 'write the contracts to this folder'),
      new Option('--contracts <names...>', 'contracts beside verifiers, such as SolvencyRegistry'),
      new Option(
        '--pins <file>',
        'keys to trust; only the verifier of a key that they pin to a ceremony is not marked INSECURE',
      ),
      forceOption(),
    ],
    examples: [
      'plimsoll contract export ledger-4-16-s4 solvency-16-s4 margin-4 --out contracts-out',
      'plimsoll contract export --contracts SolvencyRegistry RiskRegister --out registry-out',
    ],
  }).action(async (names: string[], options: ExportOptions) => {
    const { contractsView } = await import('../views/proven.js')
    const { exportContracts, pinnedKind } = await import('../../chain/index.js')
    const { loadVerifierKeys } = await import('../verifier-keys.js')
    const ui = createUi(options)
    const contracts = await readContracts(options.contracts)
    if (names.length + contracts.length === 0) {
      throw new InputError('USAGE', 'give instances, or --contracts')
    }
    const pins = await readKeyPins(options.pins)
    const { keys, files } = await ui.step('writing the contracts', async (update) => {
      const { artifacts, trust } = await loadVerifierKeys(names, pins, update)
      update(`${artifacts.length} verifiers, ${contracts.length} other contracts`)
      const overwrite = options.force ?? false
      const files = await exportContracts(options.out, artifacts, {
        ...{ contracts, overwrite },
        ...(trust && { trust }),
      })
      const keys = artifacts.map(async (key) => ({
        instance: key.instance.name,
        keyHash: key.keyHash,
        keyKind: await pinnedKind(key, trust),
      }))
      return { keys: await Promise.all(keys), files }
    })
    if (keys.some(({ keyKind }) => keyKind === 'development')) ui.warnOfKeys('development')
    const result = { files, keys }
    ui.result(result, () => contractsView(result))
  })
}

/** The contracts that `--contracts` names. */
async function readContracts(names: readonly string[] = []): Promise<DeployableContract[]> {
  const { CONTRACTS } = await import('../../chain/index.js')
  return names.map((name) => {
    if (Object.hasOwn(CONTRACTS, name)) return name as DeployableContract
    throw new InputError('USAGE', `there is no contract ${JSON.stringify(name)}`, {
      where: '--contracts',
      hint: `Name some of ${Object.keys(CONTRACTS).join(', ')}.`,
    })
  })
}
