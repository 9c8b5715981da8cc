import {
  ACCOUNT_COUNT_BITS,
  FIELD_ORDER,
  invertAll,
  RATIO_BITS,
  RATIO_ONE,
  SHORTFALL_BITS,
  TOTAL_BITS,
  toField,
  VALUE_BITS,
} from '../../field/index.js'
import { ACCOUNTS_DEPTH, emptyRoot, rootOfPath, TREE_ARITY } from '../../hash/index.js'
import {
  DERIVATIVE_NUMBERS,
  firstTierKey,
  keyCount,
  type RiskColumns,
  riskRootOf,
  TIER_NUMBERS,
} from '../../risk/index.js'
import { firstState, stateCommitment } from '../ledger/state.js'
import { pledgedTotals, totalsDigest, weightedTotalsDigest } from '../ledger/totals.js'
import { firstTranscript, type SecondTranscript, secondTranscript } from '../ledger/transcript.js'
import { type Verdict, verdict } from '../verdict.js'
import { tableAtPoint } from './point.js'
import { policyDigest } from './policy.js'
import { reservesCommitment, type SolvencyWitness } from './witness.js'

/** The figures of one spot instrument. Private. */
export interface SpotFigures {
  /** Smallest units, with those of all its tiers. */
  long: bigint
  short: bigint
  reserves: bigint
  insurance: bigint
  /** Smallest units that are missing; 0n when the instrument is covered. */
  missing: bigint
}

/** The figures of solvency per instrument, at mark and in each scenario. Private: it holds the totals. */
export interface SolvencyFigures {
  spots: SpotFigures[]
  /** Of every derivative its longs and shorts, which are equal where `netted`. */
  derivatives: { long: bigint; short: bigint; netted: boolean }[]
  /** Value that is missing over all spot instruments at mark, in 10^-valueDecimals of the quote currency. */
  missingValue: bigint
  /** Value that is missing in each scenario, in the same unit; nothing in a requirement. */
  missingByScenario: bigint[]
  /** Of each scenario, what is beyond the policy's bounds: shortfalls, and accounts below zero. */
  beyond: { shortfall: bigint; accounts: bigint }[]
}

/** Division that rounds up, of a non-negative number. */
function ceilDiv(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b
}

const aboveZero = (value: bigint): bigint => (value > 0n ? value : 0n)

/**
 * The arithmetic of `solvency`, instrument by instrument, in exact integers. What is missing rounds up to a
 * whole smallest unit; whether anything is missing does not depend on rounding.
 */
export function solvencyFigures(
  witness: Pick<SolvencyWitness, 'state' | 'totals' | 'reserves' | 'insurance' | 'table' | 'policy'>,
): SolvencyFigures {
  const { state, totals, policy } = witness
  const { columns } = witness.table
  const { sizes, marks, scenarios } = columns
  const pledged = pledgedTotals(totals, columns)
  let value = 0n
  const spots = policy.instruments.map(({ minimumRatio, loanFactor }, i) => {
    const [long, short] = [totals[2 * i]! + pledged[i]!, totals[2 * i + 1]!]
    const reserves = witness.reserves[i]!
    const insurance = witness.insurance[i] ?? 0n
    const counted = reserves * RATIO_ONE + loanFactor * short
    value += marks[i]! * (counted - policy.valueRatio * long)
    return {
      long,
      short,
      reserves,
      insurance,
      missing: ceilDiv(aboveZero(minimumRatio * long - counted), RATIO_ONE),
    }
  })
  const derivatives = Array.from({ length: sizes.derivatives }, (_, i) => {
    const [long, short] = totals.slice(2 * (sizes.spots + i), 2 * (sizes.spots + i) + 2) as [bigint, bigint]
    return { long, short, netted: long === short }
  })
  const missingByScenario = scenarios.map(({ values, requirement }, s) => {
    if (requirement) return 0n
    const surplus = spots.reduce((sum, { long, short, reserves, insurance }, i) => {
      const net = reserves + insurance + short - long
      return sum + net * values[net < 0n ? 2 * i + 1 : 2 * i]!
    }, -state.shortfalls[s]!.sum)
    return aboveZero(-surplus)
  })
  const beyond = policy.scenarios.map(({ mostShortfall, mostAccounts }, s) => ({
    // The collateral column is bounded whatever a policy says: nobody's pledges fall short.
    shortfall: aboveZero(state.shortfalls[s]!.sum - (sizes.tiers > 0 && s === 0 ? 0n : mostShortfall)),
    accounts: aboveZero(state.shortfalls[s]!.accounts - mostAccounts),
  }))
  return {
    spots,
    derivatives,
    missingValue: ceilDiv(aboveZero(-value), RATIO_ONE),
    missingByScenario,
    beyond,
  }
}

