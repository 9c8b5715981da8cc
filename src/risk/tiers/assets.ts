import type { RiskTable, TierList } from '../table.js'

/** An instrument of a risk table with all the rows that stand for it. */
export interface Asset {
  symbol: string
  decimals: number
  /** Index of its own row: what it owes, and what it has and no tier takes. */
  base: number
  /** The rows of each of its lists of tiers, in the order in which they fill; most instruments have none. */
  lists: ReadonlyMap<TierList, readonly { row: number; width: bigint }[]>
}

/** The instruments of a table, each with its tiers, in the table's order. */
export function assetsOf({ instruments }: Pick<RiskTable, 'instruments'>): Asset[] {
  const assets: Asset[] = []
  let lists = new Map<TierList, { row: number; width: bigint }[]>()
  for (const [row, { symbol, decimals, tier }] of instruments.entries()) {
    if (tier === undefined) {
      lists = new Map()
      assets.push({ symbol, decimals, base: row, lists })
    } else {
      const rows = lists.get(tier.list) ?? []
      rows.push({ row, width: tier.width })
      lists.set(tier.list, rows)
    }
  }
  return assets
}
