import type { TailEstimate } from './estimate.js'

/**
 * The quantile of a sample: the smallest loss that at least the share `confidence` of the losses does not
 * exceed. The band lies between order statistics, whose ranks follow from the binomial distribution whatever
 * the distribution of losses (H. A. David, H. N. Nagaraja, "Order Statistics", 2003, section 7.1), for
 * independent losses.
 *
 * @param sorted losses, largest first
 */
export function historicalTail(
  sorted: readonly number[],
  { confidence, level }: { confidence: number; level: number },
): TailEstimate {
  const n = sorted.length
  const tail = 1 - confidence
  const rank = n - Math.min(n, Math.ceil(n * confidence)) + 1
  const below = (1 - level) / 2
  // P(fewer than j losses lie above the quantile), for j = 1, 2, …
  let cumulated = 0
  let logMass = n * Math.log1p(-tail)
  let [upper, lower] = [0, n]
  for (let j = 1; j <= n; j++) {
    cumulated += Math.exp(logMass)
    logMass += Math.log(((n - j + 1) / j) * (tail / (1 - tail)))
    if (cumulated <= below) upper = j
    if (cumulated >= 1 - below) {
      lower = j
      break
    }
  }
  return {
    value: sorted[rank - 1]!,
    low: sorted[lower - 1]!,
    high: upper === 0 ? null : sorted[upper - 1]!,
  }
}
