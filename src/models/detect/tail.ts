import type { TailEstimate } from '../calibrate/estimate.js'
import { fitTail, type ParetoTail, paretoQuantile, paretoTail } from '../calibrate/pareto.js'
import { Ring } from './ring.js'
import type { DetectorSettings } from './settings.js'
import { SIDES, type Side, signOf } from './side.js'

/**
 * Tail quantiles of the next move: the generalised Pareto distribution of returns over the volatility that
 * was foretold for them, times the volatility just now (A. J. McNeil, R. Frey, "Estimation of tail-related
 * risk measures for heteroscedastic financial time series", Journal of Empirical Finance 7, 2000). The fit is
 * that of `risk calibrate`; so is the band, which takes the volatility as known.
 *
 * The window holds its numbers in memory that is taken once; the fit is made anew from time to time.
 */
export class StreamedTail {
  readonly #settings: DetectorSettings['tail']
  readonly #returns: Ring
  #since = 0
  #fits: Record<Side, ParetoTail> | undefined

  constructor(settings: DetectorSettings['tail']) {
    this.#settings = settings
    this.#returns = new Ring(settings.window)
  }

  /** @param z a return over the volatility that was foretold for it: one without end is left out */
  push(z: number): void {
    if (!Number.isFinite(z)) return
    this.#returns.push(z)
    if (!this.#returns.isFull) return
    if (this.#since++ % this.#settings.every === 0) this.#fits = this.#fit()
  }

  /**
   * The log return that the next one exceeds with probability `1 − confidence`, as a magnitude.
   *
   * @returns nothing before the window is full, or while its moves are all the same
   */
  quantile(side: Side, confidence: number, volatility: number): number | undefined {
    if (this.#fits === undefined) return undefined
    return Math.max(0, paretoQuantile(this.#fits[side], confidence)) * volatility
  }

  /** The same with its band. It takes a thousand times as long. */
  estimate(side: Side, confidence: number, volatility: number): TailEstimate | undefined {
    if (this.#fits === undefined) return undefined
    const { value, low, high } = paretoTail(this.#fits[side], {
      confidence,
      level: this.#settings.bandLevel,
    })
    const scaled = (quantile: number) => Math.max(0, quantile) * volatility
    return { value: scaled(value), low: scaled(low), high: high === null ? null : scaled(high) }
  }

  #fit(): Record<Side, ParetoTail> | undefined {
    const returns = this.#returns.toArray()
    const [down, up] = SIDES.map((side) => {
      const sorted = returns.map((z) => signOf(side) * z).sort((a, b) => b - a)
      return fitTail(sorted, this.#settings.share)
    })
    return down === undefined || up === undefined ? undefined : { down, up }
  }
}
