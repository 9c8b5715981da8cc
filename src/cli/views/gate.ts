import type { NoMargin } from '../../chain/index.js'
import type { GateRecord } from '../gate/record.js'
import type { GateStatus } from '../gate/status.js'
import type { Text } from '../terminal/layout.js'
import { facts } from '../terminal/table.js'

/** The result of `gate deploy`. */
export function gateView(file: string, record: GateRecord): Text {
  const { contract, chainId, name, label, venue, source, verifiers, requirements } = record
  const next =
    source.kind === 'owned'
      ? `plimsoll gate accept EPOCH --gate ${file}`
      : 'the registry says which epoch counts: traders can prove to the gate'
  return facts([
    ['gate', `${contract} on chain ${chainId}`],
    ['of', name],
    ['label', label],
    ['venue', venue],
    [source.kind === 'owned' ? 'epochs that you accept' : 'registry', source.contract],
    ...verifiers.map(
      ({ instance, keyKind, contract }) =>
        [`verifier of ${instance}`, [contract, `${keyKind} key`]] as [string, string[]],
    ),
    ['asks', requirements.map(({ requirement, times }) => `${times} × ${requirement}`)],
    ['record, to publish', file],
    ['next', next],
  ])
}

/** The result of `gate accept`. */
export function acceptedView(result: {
  venue: string
  number: number
  until: number
  replaced: boolean
}): Text {
  const { venue, number, until, replaced } = result
  return [
    facts([
      ['venue', venue],
      ['number at the gate', number],
      ['margins hold until', until === 0 ? 'withdrawn: none holds' : atTime(until)],
    ]),
    ...(replaced ? ['Records and pledges of the epoch before have ended: traders prove again.'] : []),
  ]
}

/** Why there is no margin, for people. */
export const REASONS: Record<NoMargin, string> = {
  'no-requirement': 'the gate has no such requirement any more',
  'no-record': 'no proof of it was recorded for this handle',
  'verifier-withdrawn': 'the gate no longer trusts the verifier of the proof',
  'other-epoch': 'another epoch counts now: the account has to be proven again',
  'roots-withdrawn': 'no epoch of the venue counts now: it was withdrawn, or the venue is not solvent',
  'roots-over': 'the epoch is too old',
  'proof-expired': 'the proof has expired',
}

/** What a gate says of a handle. */
export function standingView(status: GateStatus): Text {
  const { hasMargin, why, until, record, epoch, submitter, pledge, requirement, times } = status
  const what = `${times} × ${requirement}`
  return [
    facts([
      ['handle', status.handle],
      ['recorded in epoch', record === undefined ? 'none' : record.epoch],
      ['epoch that counts now', epoch.number === 0 ? 'none' : epoch.number],
      ...(epoch.end === 0 ? [] : [['it counts until', atTime(epoch.end)] as const]),
      ...(record === undefined ? [] : [['the proof expires', atTime(record.expiry)] as const]),
      ['submitted by', submitter ?? 'nobody in this epoch'],
      ['pledged to', pledge === undefined ? 'nobody' : [pledge.lender, `until ${atTime(pledge.until)}`]],
    ]),
    why === undefined ? `MEETS ${what} until ${atTime(until)}` : `NO MARGIN of ${what}: ${REASONS[why]}`,
    ...(hasMargin && pledge === undefined ? ['Without a pledge to you, others may rely on it, too.'] : []),
  ]
}

/** The results of `gate pledge` and `gate release`. */
export function pledgeView(result: {
  handle: string
  pledge: { lender: string; until: number } | null
}): Text {
  const { handle, pledge } = result
  return facts([
    ['handle', handle],
    ['pledged to', pledge === null ? 'nobody' : pledge.lender],
    ...(pledge === null ? [] : [['at most until', atTime(pledge.until)] as const]),
  ])
}

/** A time of a chain, for people, with the number that options take. */
function atTime(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().replace('.000Z', ' UTC').replace('T', ' ')} (${seconds})`
}
