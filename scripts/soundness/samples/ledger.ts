import type { Slot } from '../../../src/field/index.js'
import { holderCommitment } from '../../../src/hash/index.js'
import {
  DERIVATIVE_NUMBERS,
  type RiskColumns,
  type RiskTable,
  riskRootOf,
  type TableSizes,
  TIER_NUMBERS,
} from '../../../src/risk/index.js'
import type { LedgerAccount, LedgerSizes, LedgerTable, LedgerWitness } from '../../../src/statements/index.js'
import { foldSample, type SampleBatch, tableOf } from './fold.js'

export const LEDGER_PUBLIC = ['stateBefore', 'stateAfter']

/** The sizes of the tiny instances: a plain batch, a stressed and a pledged one. */
export const TINY: LedgerSizes = { accounts: 4, slots: 4, scenarios: 0, pledged: 0 }
export const TINY_STRESS: LedgerSizes = { ...TINY, scenarios: 2 }
export const TINY_PLEDGED: LedgerSizes = { ...TINY_STRESS, pledged: 2 }

/** The main component of a ledger of these sizes. */
export function ledgerMain({ accounts, slots, scenarios, pledged }: LedgerSizes): string {
  return `Ledger(${accounts}, ${slots}, ${scenarios}, ${pledged})`
}

/** Numbers of the instruments of the sample tables. */
export const BTC = 0
export const USDT = 1
export const ETH = 2
export const PERP = DERIVATIVE_NUMBERS
/** Both tiers of the coin, and the one of cash. */
export const BTC_TIERS = [TIER_NUMBERS, TIER_NUMBERS + 1] as const
export const USDT_TIER = TIER_NUMBERS + 2

const spot = { kind: 'spot', decimals: 2 } as const
const head = { timestamp: 1_767_225_600, quote: 'USD', valueDecimals: 4 }

/** Three coins. */
export const PLAIN_RISK: RiskTable = {
  ...head,
  instruments: [
    { symbol: 'BTC', ...spot, mark: 100n },
    { symbol: 'USDT', ...spot, mark: 2n },
    { symbol: 'ETH', ...spot, mark: 7n },
  ],
  scenarios: [],
}
export const PLAIN_SIZES: TableSizes = { spots: 4, derivatives: 0, tiers: 0, scenarios: 0 }

const pair = (long: bigint, short: bigint) => ({ long, short })

/** The same coins and a perp, in two scenarios: prices halve, and prices double. */
export const STRESS_RISK: RiskTable = {
  ...head,
  instruments: [...PLAIN_RISK.instruments, { symbol: 'BTC-PERP', kind: 'perp', decimals: 2, mark: 97n }],
  scenarios: [
    { name: 'halved', values: [pair(40n, 55n), pair(2n, 2n), pair(3n, 4n), pair(-50n, -45n)] },
    { name: 'doubled', values: [pair(180n, 210n), pair(1n, 2n), pair(14n, 15n), pair(95n, 105n)] },
  ],
}
export const STRESS_SIZES: TableSizes = { spots: 4, derivatives: 2, tiers: 0, scenarios: 2 }

const tier = (width: bigint) => ({ tier: { list: 'loan', width } as const })

/**
 * A coin with two tiers that count 90 and 50 for collateral up to 1,000 and 4,000 units, cash with one tier,
 * and a perp. First the collateral column, then a scenario in which the coin halves.
 */
export const TIER_RISK: RiskTable = {
  ...head,
  instruments: [
    { symbol: 'BTC', ...spot, mark: 100n },
    { symbol: 'BTC:loan:1', ...spot, mark: 100n, ...tier(1_000n) },
    { symbol: 'BTC:loan:2', ...spot, mark: 100n, ...tier(4_000n) },
    { symbol: 'USDT', ...spot, mark: 1n },
    { symbol: 'USDT:loan:1', ...spot, mark: 1n, ...tier(70_000n) },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 2, mark: 101n },
  ],
  scenarios: [
    {
      name: 'collateral',
      values: [
        ...[pair(0n, 100n), pair(90n, 100n), pair(50n, 100n)],
        ...[pair(0n, 1n), pair(1n, 1n), pair(0n, 0n)],
      ],
    },
    {
      name: 'crash',
      values: [
        ...[pair(50n, 55n), pair(50n, 55n), pair(50n, 55n)],
        ...[pair(1n, 1n), pair(1n, 1n), pair(-20n, -15n)],
      ],
    },
  ],
}
export const TIER_SIZES: TableSizes = { spots: 4, derivatives: 2, tiers: 4, scenarios: 2 }

