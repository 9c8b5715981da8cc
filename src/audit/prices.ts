import { type Found, fail, passed } from '../bundle/index.js'
import { formatDecimal, magnitudeOf } from '../field/index.js'
import { type RiskTable, someOf } from '../risk/index.js'

/** Decimals of a price and of a tolerance. */
export const PRICE_DECIMALS = 36
export const TOLERANCE_DECIMALS = 6

/** Prices of a second source. */
export interface SecondPrices {
  /** Price of one whole unit in the table's quote currency, by symbol, in 10^-36. */
  prices: ReadonlyMap<string, bigint>
  /** The most that a mark may differ by, as a share of the second price in parts per million. */
  tolerance: bigint
}

/** Marks of a table against a second source; it fails when one differs by more than the tolerance. */
export function comparePrices(table: RiskTable, { prices, tolerance }: SecondPrices): Found<true> {
  const far: string[] = []
  const alone = unpriced(table, { prices, tolerance })
  let compared = 0
  for (const { symbol, mark, decimals, tier } of table.instruments) {
    if (tier !== undefined) continue
    const price = prices.get(symbol)
    if (price === undefined) continue
    compared++
    // Both sides are per whole unit, and in 10^-(36 + valueDecimals).
    const own = mark * 10n ** BigInt(decimals + PRICE_DECIMALS)
    const other = price * 10n ** BigInt(table.valueDecimals)
    const parts = 10n ** BigInt(TOLERANCE_DECIMALS)
    if (magnitudeOf(own - other) * parts > tolerance * magnitudeOf(other)) {
      far.push(
        `${symbol} ${wholeMark(table, { mark, decimals })} against ${formatDecimal(price, PRICE_DECIMALS)}`,
      )
    }
  }
  const share = `${formatDecimal(tolerance, TOLERANCE_DECIMALS - 2)} %`
  const rest = alone.length === 0 ? '' : `; without a second price: ${someOf(alone)}`
  if (far.length > 0) fail(`more than ${share} apart: ${someOf(far)}${rest}`)
  if (compared === 0) fail('the second source has none of the instruments')
  return passed(`${compared} marks within ${share} of the second source${rest}`)
}

/** Symbols of a table that the second source has no price of. */
export function unpriced({ instruments }: RiskTable, { prices }: SecondPrices): string[] {
  return instruments.flatMap(({ symbol, tier }) =>
    tier === undefined && !prices.has(symbol) ? [symbol] : [],
  )
}

/** The mark of one whole unit, an exact decimal. */
export function wholeMark(
  { valueDecimals }: Pick<RiskTable, 'valueDecimals'>,
  { mark, decimals }: { mark: bigint; decimals: number },
): string {
  return formatDecimal(mark * 10n ** BigInt(decimals), valueDecimals)
}
