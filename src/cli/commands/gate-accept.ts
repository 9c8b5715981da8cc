import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { type ChainOptions, connectAs, nodeOption, senderOption } from '../chain-options.js'
import { command } from '../command.js'
import { gateOption, untilOption } from '../gate/options.js'
import { createUi } from '../terminal/ui.js'
import { type ProofTrustOptions, proofTrustOptions, readProofTrust } from '../trust-options.js'

interface AcceptOptions extends ChainOptions, ProofTrustOptions {
  gate: string
  until?: number
  withdraw?: boolean
  json?: boolean
}

const DAY = 86_400

export function gateAcceptCommand(): Command {
  return command('accept', {
    description:
      'Verify an epoch, and have your gate take margins of it, and of no other, until a time. Or withdraw the one that it takes.',
    args: [['[epoch]', 'the epoch: a folder, a ZIP archive or an https address']],
    options: [
      gateOption(),
      untilOption('the last second at which margins of this epoch hold (default: a day from now)'),
      new Option('--withdraw', 'no margin holds any more, until you accept an epoch again'),
      nodeOption(),
      senderOption(),
      ...proofTrustOptions(),
    ],
    notes: [
      'Another epoch ends all records and pledges of the one before. Accepted again, an epoch keeps them, and only its end moves.',
      'Name pins that you trust with --pins. --max-age refuses an epoch whose prices are too old.',
    ],
    examples: [
      'plimsoll gate accept epoch --gate gate.json --rpc http://127.0.0.1:8545 --sender examples/venue/signing-key.json --pins pins.json',
    ],
  }).action(async (place: string | undefined, options: AcceptOptions) => {
    const { withdraw } = options
    if ((place === undefined) === (withdraw === undefined) || (withdraw && options.until !== undefined)) {
      throw new InputError('USAGE', 'give an epoch, or --withdraw alone')
    }
    const { epochAt, openOwnedEpochs } = await import('../../chain/index.js')
    const { gateRequirement } = await import('../gate/deploy.js')
    const { verifiedEpoch } = await import('../gate/epoch.js')
    const { openRecordedGate } = await import('../gate/record.js')
    const { acceptedView } = await import('../views/gate.js')
    const ui = createUi(options)
    const chain = await connectAs(options)
    const { record, gate } = await openRecordedGate(chain, options.gate)
    if (record.source.kind !== 'owned') {
      throw new InputError('GATE_SOURCE', 'a registry says which epoch counts at this gate', {
        where: `${options.gate}: source`,
        hint: 'Nothing is to be accepted here: `plimsoll gate status` says what counts.',
      })
    }
    const epochs = await openOwnedEpochs(chain, record.source.contract)
    const before = await epochAt(chain, gate.epochs)
    if (place === undefined) {
      if (before.number === 0) {
        throw new InputError('GATE_SOURCE', 'no epoch was accepted yet', { where: options.gate })
      }
      await ui.step('withdrawing the epoch', () => epochs.setRoots(gate.epochs.venue, before, 0))
    } else {
      const { manifest, table } = await verifiedEpoch(ui, place, await readProofTrust(options))
      if (manifest.venue !== record.venue) {
        throw new InputError(
          'GATE_EPOCH_OTHER',
          `the epoch is of ${manifest.venue}, the gate of ${record.venue}`,
          { where: place, hint: 'Name an epoch of the venue of the gate.' },
        )
      }
      const changed = record.requirements.filter(
        ({ requirement, times, digest }) => `${gateRequirement(table, requirement, times)}` !== digest,
      )
      if (changed.length > 0) {
        const names = changed.map(({ requirement, times }) => `${times} × ${requirement}`)
        throw new InputError('GATE_REQUIREMENT', `the epoch's rule has another ${names.join(', another ')}`, {
          where: place,
          hint: 'Read the rule with `plimsoll risk table`. If you accept it, run `plimsoll gate deploy` again with this epoch and this requirement.',
        })
      }
      const now = Number((await chain.reader.getBlock()).timestamp)
      const until = options.until ?? now + DAY
      if (until < now) {
        throw new InputError('GATE_UNTIL', 'is past on this chain', {
          where: '--until',
          hint: `Write a time after ${now}.`,
        })
      }
      const roots = {
        accountsRoot: BigInt(manifest.parts.solvency.accountsRoot),
        riskRoot: BigInt(manifest.riskRoot),
      }
      await ui.step(`the gate takes margins of epoch ${manifest.epoch}`, () =>
        epochs.setRoots(gate.epochs.venue, roots, until),
      )
    }
    const after = await epochAt(chain, gate.epochs)
    const result = {
      ...{ venue: record.venue, number: after.number, until: after.end },
      accountsRoot: `${after.accountsRoot}`,
      riskRoot: `${after.riskRoot}`,
      /** Whether records and pledges of an epoch before ended. */
      replaced: before.number !== 0 && before.number !== after.number,
    }
    ui.result(result, () => acceptedView(result))
  })
}
