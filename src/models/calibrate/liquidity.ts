/**
 * How much a tail quantile of one day grows when a position is sold in equal parts over `days` days: the
 * variance of what is still held adds up to `(days+1)(2·days+1)/(6·days)` of a day's (R. Almgren, N. Chriss,
 * "Optimal execution of portfolio transactions", 2000, for a linear trajectory with a sale at each day's
 * end). One for a position that goes in a day.
 */
export function liquidationGrowth(days: number): number {
  const n = Math.max(1, days)
  return Math.sqrt(((n + 1) * (2 * n + 1)) / (6 * n))
}

/** Median value traded in a day over the last days of a series, in the currency of its prices. */
export function medianTradedValue(
  closes: readonly number[],
  volumes: readonly number[],
  days: number,
): number {
  const values = closes.slice(-days).map((close, i) => close * volumes.slice(-days)[i]!)
  values.sort((a, b) => a - b)
  return values[Math.floor((values.length - 1) / 2)]!
}
