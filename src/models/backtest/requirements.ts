import { historicalTail } from '../calibrate/historical.js'
import { normalQuantile } from '../calibrate/normal.js'
import { fitTail, paretoQuantile } from '../calibrate/pareto.js'
import { Detectors, SETTLED } from '../detect/detectors.js'
import type { DetectorSettings } from '../detect/settings.js'
import { lossesOf, SIDES, type Side, shareOfPrice, signOf } from '../detect/side.js'
import { type Floor, floored, longVolatility, stressedQuantile } from '../propose/floor.js'

/**
 * What requirements are made by: the estimates of `risk calibrate`, the largest of them as it takes it, that
 * with the floor as it is proposed, and the tail of returns over their volatility.
 */
export const METHODS = ['historical', 'tail', 'volatility', 'largest', 'proposed', 'filtered'] as const
/**
 * How a requirement is made.
 *
 * @useDeclaredType
 */
export type Method = (typeof METHODS)[number]

/** The requirements of one method for one side at one confidence, period by period. */
export interface RequirementPath {
  side: Side
  confidence: number
  method: Method
  /** Share of the price at the end of the period before, for each period of the range. */
  required: number[]
  /** What was lost of it in that period; below zero for a gain. */
  lost: number[]
}

/** Prices before the first period that a requirement can be made for. */
export function pricesBefore({ tail, warmUp }: DetectorSettings): number {
  return Math.max(tail.window + SETTLED, warmUp) + 1
}

/**
 * Walks through a series, and makes at the end of each period the requirements for the next, by what was
 * known then. Tails are fitted anew from time to time, as the settings have it; volatilities in each period.
 *
 * @param range places of the prices that losses lead to; `start` is at least `pricesBefore`
 * @returns nothing while moves of a window are all the same
 */
export function requirementPaths(
  closes: readonly number[],
  parts: { settings: DetectorSettings; floor: Floor; range: { start: number; end: number } },
): RequirementPath[] | undefined {
  const { settings, floor, range } = parts
  const { window, every, confidences } = settings.tail
  const returns = closes.map((close, at) => (at === 0 ? 0 : Math.log(close / closes[at - 1]!)))
  const paths = SIDES.flatMap((side) =>
    confidences.map((confidence) => {
      const empty = (method: Method): RequirementPath => ({
        side,
        confidence,
        method,
        required: [],
        lost: [],
      })
      const methods = Object.fromEntries(METHODS.map((method) => [method, empty(method)]))
      return {
        side,
        confidence,
        quantile: normalQuantile(confidence),
        ...(methods as Record<Method, RequirementPath>),
      }
    }),
  )
  const detectors = new Detectors(settings)
  for (let at = 0; at < range.start; at++) detectors.push(closes[at]!)
  let fits: Record<Side, Fit> | undefined
  let stressed: Record<Side, Map<number, number>> | undefined
  for (let at = range.start; at < range.end; at++) {
    if ((at - range.start) % every === 0) {
      fits = fitBoth(returns.slice(at - window, at), settings)
      if (floor.kind === 'stressed') stressed = stressedOf(returns.slice(1, at), floor, confidences)
    }
    for (const path of paths) {
      const { side, confidence, quantile } = path
      const share = (loss: number) => shareOfPrice(side, loss)
      const filtered = detectors.tail.quantile(side, confidence, detectors.volatility)
      if (fits === undefined || filtered === undefined) return undefined
      const { historical, tail } = fits[side].get(confidence)!
      const volatility = quantile * detectors.volatility
      const largest = share(Math.max(historical, tail, volatility))
      const proposed = floored(largest, floor, {
        before: path.proposed.required.at(-1),
        confidence,
        shareOf: share,
        ...(floor.kind === 'long-window' && {
          longVolatility: longVolatility(returns.slice(1, at), floor.periods),
        }),
        stressedLoss: stressed?.[side].get(confidence),
      })
      const made: Record<Method, number> = {
        historical: share(historical),
        tail: share(tail),
        volatility: share(volatility),
        largest,
        proposed: side === 'down' ? Math.min(1, proposed) : proposed,
        filtered: share(filtered),
      }
      const lost = signOf(side) * (closes[at]! / closes[at - 1]! - 1)
      for (const method of METHODS) {
        path[method].required.push(made[method])
        path[method].lost.push(lost)
      }
    }
    detectors.push(closes[at]!)
  }
  return paths.flatMap((path) => METHODS.map((method) => path[method]))
}

/** Log losses by confidence. */
type Fit = Map<number, { historical: number; tail: number }>

/** The quantiles in which stressed returns have their weight, by confidence. */
function stressedOf(
  returns: readonly number[],
  floor: Extract<Floor, { kind: 'stressed' }>,
  confidences: readonly number[],
): Record<Side, Map<number, number>> {
  const [down, up] = SIDES.map((side) => {
    const losses = lossesOf(side, returns)
    return new Map(confidences.map((confidence) => [confidence, stressedQuantile(losses, floor, confidence)]))
  })
  return { down: down!, up: up! }
}

function fitBoth(
  returns: readonly number[],
  { tail: { share, confidences, bandLevel: level } }: DetectorSettings,
): Record<Side, Fit> | undefined {
  const [down, up] = SIDES.map((side) => {
    const sorted = lossesOf(side, returns).sort((a, b) => b - a)
    const fit = fitTail(sorted, share)
    if (fit === undefined) return undefined
    return new Map(
      confidences.map((confidence) => [
        confidence,
        {
          historical: historicalTail(sorted, { confidence, level }).value,
          tail: paretoQuantile(fit, confidence),
        },
      ]),
    )
  })
  return down === undefined || up === undefined ? undefined : { down, up }
}
