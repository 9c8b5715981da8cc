import { FIELD_ORDER, invertField, powField, toField } from '../../../src/field/index.js'
import { ACCOUNTS_DEPTH, WideTree } from '../../../src/hash/index.js'
import { type RiskColumns, type TableSizes, TIER_NUMBERS } from '../../../src/risk/index.js'
import {
  fixLedger,
  type LedgerState,
  type LedgerTable,
  NO_LIMIT,
  type Policy,
  type Shortfall,
  type SolvencyLedger,
  type SolvencyWitness,
  solvencyContext,
  type WeighedLedger,
  weighLedger,
} from '../../../src/statements/index.js'
import { openSolvency } from '../../../src/statements/solvency/witness.js'
import { STRESS_SIZES, STRESS_TABLE, TABLE } from './ledger.js'

/** The context of every sample: no circuit looks into it. */
export const SAMPLE_CONTEXT = solvencyContext({
  venue: 'Test Venue',
  epoch: '1',
  policy: '0'.repeat(64),
  riskTable: '0'.repeat(64),
})

export const SOLVENCY_PUBLIC = [
  ...['firstState', 'state', 'accountsRoot', 'riskRoot', 'reservesCommitment'],
  ...['policy', 'context', 'timestamp', 'point', 'tableAtPoint'],
]

/** The main component of a solvency over a table of these sizes. */
export function solvencyMain({ spots, derivatives, tiers, scenarios }: TableSizes): string {
  return `Solvency(${spots}, ${derivatives}, ${tiers}, ${scenarios})`
}

/** Full reserves and no bound, at the sizes of a table; loans of the second instrument count for half. */
export function policy({ spots, scenarios }: TableSizes, change: Partial<Policy> = {}): Policy {
  return {
    valueRatio: 1_000_000n,
    instruments: Array.from({ length: spots }, (_, i) => ({
      minimumRatio: 1_000_000n,
      loanFactor: i === 1 ? 500_000n : 0n,
    })),
    scenarios: Array.from({ length: scenarios }, () => NO_LIMIT),
    ...change,
  }
}

/** A policy that asks for nothing at mark, so that the scenarios alone decide. */
export function laxPolicy(sizes: TableSizes, change: Partial<Policy> = {}): Policy {
  const instruments = policy(sizes).instruments.map((i) => ({ ...i, minimumRatio: 0n }))
  return policy(sizes, { valueRatio: 0n, instruments, ...change })
}

/** What a venue holds, and what it promises. */
export interface Holdings {
  /** By spot instrument, as the insurance fund. */
  reserves?: readonly bigint[]
  insurance?: readonly bigint[]
  policy?: Policy
}

/** What solvency is proven of, for a ledger, a table and holdings that need not hold together. */
export function solvencyOf(ledger: SolvencyLedger, table: LedgerTable, holdings: Holdings): SolvencyWitness {
  const { sizes } = table.columns
  const padded = (list: readonly bigint[] = []) =>
    Array.from({ length: sizes.spots }, (_, i) => list[i] ?? 0n)
  return openSolvency({
    ledger,
    digests: table,
    reserves: padded(holdings.reserves),
    insurance: sizes.scenarios > 0 ? padded(holdings.insurance) : [],
    reservesBlind: 5_555n,
    policy: holdings.policy ?? policy(sizes),
    context: SAMPLE_CONTEXT,
  })
}

/**
 * What both identities come to on the side of the totals: see "Soundness of a ledger" in circuits/README.md.
 */
