import { TOTAL_BITS, toField } from '../../field/index.js'
import { reservesCommitment } from '../solvency/witness.js'
import { type Verdict, verdict } from '../verdict.js'
import { activityDigest } from '../weigh/transcript.js'
import { externalCommitment } from './flows.js'
import { FUND_WORTH_BITS, termsDigest } from './terms.js'
import { type OpenedSettlement, type SettlementWitness, settlementStates } from './witness.js'

/** Of two trees of at most 2^98 units each, beside what a fund can lose. */
const CLOSING_BITS = TOTAL_BITS + 2

/** What the later epoch's insurance fund is worth at its marks. */
export function fundWorth({ after, terms }: Pick<OpenedSettlement, 'after' | 'terms'>): bigint {
  return after.insurance.reduce((sum, units, i) => sum + units * terms.marks[i]!, 0n)
}

/** The plain model of `settlement`: it accepts exactly what the circuit accepts. */
export function settlementModel(witness: SettlementWitness): Verdict {
  const { signals, roots, flows, before, after, fundPays, terms } = witness
  const reasons: string[] = []
  const states = settlementStates(witness, signals)
  if (activityDigest(roots) !== signals.activity) reasons.push('activity is not that of the roots')
  if (externalCommitment(flows, witness.externalBlind) !== signals.external) {
    reasons.push('external does not open to deposits, withdrawals and fees')
  }
  if (states.firstState !== signals.firstState) reasons.push('firstState is not that of roots and flows')
  if (states.state !== signals.state) {
    reasons.push('state is not the one in which everything is weighed and comes to these flows')
  }
  const inRange = (value: bigint, bits: number) => toField(value) >> BigInt(bits) === 0n
  for (const [name, held] of [['before', before] as const, ['after', after] as const]) {
    if (![...held.reserves, ...held.insurance].every((units) => inRange(units, TOTAL_BITS))) {
      reasons.push(`a reserve or an insurance fund ${name} is out of range`)
    }
  }
  const committed = (held: typeof before) => reservesCommitment(held.reserves, held.insurance, held.blind)
  if (committed(before) !== signals.reservesBefore) reasons.push('reservesBefore does not open')
  if (committed(after) !== signals.reservesAfter) reasons.push('reservesAfter does not open')
  if (termsDigest(terms) !== signals.terms) reasons.push('terms are not those of dust and marks')
  if (!flows.accruals.every((net) => inRange(-net, TOTAL_BITS))) {
    reasons.push('interest and funding give accounts more than they take from accounts')
  }
  const spent = fundPays.map((pays, i) => (pays ? before.insurance[i]! - after.insurance[i]! : 0n))
  if (!flows.closing.every((net, i) => inRange(spent[i]! - net, CLOSING_BITS))) {
    reasons.push('liquidations and takers give accounts more than the insurance fund lost')
  }
  const { loss } = signals
  if (loss !== 0n && loss !== 1n) reasons.push('loss is neither 0 nor 1')
  if (toField(roots.allocations) !== 0n && loss !== 1n) {
    reasons.push('there are allocations, and no loss is stated')
  }
  if (!inRange(terms.dust - loss * fundWorth(witness), FUND_WORTH_BITS)) {
    reasons.push('a loss is shared while the insurance fund is worth more than the dust of the policy')
  }
  return verdict(reasons)
}
