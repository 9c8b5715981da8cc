import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import {
  epochOption,
  forceOption,
  ownInstancesOption,
  privateOption,
  provingOptions,
  readKeyPins,
  readOwn,
  required,
} from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface ProveOptions {
  epoch: string
  private?: string
  account: string
  moved: string
  takeover?: boolean
  gate?: string
  chainId?: string
  instance?: string
  ownInstances?: string
  out?: string
  force?: boolean
  pins?: string
  prover: string
  json?: boolean
}

export function liquidationProveCommand(): Command {
  return command('prove', {
    description:
      'Prove that an account of an epoch was below its requirement, and that no more was taken than the policy lets.',
    options: [
      epochOption(),
      privateOption(),
      required('--account <file>', "the account's inclusion file of this epoch (private)"),
      required('--moved <file>', 'what moved, by instrument, cash included (JSON, private)'),
      new Option('--takeover', 'the whole account was closed, as it was below the backstop'),
      new Option('--gate <address>', 'the LiquidationGate that is to take the proof; takes --chain-id'),
      new Option('--chain-id <number>', 'the chain of the gate'),
      new Option('--instance <name>', 'the instance to prove with (default: the cheapest that fits)'),
      ownInstancesOption(),
      new Option('--out <file>', 'write the proof to this file, too'),
      forceOption(),
      ...provingOptions(),
    ],
    notes: [
      "The proof goes into the epoch's folder liquidations and shows neither account nor amount. What opens it goes into the private folder: export the account's inclusion file again, and its customer sees what moved.",
      'One leaf is liquidated once. Nothing is written when the policy does not let it be done.',
    ],
    examples: [
      'plimsoll liquidation prove --epoch epoch --account inclusion.json --moved examples/venue/moved-desk-2.json --out liquidation.json',
    ],
  }).action(async (options: ProveOptions) => {
    const { liquidationProvenView } = await import('../views/liquidation.js')
    const { defaultPrivateFolder, proveLiquidation } = await import('../../venue/index.js')
    const { chooseProver } = await import('../../proving/index.js')
    const { readInclusion, readMoved } = await import('../../inputs/index.js')
    const { artifactSource } = await import('../artifacts.js')
    const { assertReplaceable } = await import('../../files/index.js')
    const { formatJson } = await import('../../schema/index.js')
    const ui = createUi(options)
    const prover = chooseProver(options.prover)
    if (options.out !== undefined && !options.force) await assertReplaceable(options.out)
    const gate = gateOf(options)
    const own = await readOwn(options.ownInstances)
    const artifacts = artifactSource(ui, await readKeyPins(options.pins))
    const { proof, file, record, keyKind } = await ui.step('proving the liquidation', async () =>
      proveLiquidation({
        folder: options.epoch,
        privateFolder: options.private ?? defaultPrivateFolder(options.epoch),
        inclusion: await readInclusion(options.account),
        changes: (table) => readMoved(options.moved, table),
        takeover: options.takeover ?? false,
        ...(options.instance === undefined ? {} : { instance: options.instance }),
        ...(gate && { gate }),
        ...{ own, artifacts, prover },
      }),
    )
    if (options.out !== undefined) await writeResult(options.out, formatJson(proof), options.force)
    ui.warnOfKeys(keyKind)
    const { instance, signals } = proof.proof
    const result = { proof: file, record, instance, keyKind, signals }
    ui.result(result, () => liquidationProvenView(result, options.epoch))
  })
}

/** @throws {InputError} `USAGE` */
function gateOf({ gate, chainId }: ProveOptions): { chainId: string; contract: string } | undefined {
  if (gate === undefined && chainId === undefined) return undefined
  if (gate !== undefined && chainId !== undefined) return { chainId, contract: gate }
  throw new InputError('USAGE', 'give --gate and --chain-id together, or neither')
}
