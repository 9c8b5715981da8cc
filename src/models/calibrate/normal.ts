import { normalCdf } from '../normal.js'
import { boundary } from './search.js'

/** The standard normal quantile, for a probability within (1e-12, 1 − 1e-12). */
export function normalQuantile(probability: number): number {
  return boundary((z) => normalCdf(z) < probability, -8, 8)
}

/** Half the width of a two-sided band at a level, in standard deviations: 1.96 for 0.95. */
export function bandWidth(level: number): number {
  return normalQuantile((1 + level) / 2)
}
