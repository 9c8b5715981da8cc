import { type RiskTable, type TableSizes, tableSizes } from '../risk/index.js'
import { canHaveSizes, type Instance, type LedgerSizes } from '../statements/index.js'

/** Sizes of the tables that a `solvency` instance has room for. */
export function tableSizesOf({ params }: Pick<Instance, 'params'>): TableSizes {
  const { SPOTS, DERIVATIVES, TIERS, SCENARIOS } = params
  return { spots: SPOTS!, derivatives: DERIVATIVES!, tiers: TIERS!, scenarios: SCENARIOS! }
}

/** Sizes of the batches that a `ledger` instance proves. */
export function ledgerSizesOf({ params }: Pick<Instance, 'params'>): LedgerSizes {
  const { ACCOUNTS, SLOTS, SCENARIOS, PLEDGED } = params
  return { accounts: ACCOUNTS!, slots: SLOTS!, scenarios: SCENARIOS!, pledged: PLEDGED! }
}

/** Whether both are the same sizes. */
export function sameSizes(a: TableSizes, b: TableSizes): boolean {
  return (['spots', 'derivatives', 'tiers', 'scenarios'] as const).every((size) => a[size] === b[size])
}

/**
 * Whether a solvency instance can have these sizes: no root is computed for others, which could be of any
 * cost.
 */
export function isKnownSize({ spots, derivatives, tiers, scenarios }: TableSizes): boolean {
  const params = { SPOTS: spots, DERIVATIVES: derivatives, TIERS: tiers, SCENARIOS: scenarios }
  return canHaveSizes({ statement: 'solvency', params })
}

/**
 * Why a table cannot be proven at some sizes, in words; `undefined` when it can. Only batches without
 * scenarios refuse debts, only an instance with tiers has a collateral column, and it takes none but such.
 */
export function tableMisfit(
  table: Pick<RiskTable, 'instruments' | 'scenarios'>,
  sizes: TableSizes,
): string | undefined {
  const own = tableSizes(table)
  if ((own.tiers === 0) !== (sizes.tiers === 0)) {
    return own.tiers === 0
      ? 'it has no tiers, and the sizes are for tables with'
      : 'it has tiers, and the sizes are for tables without'
  }
  if ((own.scenarios === 0) !== (sizes.scenarios === 0)) {
    return own.scenarios === 0
      ? 'it has no scenarios, and the sizes are for tables with'
      : 'it has scenarios, and the sizes are for tables without'
  }
  const small = (Object.keys(own) as (keyof TableSizes)[]).filter((size) => own[size] > sizes[size])
  if (small.length === 0) return undefined
  return `it has more rows or scenarios than the sizes have room for: ${small
    .map((size) => `${own[size]} ${WORDS[size]} of ${sizes[size]}`)
    .join(', ')}`
}

const WORDS: Record<keyof TableSizes, string> = {
  spots: 'spot instruments',
  derivatives: 'derivatives',
  tiers: 'tiers',
  scenarios: 'scenarios',
}