/** The tables as the tiny instances read them. */
export const TABLE = tableOf(PLAIN_RISK, PLAIN_SIZES)
export const STRESS_TABLE = tableOf(STRESS_RISK, STRESS_SIZES)
export const TIER_TABLE = tableOf(TIER_RISK, TIER_SIZES)

/** A table of any columns, also of ones that no file could have. */
export function tableOfColumns(columns: RiskColumns): LedgerTable {
  const opening = { columns, rowsDigest: 98_765n, timestamp: 1_767_225_600n }
  return { ...opening, riskRoot: riskRootOf(opening) }
}

/** A table with some of its columns changed. */
export function tableWith(table: LedgerTable, change: (columns: RiskColumns) => RiskColumns): LedgerTable {
  const { columns, rowsDigest, timestamp } = table
  const opening = { columns: change(structuredClone(columns)), rowsDigest, timestamp }
  return { ...opening, riskRoot: riskRootOf(opening) }
}

export function account(id: number, ...slots: [instrument: number, quantity: bigint][]): LedgerAccount {
  return {
    holder: holderCommitment({ accountId: BigInt(1000 + id), owner: 0n, salt: BigInt(id) ** 7n + 99n }),
    slots: slots.map(([instrument, quantity]): Slot => ({ instrument, quantity })),
  }
}

/** Accounts of a plain batch, with magnitudes at both edges. */
export const ACCOUNTS: LedgerAccount[] = [
  account(1, [BTC, 500n], [USDT, 7n]),
  account(2, [USDT, (1n << 64n) - 1n]),
  account(3, [ETH, 1n], [BTC, 0n]),
  account(4),
]

/**
 * One account above water in both scenarios, one below in the second, and two with either side of a perp,
 * each below in one.
 */
export const STRESSED: LedgerAccount[] = [
  account(1, [BTC, 500n], [USDT, -7n]),
  account(2, [BTC, -10n], [USDT, 900n]),
  account(3, [PERP, 30n], [USDT, 20n]),
  account(4, [PERP, -30n]),
]

/**
 * Both tiers of the coin full and more of it unpledged; a tier in part; a debt and a perp beside a tier that
 * is full; the perp's other side.
 */
export const TIERED: LedgerAccount[] = [
  account(1, [BTC_TIERS[0], 1_000n], [BTC_TIERS[1], 4_000n], [BTC, 77n], [USDT, -250_000n]),
  account(2, [BTC_TIERS[0], 10n], [USDT, -900n]),
  account(3, [USDT_TIER, 70_000n], [BTC, -3n], [PERP, 5n]),
  account(4, [USDT_TIER, 100n], [PERP, -5n]),
]

export const plain = (...accounts: LedgerAccount[]): SampleBatch => filled(TINY, accounts)
export const stressed = (...accounts: LedgerAccount[]): SampleBatch => filled(TINY_STRESS, accounts)
export const pledged = (...accounts: LedgerAccount[]): SampleBatch => filled(TINY_PLEDGED, accounts)

/** A batch of these accounts, filled up with ones that hold nothing. */
export function filled(sizes: LedgerSizes, accounts: readonly LedgerAccount[]): SampleBatch {
  const padding = Array.from({ length: sizes.accounts - accounts.length }, (_, i) => account(900 + i))
  return { sizes, accounts: [...accounts, ...padding] }
}

/** The witness of the second of two honest batches that hold the same. */
export function secondBatch(
  accounts: readonly LedgerAccount[] = ACCOUNTS,
  sizes = TINY,
  table: LedgerTable = TABLE,
): LedgerWitness {
  const batch = filled(sizes, accounts)
  return foldSample(table, [batch, batch]).witnesses[1]!
}
