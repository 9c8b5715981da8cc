import { RATIO_BITS, RATIO_ONE, TOTAL_BITS, VALUE_BITS } from '../../field/index.js'
import { poseidon, ROLES, sponge } from '../../hash/index.js'
import { stateCommitment } from '../ledger/state.js'
import { type Verdict, verdict } from '../verdict.js'
import { policyDigest } from './policy.js'
import { reservesCommitment, type SolvencyWitness } from './witness.js'

/** What solvency comes to, per instrument and at mark. Private: it holds the totals. */
export interface SolvencyFigures {
  instruments: {
    /** Smallest units. */
    long: bigint
    short: bigint
    reserves: bigint
    /** Smallest units that are missing; 0n when the instrument is covered. */
    missing: bigint
    /** Whether long and short net to zero, for a derivative. */
    netted: boolean
  }[]
  /** Value that is missing over all spot instruments at mark, in 10^-valueDecimals of the quote currency. */
  missingValue: bigint
}

/** Division that rounds up, of a non-negative number. */
function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b
}

/**
 * The arithmetic of `solvency`, instrument by instrument, in exact integers. What is missing rounds up to a whole
 * smallest unit; whether anything is missing does not depend on rounding.
 */
export function solvencyFigures(
  witness: Pick<SolvencyWitness, 'state' | 'reserves' | 'marks' | 'policy'>,
): SolvencyFigures {
  let value = 0n
  const instruments = witness.policy.instruments.map((rule, i) => {
    const long = witness.state.totals[2 * i]!
    const short = witness.state.totals[2 * i + 1]!
    const reserves = witness.reserves[i]!
    if (rule.derivative) {
      return { long, short, reserves, missing: 0n, netted: long === short && reserves === 0n }
    }
    const counted = reserves * RATIO_ONE + rule.loanFactor * short
    const gap = rule.minimumRatio * long - counted
    value += witness.marks[i]! * (counted - witness.policy.valueRatio * long)
    return { long, short, reserves, missing: gap > 0n ? ceilDiv(gap, RATIO_ONE) : 0n, netted: true }
  })
  return { instruments, missingValue: value < 0n ? ceilDiv(-value, RATIO_ONE) : 0n }
}

/** The plain model of `solvency`: the statement in integers and hashes. It accepts exactly what the circuit accepts. */
export function checkSolvency(witness: SolvencyWitness): Verdict {
  const { signals, sizes, state, policy } = witness
  const reasons: string[] = []
  const fits = (values: readonly bigint[], bits: number) =>
    values.every((v) => v >= 0n && v >> BigInt(bits) === 0n)
  if (
    state.totals.length !== 2 * sizes.instruments ||
    [witness.reserves, witness.marks, policy.instruments].some((list) => list.length !== sizes.instruments)
  ) {
    return verdict(['the instruments are not as many as the instance has'])
  }
  if (!fits(state.totals, TOTAL_BITS)) reasons.push('a total is out of range')
  if (!fits(witness.reserves, TOTAL_BITS)) reasons.push('a reserve is out of range')
  if (!fits(witness.marks, VALUE_BITS)) reasons.push('a mark is out of range')
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
  if (reservesCommitment(witness.reserves, witness.reservesBlind) !== signals.reservesCommitment) {
    reasons.push('reservesCommitment does not open to the reserves')
  }
  const valuesDigest = sponge('values', witness.marks)
  if (poseidon([ROLES.risk.tag, valuesDigest, witness.rowsRoot, witness.timestamp]) !== signals.riskRoot) {
    reasons.push('riskRoot does not open to the marks')
  }
  if (policyDigest(policy) !== signals.policy) reasons.push('policy does not open to the thresholds')
  if (reasons.length > 0) return verdict(reasons)

  const figures = solvencyFigures(witness)
  for (const [i, { missing, netted }] of figures.instruments.entries()) {
    if (missing > 0n) reasons.push(`instrument ${i}: reserves below what is owed`)
    if (!netted) reasons.push(`instrument ${i}: a derivative that does not net to zero`)
  }
  if (figures.missingValue > 0n) reasons.push('reserves are worth less than what is owed')
  return verdict(reasons)
}
