import { type JumpReading, StreamedJumps, standardised } from './jumps.js'
import type { DetectorSettings } from './settings.js'
import { StreamedTail } from './tail.js'
import { StreamedVolatility } from './volatility.js'

/** Returns after which a volatility is taken to say something. */
export const SETTLED = 20

/** What the prices of an asset say at the end of a period. */
export interface Reading {
  /** Of the next period, as a log return. */
  volatility: number
  /** Volatility over the usual one; nothing without any. */
  volatilityRatio?: number
  jumps: JumpReading
  /** Whether there were enough periods before for an alarm to count. */
  isWarm: boolean
}

/**
 * The detectors over the prices of one asset. What they keep does not grow: two volatilities, two sums, and
 * the window that tails are fitted to.
 *
 * @example
 * const detectors = new Detectors(detectorSettings())
 * for (const price of [100, 101, 99.5]) console.log(detectors.push(price).volatility)
 */
export class Detectors {
  readonly #settings: DetectorSettings
  readonly #volatility: StreamedVolatility
  readonly #usual: StreamedVolatility
  readonly #jumps: StreamedJumps
  readonly tail: StreamedTail
  #price: number | undefined
  #returns = 0

  constructor(settings: DetectorSettings) {
    this.#settings = settings
    this.#volatility = new StreamedVolatility(settings.decay)
    this.#usual = new StreamedVolatility(settings.usualDecay)
    this.#jumps = new StreamedJumps(settings.jumps)
    this.tail = new StreamedTail(settings.tail)
  }

  /** Of the next period, as a log return. */
  get volatility(): number {
    return this.#volatility.value
  }

  /** After a break in the prices: the next one makes no return with the last. */
  interrupt(): void {
    this.#price = undefined
  }

  /** @param price at the end of a period, above zero and finite */
  push(price: number): Reading {
    const before = this.#price
    this.#price = price
    if (before === undefined) return this.#reading({ up: 0, down: 0 })
    const logReturn = Math.log(price / before)
    const z = standardised(logReturn, this.#volatility.value)
    const isSettled = this.#returns >= SETTLED
    const jumps = isSettled ? this.#jumps.push(z) : { up: 0, down: 0 }
    if (isSettled) this.tail.push(z)
    this.#volatility.push(logReturn)
    this.#usual.push(logReturn)
    this.#returns++
    return this.#reading(jumps)
  }

  #reading(jumps: JumpReading): Reading {
    const [volatility, usual] = [this.#volatility.value, this.#usual.value]
    return {
      volatility,
      ...(usual > 0 ? { volatilityRatio: volatility / usual } : {}),
      jumps,
      isWarm: this.#returns >= this.#settings.warmUp,
    }
  }
}

/**
 * What the detectors say after each price of a series.
 *
 * @param closes above zero and finite, oldest first
 * @example
 * const readings = detect([100, 101, 99.5], detectorSettings())
 */
export function detect(closes: readonly number[], settings: DetectorSettings): Reading[] {
  const detectors = new Detectors(settings)
  return closes.map((price) => detectors.push(price))
}
