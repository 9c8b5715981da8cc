import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { deploymentOption, type RegistryOptions, readRegistry } from '../chain-options.js'
import { command } from '../command.js'
import {
  forceOption,
  privateOption,
  provingOptions,
  readKeyPins,
  required,
  reservesOption,
} from '../options.js'
import { type KnownOptions, knownOptions, readKnown } from '../reserves-options.js'
import { createUi } from '../terminal/ui.js'

interface RetargetOptions extends KnownOptions, RegistryOptions {
  reserves: string
  chainId?: string
  out: string
  private?: string
  pins?: string
  prover: string
  force?: boolean
  json?: boolean
}

export function epochRetargetCommand(): Command {
  return command('retarget', {
    description:
      'Make an epoch of the same books for another chain or contract: its ledger is copied, and its solvency proven for that target.',
    args: [['<epoch>', 'the public folder of the finished epoch']],
    options: [
      reservesOption(),
      new Option('--chain-id <number>', 'the chain that it is for').conflicts('deployment'),
      new Option('--registry <address>', 'the contract that it is for'),
      deploymentOption(),
      required('--out <folder>', 'the public epoch to make'),
      privateOption(),
      ...provingOptions(),
      ...knownOptions(),
      forceOption(),
    ],
    notes: [
      'Reserves, policy and evidence are those of the finished epoch. Readers compare the two with `plimsoll audit EPOCH --compare OTHER`: they are the same books, or an exception.',
      'Sign it afterwards: a signature is for one target. The next epoch names the finished one with --previous, and not this: `plimsoll epoch` follows the one for its own target.',
    ],
    examples: [
      'plimsoll epoch retarget epoch --reserves examples/venue/reserves.json --chain-id 10 --registry 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed --out epoch-10',
    ],
  }).action(async (epoch: string, options: RetargetOptions) => {
    const { retargetedView } = await import('../views/proven.js')
    const { defaultPrivateFolder, retargetEpoch } = await import('../../venue/index.js')
    const { chooseProver } = await import('../../proving/index.js')
    const { readReserves } = await import('../../inputs/index.js')
    const { artifactSource } = await import('../artifacts.js')
    const ui = createUi(options)
    const { out, force = false } = options
    const target = await readTarget(options)
    const prover = chooseProver(options.prover)
    const pins = await readKeyPins(options.pins)
    const known = await readKnown(options)
    const { manifest, keyKind, scenarios } = await ui.step('proving solvency for the other target', () =>
      retargetEpoch({
        ...{ from: epoch, folder: out, target, known, prover, force },
        privateFolder: options.private ?? defaultPrivateFolder(epoch),
        reserves: (table) => readReserves(options.reserves, table),
        artifacts: artifactSource(ui, pins),
      }),
    )
    ui.warnOfKeys(keyKind)
    const result = { epoch: out, ...{ target, keyKind, scenarios }, ...manifest.parts.solvency }
    ui.result(result, () => retargetedView(result, epoch))
  })
}

/** @throws {InputError} `USAGE` */
async function readTarget(options: RetargetOptions): Promise<{ chainId: string; contract: string }> {
  const registry = await readRegistry(options)
  const chainId = registry?.chainId ?? options.chainId
  if (registry !== undefined && chainId !== undefined) return { chainId, contract: registry.address }
  throw new InputError('USAGE', 'give --chain-id and --registry, or --deployment')
}