export function rightSides(
  { sizes, scenarios, tiers }: RiskColumns,
  totals: readonly bigint[],
  weightedTotals: readonly bigint[],
  { challenge, mix, limitPoint, scenarioPoint }: WeighedLedger['points'],
  limitOf = ({ width }: { width: bigint }) => width + 1n,
): Pick<LedgerState, 'keySum' | 'equitySum'> {
  const pairs = 2 * (sizes.spots + sizes.derivatives)
  let [keySum, equitySum] = [0n, 0n]
  for (const [k, total] of totals.entries()) {
    let pole = BigInt(k)
    if (k >= 2 * sizes.spots) pole = BigInt(4 * TIER_NUMBERS + k - 2 * sizes.spots)
    if (k >= pairs) pole = BigInt(2 * (TIER_NUMBERS + k - pairs)) + limitPoint * limitOf(tiers[k - pairs]!)
    const weighted = weightedTotals[k] ?? 0n
    keySum += (total + mix * weighted) * invertField(toField(challenge - pole))
    const short = k < pairs && k % 2 === 1
    for (const [s, { values }] of scenarios.entries()) {
      const worth = weighted * powField(scenarioPoint, BigInt(s)) * values[k]!
      equitySum += short ? -worth : worth
    }
    keySum %= FIELD_ORDER
    equitySum %= FIELD_ORDER
  }
  return { keySum: toField(keySum), equitySum: toField(equitySum) }
}

/** What is said of a ledger, without the ledger. */
export interface Figures {
  /** By key. */
  totals: readonly bigint[]
  /** Of every scenario; a number alone is a sum that one account lacks. */
  shortfalls?: readonly (bigint | Shortfall)[]
  batches?: number
}

/** A ledger that comes to these figures, as the last state of its chain says: solvency sees no more of it. */
export function ledgerOf(
  table: LedgerTable,
  { totals, shortfalls = [], batches = 3 }: Figures,
): SolvencyLedger {
  const { sizes } = table.columns
  const roots = Array.from({ length: batches }, (_, i) => 987_654_321n + BigInt(i))
  const fixed = fixLedger(table, roots, totals, { totals: 555n })
  const made = totals.map((total, k) => toField(total * powField(1_234_567n, BigInt(k + 2))))
  const weighed = weighLedger(fixed, made, { weightedTotals: 666n })
  const { weightedTotals, points } = weighed
  const state: LedgerState = {
    count: batches,
    blind: 424_242n,
    ...rightSides(table.columns, totals, weightedTotals, points),
    shortfalls: Array.from({ length: sizes.scenarios }, (_, s) => {
      const given = shortfalls[s] ?? 0n
      return typeof given === 'bigint' ? { sum: given, accounts: given === 0n ? 0n : 1n } : given
    }),
  }
  const place = batches - 1
  return {
    state,
    accountsRoot: weighed.tree.root,
    last: {
      place,
      root: roots[place]!,
      children: new WideTree(ACCOUNTS_DEPTH, roots).path(place).levels,
    },
    totals,
    totalsBlind: weighed.totalsBlind,
    totalsDigest: weighed.totalsDigest,
    weightedTotals,
    weightedTotalsBlind: weighed.weightedTotalsBlind,
    second: points.second,
  }
}

/** Long and short of three coins, and of one beyond the table. */
export const TOTALS = [5_000n, 0n, 70_000n, 1_000n, 0n, 0n, 0n, 0n]
/** Exactly what is needed: a loan of 1,000 counts for half. */
export const RESERVES = [5_000n, 69_500n, 0n, 0n]

/** Books without scenarios. */
export function books(parts: Partial<Figures> & Holdings & { table?: LedgerTable } = {}): SolvencyWitness {
  const { table = TABLE, totals = TOTALS, reserves = RESERVES, ...rest } = parts
  return solvencyOf(ledgerOf(table, { totals, ...rest }), table, { reserves, ...rest })
}

/**
 * The same with two scenarios and as many perps long as short, under a policy that asks for nothing at mark.
 */
export const STRESS_TOTALS = [...TOTALS, 33n, 33n, 0n, 0n]
export function stressBooks(parts: Parameters<typeof books>[0] = {}): SolvencyWitness {
  return books({ table: STRESS_TABLE, totals: STRESS_TOTALS, policy: laxPolicy(STRESS_SIZES), ...parts })
}
