import type { PriceSeries } from '../../src/models/calibrate/index.js'

/** Numbers within (0, 1), the same for the same seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32
  }
}

/** A sample of the generalised Pareto distribution, by inversion. */
export function paretoSample(seed: number, count: number, shape: number, scale: number): number[] {
  const next = uniform(seed)
  return Array.from({ length: count }, () => {
    const u = next()
    return shape === 0 ? -scale * Math.log(u) : (scale * (u ** -shape - 1)) / shape
  })
}

/** Standard normal numbers, by Box and Muller. */
export function normalSample(seed: number, count: number): number[] {
  const next = uniform(seed)
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()),
  )
}

/** Prices on consecutive days from 2020-01-01 whose log returns are given. */
export function seriesOf(asset: string, returns: readonly number[], volume?: number): PriceSeries {
  let price = 100
  const closes = [price, ...returns.map((r) => (price *= Math.exp(r)))]
  const dates = closes.map((_, i) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10))
  return { asset, dates, closes, ...(volume === undefined ? {} : { volumes: closes.map(() => volume) }) }
}
