import * as z from 'zod'
import { Rational } from '../../field/index.js'
import type { ModelInstrument } from '../../rules/index.js'
import { black76, discountFactor, type OptionTerms, yearsOf } from '../options/black76.js'
import { decimal, positive, secondsAhead, signed, worth } from './params.js'

/** An option as parameter files write it. */
export const optionSchema = z.strictObject({
  right: z.enum(['call', 'put']),
  strike: positive,
  /** Price of the forward or future of the same expiry. */
  forward: positive,
  secondsToExpiry: secondsAhead,
  /** Implied volatility a year: "0.6" is 60 %. */
  volatility: decimal,
  /** Continuously compounded interest a year. */
  rate: signed.default(Rational.ZERO),
})

export function optionTerms(option: z.output<typeof optionSchema>): OptionTerms {
  const years = yearsOf(option.secondsToExpiry)
  return {
    right: option.right,
    forward: option.forward.toNumber(),
    strike: option.strike.toNumber(),
    years,
    volatility: option.volatility.toNumber(),
    discount: discountFactor(option.rate.toNumber(), years),
  }
}

/** The value of an option as an exact number: the very double that the formula gives. */
export function optionValue(terms: OptionTerms): Rational {
  return Rational.fromNumber(black76(terms).value)
}

/** How far an option's mark may be from the formula's value, as a share of the forward. */
export const MARK_TOLERANCE = Rational.of(1n, 100n)

/**
 * An option that is worth what the formula says; `size` is of the underlying in one unit, in what values are
 * counted in.
 */
export function pricedOption(
  row: { symbol: string; decimals: number },
  option: z.output<typeof optionSchema>,
  size: Rational,
): ModelInstrument {
  const value = optionValue(optionTerms(option)).mul(size)
  return worth(row, value, ['option'], option.forward.mul(size).mul(MARK_TOLERANCE))
}

/** How much of its range a volatility moves: `(30 days / time)^power`, time not below a floor. */
export function volatilityMultiple(secondsToExpiry: number, power: number, floorSeconds: number): number {
  const month = 30 * 24 * 3600
  return (month / Math.max(secondsToExpiry, floorSeconds)) ** power
}
