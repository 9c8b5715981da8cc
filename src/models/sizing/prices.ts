import type { RiskTable } from '../../risk/index.js'
import { isSettledAtMark, type MarginRule } from '../../rules/index.js'
import { ceilDiv, floorDiv } from './division.js'

/** What one smallest unit of an instrument is priced at, in 10^-valueDecimals of the table. */
export interface UnitPrice {
  /** The mark that closing is counted at. */
  mark: bigint
  /**
   * What a unit that is held, or owed, is worth: its price, or of a perp or a future what it has gained since
   * the table, as that is settled in cash.
   */
  long: bigint
  short: bigint
}

/** Prices in the order of the table's instruments. */
export type Prices = readonly UnitPrice[]

/**
 * Prices of a table, at mark or in one of its scenarios.
 *
 * @param scenario the name of a scenario; none for the marks
 */
export function pricesOf(table: RiskTable, scenario?: string): Prices {
  const values = table.scenarios.find(({ name }) => name === scenario)?.values
  return table.instruments.map(({ kind, mark }, i) => {
    const moved = values?.[i]
    if (isSettledAtMark(kind)) {
      const { long, short } = moved ?? { long: 0n, short: 0n }
      return { mark: mark + long, long, short }
    }
    const { long, short } = moved ?? { long: mark, short: mark }
    return { mark: long, long, short }
  })
}

/** Prices after each instrument has moved further by so much. */
export function shifted(prices: Prices, shifts: readonly bigint[]): Prices {
  return prices.map(({ mark, long, short }, i) => {
    const shift = shifts[i]!
    return { mark: mark + shift, long: long + shift, short: short + shift }
  })
}

/**
 * The rule of a table at other prices. What an instrument counts for in equity moves in proportion to its
 * price, and a contract that is settled at its mark counts for what it has gained since the table. Everything
 * that is charged stays as the table has it, an amount for a unit: a rule stands until the next one is
 * published. Values are rounded such that bounds for the account still are bounds for it.
 */
export function ruleAt(table: RiskTable & { margin: MarginRule }, prices: Prices): MarginRule {
  const rule = table.margin
  const rows = new Map(table.instruments.map((row, i) => [row.symbol, { ...row, price: prices[i]! }]))
  const [ours, own] = [10n ** BigInt(rule.valueDecimals), 10n ** BigInt(table.valueDecimals)]
  return {
    ...rule,
    instruments: rule.instruments.map((instrument) => {
      const { kind, mark, price } = rows.get(instrument.symbol)!
      const { long, short } = instrument.value
      // A bound for the account lies one beyond the value, and stays one beyond it.
      const value =
        isSettledAtMark(kind) || mark === 0n
          ? {
              long: long + ceilDiv(price.long * ours, own),
              short: short + floorDiv(price.short * ours, own),
            }
          : {
              long: ceilDiv((long + 1n) * price.long, mark) - 1n,
              short: floorDiv((short - 1n) * price.short, mark) + 1n,
            }
      return { ...instrument, value }
    }),
  }
}
