import {
  keyOf,
  keysOf,
  RATIO_BITS,
  RATIO_ONE,
  SHORTFALL_BITS,
  TOTAL_BITS,
  VALUE_BITS,
} from '../../field/index.js'
import { riskRootOf } from '../../risk/index.js'
import { stateCommitment } from '../ledger/state.js'
import { type Verdict, verdict } from '../verdict.js'
import { policyDigest } from './policy.js'
import { wholeTotals } from './whole.js'
import { reservesCommitment, type SolvencyWitness } from './witness.js'

/** The figures of solvency per instrument, at mark and in each scenario. Private: it holds the totals. */
export interface SolvencyFigures {
  instruments: {
    /** Smallest units, with those of all its tiers; none in the row of a tier. */
    long: bigint
    short: bigint
    reserves: bigint
    insurance: bigint
    /** Smallest units that are missing; 0n when the instrument is covered. */
    missing: bigint
    /** Whether long and short net to zero, for a derivative. */
    netted: boolean
  }[]
  /** Value that is missing over all spot instruments at mark, in 10^-valueDecimals of the quote currency. */
  missingValue: bigint
  /**
   * Value that is missing in each scenario, in the same unit; with tiers, in the first one what accounts lack
   * in collateral.
   */
  missingByScenario: bigint[]
}

/** Division that rounds up, of a non-negative number. */
function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b
}

/**
 * The arithmetic of `solvency`, instrument by instrument, in exact integers. What is missing rounds up to a
 * whole smallest unit; whether anything is missing does not depend on rounding.
 */
export function solvencyFigures(
  witness: Pick<SolvencyWitness, 'state' | 'reserves' | 'insurance' | 'table' | 'policy'>,
): SolvencyFigures {
  const { marks, scenarios, widths } = witness.table.columns
  const totals = wholeTotals(witness.state.totals, widths)
  let value = 0n
  const instruments = witness.policy.instruments.map((rule, i) => {
    const keys = keysOf(i)
    const [long, short] = [totals[keys.long]!, totals[keys.short]!]
    const reserves = witness.reserves[i]!
    const insurance = witness.insurance[i] ?? 0n
    if (rule.derivative) {
      const netted = long === short && reserves === 0n && insurance === 0n
      return { long, short, reserves, insurance, missing: 0n, netted }
    }
    const counted = reserves * RATIO_ONE + rule.loanFactor * short
    const gap = rule.minimumRatio * long - counted
    value += marks[i]! * (counted - witness.policy.valueRatio * long)
    const missing = gap > 0n ? ceilDiv(gap, RATIO_ONE) : 0n
    return { long, short, reserves, insurance, missing, netted: true }
  })
  const missingByScenario = scenarios.map(({ values }, s) => {
    if (widths !== undefined && s === 0) return witness.state.shortfalls[0]!
    const surplus = instruments.reduce((sum, { long, short, reserves, insurance }, i) => {
      const net = reserves + insurance + short - long
      return sum + net * values[keyOf({ instrument: i, quantity: net })]!
    }, -witness.state.shortfalls[s]!)
    return surplus < 0n ? -surplus : 0n
  })
  return { instruments, missingValue: value < 0n ? ceilDiv(-value, RATIO_ONE) : 0n, missingByScenario }
}

/**
 * The plain model of `solvency`: the statement in integers and hashes. It accepts exactly what the circuit
 * accepts.
 */
export function solvencyModel(witness: SolvencyWitness): Verdict {
  const { signals, sizes, state, policy, table } = witness
  const { marks, scenarios, widths } = table.columns
  const reasons: string[] = []
  const fits = (values: readonly bigint[], bits: number) =>
    values.every((v) => v >= 0n && v >> BigInt(bits) === 0n)
  if (
    state.totals.length !== 2 * sizes.instruments ||
    [witness.reserves, marks, policy.instruments].some((list) => list.length !== sizes.instruments) ||
    witness.insurance.length !== (sizes.scenarios > 0 ? sizes.instruments : 0)
  ) {
    return verdict(['the instruments are not as many as the instance has'])
  }
  if ([state.shortfalls, scenarios].some((list) => list.length !== sizes.scenarios)) {
    return verdict(['the scenarios are not as many as the instance has'])
  }
  if (widths !== undefined && (widths.length !== sizes.instruments || sizes.scenarios === 0)) {
    return verdict(['the widths are not as many as the instance has'])
  }
  if (!fits(state.totals, TOTAL_BITS)) reasons.push('a total is out of range')
  if (!fits(witness.reserves, TOTAL_BITS)) reasons.push('a reserve is out of range')
  if (!fits(witness.insurance, TOTAL_BITS)) reasons.push("an insurance fund's holding is out of range")
  if (!fits(state.shortfalls, SHORTFALL_BITS)) reasons.push('a shortfall sum is out of range')
  // The mark of a derivative or a tier is in no sum.
  const counted = marks.filter((_, i) => !policy.instruments[i]!.derivative && !widths?.[i])
  if (!fits(counted, VALUE_BITS)) reasons.push('a mark is out of range')
  const lifted = scenarios.flatMap(({ values }) => values.map((value) => value + (1n << BigInt(VALUE_BITS))))
  if (!fits(lifted, VALUE_BITS + 1)) reasons.push('a value of a scenario is out of range')
  if (
    !fits(
      [policy.valueRatio, ...policy.instruments.flatMap((i) => [i.minimumRatio, i.loanFactor])],
      RATIO_BITS,
    )
  ) {
    reasons.push('a ratio is out of range')
  }

  if (stateCommitment(state) !== signals.state) reasons.push('state does not open to the ledger')
  if (state.accountsRoot !== signals.accountsRoot) reasons.push("accountsRoot is not the state's")
  const commitment = reservesCommitment(witness.reserves, witness.insurance, witness.reservesBlind)
  if (commitment !== signals.reservesCommitment) {
    reasons.push('reservesCommitment does not open to the reserves')
  }
  if (riskRootOf(table) !== signals.riskRoot) reasons.push('riskRoot does not open to the unit values')
  if (policyDigest(policy) !== signals.policy) reasons.push('policy does not open to the thresholds')
  for (const [i, width] of (widths ?? []).entries()) {
    if (width === 0n) continue
    if (i === 0) reasons.push('the first row is a tier, of no instrument')
    if (policy.instruments[i]!.derivative || policy.instruments[i - 1]?.derivative) {
      reasons.push(`instrument ${i}: a tier of a derivative`)
    }
    if (witness.reserves[i] !== 0n || witness.insurance[i] !== 0n) {
      reasons.push(`instrument ${i}: a tier that is held in reserve`)
    }
  }
  if (reasons.length > 0) return verdict(reasons)

  const figures = solvencyFigures(witness)
  for (const [i, { missing, netted }] of figures.instruments.entries()) {
    if (missing > 0n) reasons.push(`instrument ${i}: reserves below what is owed`)
    if (!netted) reasons.push(`instrument ${i}: a derivative that does not net to zero`)
  }
  if (figures.missingValue > 0n) reasons.push('reserves are worth less than what is owed')
  for (const [s, missing] of figures.missingByScenario.entries()) {
    if (missing === 0n) continue
    reasons.push(
      widths !== undefined && s === 0
        ? 'an account owes more than its collateral counts for'
        : `scenario ${s}: what is held does not cover the shortfalls`,
    )
  }
  return verdict(reasons)
}
