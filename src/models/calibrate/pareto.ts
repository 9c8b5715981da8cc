import type { TailEstimate } from './estimate.js'
import { bandWidth } from './normal.js'
import { boundary, maximise } from './search.js'

/** Below −1/2 maximum likelihood has no normal errors (R. L. Smith, 1985); at 1 a loss has no mean. */
const SHAPE = { least: -0.5, most: 1 }

/**
 * A generalised Pareto distribution of what lies above a threshold:
 * `P(excess > y) = (1 + shape·y/scale)^(−1/shape)`.
 */
export interface ParetoTail {
  threshold: number
  /** How many losses of how many lie above the threshold. */
  exceedances: number
  count: number
  shape: number
  scale: number
  logLikelihood: number
  excesses: readonly number[]
}

/**
 * Fits the tail above a threshold by maximum likelihood (R. L. Smith, "Estimating tails of probability
 * distributions", 1987; A. J. McNeil, R. Frey, P. Embrechts, "Quantitative Risk Management", 2015, section
 * 5.2). The threshold is the largest loss that is not among the `share` largest.
 *
 * @param sorted losses, largest first
 * @param share of the losses that make up the tail, e.g. 0.1
 * @returns undefined when the losses of the tail are all the same
 */
export function fitTail(sorted: readonly number[], share: number): ParetoTail | undefined {
  const exceedances = Math.floor(sorted.length * share)
  const threshold = sorted[exceedances]!
  const excesses = sorted.slice(0, exceedances).map((loss) => loss - threshold)
  const mean = excesses.reduce((sum, y) => sum + y, 0) / exceedances
  if (!(mean > 0)) return undefined
  const { shape, scale } = likeliest(excesses, mean)
  return {
    threshold,
    exceedances,
    count: sorted.length,
    shape,
    scale,
    logLikelihood: logLikelihood(excesses, shape, scale),
    excesses,
  }
}

/**
 * In one parameter, shape over scale: for each there is one likeliest shape, `mean ln(1 + ratio·y)` (S. D.
 * Grimshaw, "Computing maximum likelihood estimates for the generalized Pareto distribution", Technometrics
 * 35, 1993). It grows with the ratio, so bounds of the shape are bounds of the ratio.
 */
function likeliest(excesses: readonly number[], mean: number): { shape: number; scale: number } {
  const at = (perMean: number) => {
    const ratio = perMean / mean
    let shape = 0
    let squares = 0
    for (const y of excesses) {
      shape += Math.log1p(ratio * y)
      squares += y * y
    }
    shape /= excesses.length
    const isFlat = Math.abs(perMean) < 1e-9
    return { shape, scale: isFlat ? mean - (ratio * squares) / (2 * excesses.length) : shape / ratio }
  }
  const end = (-mean / excesses[0]!) * (1 - 1e-12)
  const least = boundary((x) => at(x).shape <= SHAPE.least, end, 0)
  let beyond = 1
  while (at(beyond).shape < SHAPE.most) beyond *= 2
  const most = boundary((x) => at(x).shape < SHAPE.most, 0, beyond)
  const value = (x: number): number => {
    const { shape, scale } = at(x)
    return -Math.log(scale) - shape
  }
  return at(maximise(value, at(end).shape > SHAPE.least ? end : least, most).x)
}

/** What a fitted tail exceeds with probability `1 − confidence`, without a band: see `paretoTail`. */
export function paretoQuantile(tail: ParetoTail, confidence: number): number {
  return tail.threshold + tail.scale * growth(tail.shape, ratioOf(tail, confidence))
}

function ratioOf({ count, exceedances }: ParetoTail, confidence: number): number {
  return ((1 - confidence) * count) / exceedances
}

/**
 * A quantile of a fitted tail: `threshold + scale/shape·((count/exceedances·(1−confidence))^(−shape) − 1)`.
 * The band is all quantiles that a likelihood-ratio test does not reject (profile likelihood: S. Coles, "An
 * Introduction to Statistical Modeling of Extreme Values", 2001, section 4.3.3), for independent losses and a
 * share of exceedances taken as known.
 *
 * @param confidence above `1 − exceedances/count`
 */
export function paretoTail(
  tail: ParetoTail,
  { confidence, level }: { confidence: number; level: number },
): TailEstimate {
  const ratio = ratioOf(tail, confidence)
  const above = tail.scale * growth(tail.shape, ratio)
  const allowed = bandWidth(level) ** 2 / 2
  const accepted = (excess: number): boolean => {
    const profile = maximise(
      (shape) => logLikelihood(tail.excesses, shape, excess / growth(shape, ratio)),
      SHAPE.least,
      SHAPE.most,
    )
    return tail.logLikelihood - profile.value <= allowed
  }
  let outside = 2 * above
  while (accepted(outside)) outside *= 2
  return {
    value: tail.threshold + above,
    low: tail.threshold + boundary(accepted, above, 0),
    high: tail.threshold + boundary(accepted, above, outside),
  }
}

/** The quantile of a tail of scale one, `(ratio^(−shape) − 1)/shape`, continued to shape zero. */
function growth(shape: number, ratio: number): number {
  const x = -shape * Math.log(ratio)
  return Math.abs(shape) < 1e-9 ? -Math.log(ratio) : Math.expm1(x) / shape
}

function logLikelihood(excesses: readonly number[], shape: number, scale: number): number {
  let sum = 0
  for (const y of excesses) {
    const x = (shape * y) / scale
    if (x <= -1) return -Infinity
    sum += Math.abs(shape) < 1e-9 ? y / scale : Math.log1p(x) / shape
  }
  return -excesses.length * Math.log(scale) - (1 + shape) * sum
}
