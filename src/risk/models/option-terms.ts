import { z } from 'zod'
import { black76, discountFactor, type OptionTerms, yearsOf } from '../options/black76.js'
import { Rational } from '../rational.js'
import { decimal, positive, signed } from './params.js'

/** An option as parameter files write it. */
export const optionSchema = z.strictObject({
  right: z.enum(['call', 'put']),
  strike: positive,
  /** Price of the forward or future of the same expiry. */
  forward: positive,
  secondsToExpiry: z.int().min(0),
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

/** How much of its range a volatility moves: `(30 days / time)^power`, time not below a floor. */
export function volatilityMultiple(secondsToExpiry: number, power: number, floorSeconds: number): number {
  const month = 30 * 24 * 3600
  return (month / Math.max(secondsToExpiry, floorSeconds)) ** power
}
