import * as z from 'zod'
import { decimalSchema } from '../../schema/index.js'
import { normalQuantile } from '../calibrate/normal.js'

/** What keeps a requirement from falling as far in calm times as it has to rise in a crisis. */
export const floorSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('buffer'),
    /** Share of the calculated figure that is added in calm times, and used up when it rises. */
    share: decimalSchema({ whole: 1, fraction: 9 }).refine(
      (text) => Number(text) >= 0.25 && Number(text) <= 1,
      'must be from 0.25 to 1',
    ),
  }),
  z.strictObject({
    kind: z.literal('long-window'),
    /** Periods back that the volatility of the floor is taken over: ten years of days. */
    periods: z.int().min(250).max(100_000),
  }),
  z.strictObject({
    kind: z.literal('stressed'),
    /** The least weight of the stressed returns among all. */
    weight: decimalSchema({ whole: 1, fraction: 9 }).refine(
      (text) => Number(text) >= 0.25 && Number(text) <= 1,
      'must be from 0.25 to 1',
    ),
    /** Periods back that are looked at: ten years of days. */
    periods: z.int().min(250).max(100_000),
    /** How many of them, one after the other, are the stressed ones: a year of days. */
    stressed: z.int().min(20).max(10_000),
  }),
  z.strictObject({ kind: z.literal('none') }),
])

/**
 * A floor against procyclicality: one of the three that Article 28(1) of Commission Delegated Regulation (EU)
 * No 153/2013 (OJ L 52, 23.2.2013, p. 41) names for central counterparties. `buffer` is its letter (a), "at
 * least equal to 25 %", `stressed` its letter (b), at least a quarter of the weight for stressed
 * observations, and `long-window` its letter (c), "a 10 year historical lookback period".
 *
 * @useDeclaredType
 */
export type Floor = z.output<typeof floorSchema>

/**
 * A calculated figure with its floor.
 *
 * With a buffer `b` it is the one in force, held between the calculated one and `1 + b` times it: while the
 * calculated one rises within the buffer nothing changes, and in calm times the buffer is whole again. With
 * a long window it is no lower than the normal quantile of the window's volatility, and with stressed returns
 * no lower than the quantile in which these have their weight.
 *
 * @param calculated share of a price
 * @param parts.before the figure in force; none at first
 * @param parts.longVolatility of the long window, as a log return
 * @param parts.shareOf takes a log move to a share of the price
 */
export function floored(
  calculated: number,
  floor: Floor,
  parts: {
    before?: number | undefined
    confidence: number
    longVolatility?: number | undefined
    /** Of `stressedQuantile`, as a log loss. */
    stressedLoss?: number | undefined
    shareOf: (logMove: number) => number
  },
): number {
  switch (floor.kind) {
    case 'none':
      return calculated
    case 'buffer': {
      const whole = calculated * (1 + Number(floor.share))
      return Math.min(whole, Math.max(calculated, parts.before ?? whole))
    }
    case 'long-window': {
      const volatility = parts.longVolatility ?? 0
      return Math.max(calculated, parts.shareOf(normalQuantile(parts.confidence) * volatility))
    }
    case 'stressed':
      return Math.max(calculated, parts.shareOf(parts.stressedLoss ?? 0))
  }
}

/** Root of the mean square of the last log returns: every one counts alike. */
export function longVolatility(logReturns: readonly number[], periods: number): number {
  const last = logReturns.slice(-periods)
  return Math.sqrt(last.reduce((sum, r) => sum + r * r, 0) / Math.max(1, last.length))
}

/** What sums of weights may be off by. */
const ROUNDING = 1e-12

/**
 * The smallest log loss that returns of the weight `confidence` do not exceed, where the stressed ones have a
 * weight of their own: those periods, one after the other, whose squares sum to the most. They share the
 * weight, or as much as they have by their number if that is more, and all others the rest.
 *
 * @param losses log losses, the oldest first; where there are fewer than `periods`, all of them count
 */
export function stressedQuantile(
  losses: readonly number[],
  { weight, periods, stressed }: Omit<Extract<Floor, { kind: 'stressed' }>, 'kind'>,
  confidence: number,
): number {
  const last = losses.slice(-periods)
  const count = Math.min(stressed, last.length)
  const begin = mostVolatile(last, count)
  const whole = Math.max(Number(weight), count / last.length)
  const weightOf = (at: number) =>
    at >= begin && at < begin + count ? whole / count : (1 - whole) / (last.length - count)
  const worstFirst = last.map((_, at) => at).sort((a, b) => last[b]! - last[a]!)
  let above = 0
  for (const at of worstFirst) {
    above += weightOf(at)
    if (above > 1 - confidence + ROUNDING) return last[at]!
  }
  return 0
}

/** Where as many values in a row begin whose squares sum to the most; the first of such places. */
function mostVolatile(values: readonly number[], count: number): number {
  const sums = [0]
  for (const value of values) sums.push(sums.at(-1)! + value * value)
  let best = 0
  const sumFrom = (at: number) => sums[at + count]! - sums[at]!
  for (let at = 1; at + count <= values.length; at++) if (sumFrom(at) > sumFrom(best)) best = at
  return best
}
