import {
  type DisclosureWitness,
  disclosureWitness,
  type HeldReserves,
  type LedgerTable,
  weightedTotalsDigest,
} from '../../../src/statements/index.js'
import { TIER_SIZES, TIER_TABLE } from './ledger.js'
import { ledgerOf } from './solvency.js'

export const DISCLOSURE_PUBLIC = ['firstState', 'reservesCommitment', 'shown', 'context']

/** The main component of a disclosure at the sizes of the sample. */
export const DISCLOSURE_MAIN = 'Disclosure(4, 2, 4)'

/** By key: a coin and cash with what is held of them in tiers, and a perp. */
export const DISCLOSED_TOTALS = [
  ...[3_000n, 10n, 60_000n, 1_000n, 0n, 0n, 0n, 0n],
  ...[33n, 33n, 0n, 0n],
  ...[1_500n, 500n, 10_000n, 0n],
]
/** 1.02 of the coin, and exactly what is owed of cash, of whose loans half counts. */
export const DISCLOSED_HELD: HeldReserves = {
  reserves: [5_100n, 69_500n, 0n, 0n],
  insurance: [9n, 400n, 0n, 0n],
  blind: 5_555n,
}
/** The highest ratios that hold: of the coin, of cash, and of both at mark. */
export const [COIN_RATIO, CASH_RATIO, VALUE_RATIO] = [1_020_000n, 1_000_000n, 1_017_543n] as const

interface Parts extends Partial<Pick<DisclosureWitness, 'ratios' | 'valueRatio' | 'loanFactors'>> {
  table?: LedgerTable
  totals?: readonly bigint[]
  held?: HeldReserves | undefined
  /** Instruments whose totals, and whose reserves are shown. */
  totalsOf?: readonly number[]
  reservesOf?: readonly number[]
}

/** What a venue commits to, and what it shows of it, which need not hold. */
export function disclosure(parts: Parts = {}): DisclosureWitness {
  const { table = TIER_TABLE, totals = DISCLOSED_TOTALS, totalsOf = [0, 4], reservesOf = [0] } = parts
  const { sizes } = table.columns
  const ledger = ledgerOf(table, { totals })
  const held = 'held' in parts ? parts.held : DISCLOSED_HELD
  const chosen = (length: number, of: readonly number[]) => Array.from({ length }, (_, i) => of.includes(i))
  const { spots, derivatives } = sizes
  return disclosureWitness({
    accountsRoot: ledger.accountsRoot,
    riskRoot: table.riskRoot,
    columns: table.columns,
    totals,
    totalsBlind: ledger.totalsBlind,
    weightedTotalsDigest: weightedTotalsDigest(ledger.weightedTotals, sizes, ledger.weightedTotalsBlind),
    ...(held && { held }),
    showsTotals: chosen(spots + derivatives, totalsOf),
    showsReserves: chosen(spots, reservesOf),
    ratios: parts.ratios ?? padded([COIN_RATIO, CASH_RATIO], spots),
    valueRatio: parts.valueRatio ?? VALUE_RATIO,
    loanFactors: parts.loanFactors ?? padded([0n, 500_000n], spots),
    context: 271_828n,
  })
}

/** With nothing shown but what is asked for. */
export function hidden(parts: Parts = {}): DisclosureWitness {
  const spots = (parts.table ?? TIER_TABLE).columns.sizes.spots
  return disclosure({ totalsOf: [], reservesOf: [], ratios: padded([], spots), valueRatio: 0n, ...parts })
}

function padded(list: readonly bigint[], spots = TIER_SIZES.spots): bigint[] {
  return Array.from({ length: spots }, (_, i) => list[i] ?? 0n)
}
