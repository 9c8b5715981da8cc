import type { Tier } from './table.js'

/**
 * What a pledged value counts for: of the part in each tier its percentage, rounded down tier by tier, and of
 * what is above the last bound nothing. A value on a bound is in the lower tier. This is the rule and the
 * rounding of zkmerkle-proof-of-solvency, whose bounds are whole numbers of the quote currency, so that only
 * the last part can round.
 *
 * @param value not negative, in the unit of the bounds
 *
 * @example
 * const tiers = [{ bound: 10_000n, percent: 100n }, { bound: 20_000n, percent: 90n }]
 * haircutValue(15_000n, tiers) // 14_500n
 */
export function haircutValue(value: bigint, tiers: readonly Tier[]): bigint {
  let counted = 0n
  let lower = 0n
  for (const { bound, percent } of tiers) {
    const isLast = value <= bound
    counted += (((isLast ? value : bound) - lower) * percent) / 100n
    if (isLast) break
    lower = bound
  }
  return counted
}
