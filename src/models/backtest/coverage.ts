import { normalCdf } from '../normal.js'

/** A likelihood ratio, and how likely one as large is if there is nothing to find. */
export interface RatioTest {
  statistic: number
  /** From 0 to 1. */
  probability: number
}

/** How often a requirement was exceeded, against how often it says it is. */
export interface CoverageTest {
  /** Periods that were looked at. */
  periods: number
  /** Of them, those in which the loss was above the requirement. */
  breaches: number
  /** How many there would be on average. */
  expected: number
  /**
   * Whether breaches are as frequent as the requirement says (P. H. Kupiec, "Techniques for verifying the
   * accuracy of risk measurement models", Journal of Derivatives 3(2), 1995: proportion of failures).
   */
  frequency: RatioTest
  /**
   * Whether a breach makes one in the next period more likely (P. F. Christoffersen, "Evaluating interval
   * forecasts", International Economic Review 39(4), 1998: independence against a Markov chain).
   */
  independence: RatioTest
  /** Both at once (Christoffersen's conditional coverage): the sum of both ratios. */
  conditional: RatioTest
}

/**
 * Tests a series of breaches against the confidence of a requirement. Each probability is that of the
 * likelihood ratio's limit: χ² with one degree of freedom, of `conditional` with two.
 *
 * The frequency counts every period; independence counts steps from one period to the next, of which there
 * is one less.
 *
 * @param breaches one for each period, oldest first
 * @param confidence share of periods in which there should be none, between 0 and 1
 */
export function testCoverage(breaches: readonly boolean[], confidence: number): CoverageTest {
  const periods = breaches.length
  const count = breaches.filter(Boolean).length
  const share = 1 - confidence
  const frequency =
    2 * (logLikelihood(count, periods, count / periods) - logLikelihood(count, periods, share))
  /** Steps from a period without (0) or with (1) a breach, and how many of them lead to a breach. */
  const from = [0, 0]
  const to = [0, 0]
  for (let t = 1; t < periods; t++) {
    const before = breaches[t - 1] ? 1 : 0
    from[before]!++
    if (breaches[t]) to[before]!++
  }
  const [steps, hits] = [from[0]! + from[1]!, to[0]! + to[1]!]
  const chain = [0, 1].reduce((sum, i) => sum + logLikelihood(to[i]!, from[i]!, to[i]! / from[i]!), 0)
  const independence = 2 * (chain - logLikelihood(hits, steps, hits / steps))
  return {
    periods,
    breaches: count,
    expected: share * periods,
    frequency: { statistic: positive(frequency), probability: aboveChiSquare(positive(frequency), 1) },
    independence: {
      statistic: positive(independence),
      probability: aboveChiSquare(positive(independence), 1),
    },
    conditional: {
      statistic: positive(frequency) + positive(independence),
      probability: aboveChiSquare(positive(frequency) + positive(independence), 2),
    },
  }
}

/** `ln(p^hits·(1−p)^(n−hits))`, where nothing that did not happen counts. */
function logLikelihood(hits: number, n: number, p: number): number {
  return (hits === 0 ? 0 : hits * Math.log(p)) + (hits === n ? 0 : (n - hits) * Math.log1p(-p))
}

/** Rounding may leave a ratio a little below zero, which none is. */
function positive(ratio: number): number {
  return Math.max(0, ratio)
}

/**
 * The probability that a χ² variable is above a value: with one degree of freedom it is the square of a
 * standard normal one, with two it is exponential (M. Abramowitz, I. A. Stegun, 26.4.4 and 26.4.5).
 */
export function aboveChiSquare(value: number, degrees: 1 | 2): number {
  return degrees === 1 ? 2 * normalCdf(-Math.sqrt(value)) : Math.exp(-value / 2)
}
