import type { TailEstimate } from './estimate.js'
import { bandWidth, normalQuantile } from './normal.js'

/** `λ·σ²(t−1) + (1−λ)·r(t)²`, and the square of the first return. */
export function ewmaVariance(before: number | undefined, logReturn: number, decay: number): number {
  const square = logReturn * logReturn
  return before === undefined ? square : decay * before + (1 - decay) * square
}

/**
 * Volatility for the next day by exponentially weighted squares, as in J. P. Morgan's RiskMetrics (1996):
 * `σ²(1) = r(1)²`, `σ²(t) = λ·σ²(t−1) + (1−λ)·r(t)²`.
 *
 * @param returns log returns, oldest first, at least one
 * @param decay λ, between 0 and 1: RiskMetrics has 0.94 for daily returns
 */
export function ewmaVolatility(returns: readonly number[], decay: number): number {
  const variance = returns.reduce<number | undefined>((sum, r) => ewmaVariance(sum, r, decay), undefined)
  return Math.sqrt(variance ?? 0)
}

/**
 * The quantile that volatility gives for normal returns of mean zero. The band is that of a volatility of
 * `(1+λ)/(1−λ)` normal returns, as many as the weights are worth.
 */
export function ewmaTail(
  volatility: number,
  { confidence, decay, level }: { confidence: number; decay: number; level: number },
): TailEstimate {
  const value = normalQuantile(confidence) * volatility
  const error = (bandWidth(level) * value) / Math.sqrt((2 * (1 + decay)) / (1 - decay))
  return { value, low: Math.max(0, value - error), high: value + error }
}
