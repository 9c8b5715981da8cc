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
 * Biometrika 41, 1954): `S(t) = max(0, S(t−1) + z(t) − κ)`, and the same of `−z`. A sum that reaches `h` gives
 * an alarm and begins at 0 again. With κ = 1/2 a shift of one volatility is found soonest; with h = 5, returns
 * that are independent and normal give a false alarm in 465 periods on average (J. M. Lucas, R. B. Crosier,
 * "Fast initial response for CUSUM quality-control schemes", Technometrics 24, 1982).
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

/**
 * The same sums by Page's first definition: how far the sum of what is beyond the allowance lies above its
 * lowest point since the last alarm in its direction.
 */
export function jumps(zs: readonly number[], { allowance, limit }: JumpSettings): JumpReading[] {
  const side = (sign: 1 | -1): number[] => {
    let start = 0
    return zs.map((_, t) => {
      let [sum, most] = [0, 0]
      for (let i = t; i >= start; i--) {
        sum += sign * zs[i]! - allowance
        most = Math.max(most, sum)
      }
      if (most >= limit) start = t + 1
      return Math.min(limit, most)
    })
  }
  const [ups, downs] = [side(1), side(-1)]
  return zs.map((_, t) => {
    const [up, down] = [ups[t]!, downs[t]!]
    const alarm = down === limit ? 'down' : up === limit ? 'up' : undefined
    return { up, down, ...(alarm === undefined ? {} : { alarm }) }
  })
}