/**
 * The plain model of `solvency`: the statement in integers and hashes. It accepts exactly what the circuit
 * accepts, of a ledger whose totals are integers as its proofs make them.
 */
export function solvencyModel(witness: SolvencyWitness): Verdict {
  const { signals, sizes, state, policy, table, totals, weightedTotals, last } = witness
  const { columns } = table
  const reasons: string[] = []
  if (
    totals.length !== keyCount(sizes) ||
    weightedTotals.length !== (sizes.scenarios > 0 ? keyCount(sizes) : 0) ||
    [witness.reserves, policy.instruments].some((list) => list.length !== sizes.spots) ||
    witness.insurance.length !== (sizes.scenarios > 0 ? sizes.spots : 0)
  ) {
    return verdict(['the instruments are not as many as the instance has'])
  }
  if ([state.shortfalls, policy.scenarios, columns.scenarios].some((l) => l.length !== sizes.scenarios)) {
    return verdict(['the scenarios are not as many as the instance has'])
  }
  reasons.push(...outOfRange(witness))

  // 1. What is committed.
  const path = { index: last.place, levels: last.children.map((level) => [...level]) }
  if (path.levels.length !== ACCOUNTS_DEPTH || rootOfPath(last.root, path) !== signals.accountsRoot) {
    reasons.push('accountsRoot does not open to the last batch')
  } else if (!isFence(path)) {
    reasons.push('something stands behind the last batch')
  }
  const riskRoot = riskRootOf({ ...table, timestamp: signals.timestamp })
  if (riskRoot !== signals.riskRoot) reasons.push('riskRoot does not open to the unit values')
  if (tableAtPoint(columns, signals.point) !== signals.tableAtPoint) {
    reasons.push('tableAtPoint is not that of the marks and names')
  }
  const commitment = reservesCommitment(witness.reserves, witness.insurance, witness.reservesBlind)
  if (commitment !== signals.reservesCommitment) {
    reasons.push('reservesCommitment does not open to the reserves')
  }
  if (policyDigest(policy, columns.scenarios) !== signals.policy) {
    reasons.push('policy does not open to the thresholds')
  }
  const first = firstTranscript({
    accountsRoot: signals.accountsRoot,
    riskRoot: signals.riskRoot,
    totalsDigest: totalsDigest(totals, columns, witness.totalsBlind),
    scenarios: sizes.scenarios,
  })
  const second = secondTranscript(
    first.first,
    weightedTotalsDigest(weightedTotals, sizes, witness.weightedTotalsBlind),
  )

  // 2. Both identities, and the states.
  const keySum = keySumOf(totals, weightedTotals, columns, second)
  const equitySum = equitySumOf(weightedTotals, columns, first.scenarioPoint)
  const final = { ...state, count: last.place + 1, keySum, equitySum }
  if (stateCommitment(second.second, firstState(sizes.scenarios)) !== signals.firstState) {
    reasons.push('firstState is not the state of no batch')
  }
  if (stateCommitment(second.second, final) !== signals.state)
    reasons.push('state does not open to the ledger')
  if (reasons.length > 0) return verdict(reasons)
  return verdict(shortages(solvencyFigures(witness), columns))
}

