/** When a drift of prices is a jump. */
export interface JumpSettings {
  /** κ: what of a return counts as ordinary, in volatilities. */
  allowance: number
  /** h: sum of what is beyond the allowance at which there is an alarm. */
  limit: number
}

/** After a return: how far the sums are, and whether one reached the limit, from where it begins anew. */
export interface JumpReading {
  /** From 0 to the limit. */
  up: number
  down: number
  alarm?: 'up' | 'down'
}

/** A return in volatilities; without any volatility, a move of any size is beyond every limit. */
export function standardised(logReturn: number, volatility: number): number {
  return logReturn === 0 ? 0 : logReturn / volatility
}

/**
 * Cumulative sums of standardised returns, in both directions (E. S. Page, "Continuous inspection schemes",
 * Biometrika 41, 1954): `S(t) = max(0, S(t−1) + z(t) − κ)`, and the same of `−z`. A sum that reaches `h`
 * gives an alarm and begins at 0 again. A shift of 2·κ volatilities is found soonest; with κ = 1/2 and h = 5,
 * returns that are independent and normal give a false alarm in 465 periods on average (J. M. Lucas, R. B.
 * Crosier, "Fast initial response for CUSUM quality-control schemes", Technometrics 24, 1982).
 */
export class StreamedJumps {
  readonly #settings: JumpSettings
  #up = 0
  #down = 0

  constructor(settings: JumpSettings) {
    this.#settings = settings
  }

  /** @param z a return over the volatility that was foretold for it */
  push(z: number): JumpReading {
    const { allowance, limit } = this.#settings
    const up = Math.min(limit, Math.max(0, this.#up + z - allowance))
    const down = Math.min(limit, Math.max(0, this.#down - z - allowance))
    this.#up = up < limit ? up : 0
    this.#down = down < limit ? down : 0
    const alarm = down === limit ? 'down' : up === limit ? 'up' : undefined
    return { up, down, ...(alarm === undefined ? {} : { alarm }) }
  }
}
