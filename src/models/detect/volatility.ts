import { ewmaVariance } from '../calibrate/ewma.js'

/** The volatility of `ewmaVolatility` after each return of a stream. Two numbers are kept. */
export class StreamedVolatility {
  readonly #decay: number
  #variance: number | undefined

  /** @param decay λ, between 0 and 1 */
  constructor(decay: number) {
    this.#decay = decay
  }

  /** Of the next period, as a log return; 0 before the first return. */
  get value(): number {
    return Math.sqrt(this.#variance ?? 0)
  }

  push(logReturn: number): void {
    this.#variance = ewmaVariance(this.#variance, logReturn, this.#decay)
  }
}