/** Which numbers of a witness do not fit the widths that circuits have for them. */
export function outOfRange(
  witness: Pick<SolvencyWitness, 'state' | 'reserves' | 'insurance' | 'table' | 'policy'>,
): string[] {
  const { state, policy } = witness
  const { sizes, marks } = witness.table.columns
  const reasons: string[] = []
  const fits = (values: readonly bigint[], bits: number) =>
    values.every((v) => v >= 0n && v >> BigInt(bits) === 0n)
  if (!fits(witness.reserves, TOTAL_BITS)) reasons.push('a reserve is out of range')
  if (!fits(witness.insurance, TOTAL_BITS)) reasons.push("an insurance fund's holding is out of range")
  const sums = [...state.shortfalls.map(({ sum }) => sum), ...policy.scenarios.map((l) => l.mostShortfall)]
  const counts = [
    ...state.shortfalls.map(({ accounts }) => accounts),
    ...policy.scenarios.map((l) => l.mostAccounts),
  ]
  if (!fits(sums, SHORTFALL_BITS)) reasons.push('a shortfall sum is out of range')
  if (!fits(counts, ACCOUNT_COUNT_BITS)) reasons.push('a number of accounts is out of range')
  // The mark of a derivative is in no sum.
  if (!fits(marks.slice(0, sizes.spots), VALUE_BITS)) reasons.push('a mark is out of range')
  const ratios = [policy.valueRatio, ...policy.instruments.flatMap((i) => [i.minimumRatio, i.loanFactor])]
  if (!fits(ratios, RATIO_BITS)) reasons.push('a ratio is out of range')
  return reasons
}

/**
 * What is wrong with the books that figures are of: nothing where they hold. Kinds and places name what is.
 */
export function shortages(figures: SolvencyFigures, { sizes, scenarios }: RiskColumns): string[] {
  const reasons: string[] = []
  for (const [i, { missing }] of figures.spots.entries()) {
    if (missing > 0n) reasons.push(`spot ${i}: reserves below what is owed`)
  }
  for (const [i, { netted }] of figures.derivatives.entries()) {
    if (!netted) reasons.push(`derivative ${i}: a derivative that does not net to zero`)
  }
  if (figures.missingValue > 0n) reasons.push('reserves are worth less than what is owed')
  for (const [s, missing] of figures.missingByScenario.entries()) {
    if (missing > 0n) reasons.push(`scenario ${s}: what is held does not cover the shortfalls`)
  }
  if (sizes.tiers > 0 && scenarios[0]?.requirement === false) {
    reasons.push('the first scenario of a table with tiers is no requirement')
  }
  for (const [s, { shortfall, accounts }] of figures.beyond.entries()) {
    if (sizes.tiers > 0 && s === 0 && shortfall > 0n) {
      reasons.push('an account owes more than its collateral counts for')
      continue
    }
    if (shortfall > 0n) reasons.push(`scenario ${s}: accounts lack more than the policy allows`)
    if (accounts > 0n) reasons.push(`scenario ${s}: more accounts are below zero than the policy allows`)
  }
  return reasons
}

/** Whether every place behind that of a path is empty. */
function isFence({ index, levels }: { index: number; levels: readonly (readonly bigint[])[] }): boolean {
  return levels.every((children, depth) => {
    const way = Math.floor(index / TREE_ARITY ** depth) % TREE_ARITY
    return children.slice(way + 1).every((child) => child === emptyRoot(depth))
  })
}

/** `Σ over keys (total + mix · weighted)/(challenge − pole)` */
function keySumOf(
  totals: readonly bigint[],
  weightedTotals: readonly bigint[],
  { sizes, tiers }: RiskColumns,
  { challenge, mix, limitPoint }: SecondTranscript,
): bigint {
  const pairs = firstTierKey(sizes)
  const distances = totals.map((_, k) => {
    if (k < 2 * sizes.spots) return toField(challenge - BigInt(k))
    if (k < pairs) return toField(challenge - BigInt(2 * DERIVATIVE_NUMBERS + k - 2 * sizes.spots))
    const pole = BigInt(2 * (TIER_NUMBERS + k - pairs)) + limitPoint * (tiers[k - pairs]!.width + 1n)
    return toField(challenge - pole)
  })
  return invertAll(distances).reduce(
    (sum, inverse, k) =>
      toField(sum + (totals[k]! + ((mix * (weightedTotals[k] ?? 0n)) % FIELD_ORDER)) * inverse),
    0n,
  )
}

/** `Σ over keys ±weighted · Σ over scenarios scenarioPoint^s · value` */
function equitySumOf(
  weightedTotals: readonly bigint[],
  { sizes, scenarios }: RiskColumns,
  scenarioPoint: bigint,
): bigint {
  const pairs = firstTierKey(sizes)
  return weightedTotals.reduce((sum, weighted, k) => {
    const value = scenarios.reduceRight((at, { values }) => toField(at * scenarioPoint + values[k]!), 0n)
    return toField(k < pairs && k % 2 === 1 ? sum - weighted * value : sum + weighted * value)
  }, 0n)
}
