import { z } from 'zod'
import { MAX_TIMESTAMP, symbolSchema } from '../file.js'
import type { ExactRule, Form, Scan } from '../margin/rule.js'
import { Rational } from '../rational.js'

/** A plain decimal in quotes, of either sign, kept exactly. */
export const signed = z
  .string()
  .regex(/^-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?$/, 'must be a plain decimal number in quotes')
  .transform((text) => Rational.parse(/[1-9]/.test(text) ? text : '0'))

/** A plain decimal in quotes, zero or more. */
export const decimal = signed.refine((value) => value.numerator >= 0n, 'must not be negative')

/** A plain decimal in quotes, above zero. */
export const positive = signed.refine((value) => value.numerator > 0n, 'must be above zero')

/** A plain decimal in quotes, from 0 to 1. */
export const fraction = decimal.refine((value) => value.compare(Rational.ONE) <= 0, 'must not be above 1')

export const nameSchema = z.string().min(1).max(60)

/** What every instrument of a parameter file says. */
export const instrument = { symbol: symbolSchema, decimals: z.int().min(0).max(18) }

/** The head of the parameter file of a model. */
export function head<M extends string>(model: M) {
  return {
    schema: z.literal(`plimsoll/margin-params/${model}/1` as const),
    timestamp: z.int().min(0).max(MAX_TIMESTAMP),
    quote: symbolSchema,
    cashDecimals: z.int().min(0).max(18).default(6),
  }
}

/** A rule without any instrument or charge, to be filled in. */
export function emptyRule(
  model: string,
  params: { timestamp: number; quote: string; cashDecimals: number },
): ExactRule {
  const { timestamp, quote, cashDecimals } = params
  return {
    model,
    timestamp,
    quote,
    cashDecimals,
    instruments: [],
    exposures: [],
    scans: [],
    combinations: [],
    requirements: [],
    limits: [],
  }
}

/** A position that is worth `price` a unit, long as short. */
export function worth(row: { symbol: string; decimals: number }, price: Rational) {
  return { symbol: row.symbol, decimals: row.decimals, value: { long: price, short: price } }
}

/** A form without a constant. */
export function form(...terms: Form<Rational>['terms']): Form<Rational> {
  return { constant: Rational.ZERO, terms }
}

/** A term that is linear in the signed quantity. */
export function linear(symbol: string, coefficient: Rational): Form<Rational>['terms'][number] {
  return { symbol, long: coefficient, short: coefficient.neg() }
}

/** A term that is linear in the magnitude. */
export function gross(symbol: string, coefficient: Rational): Form<Rational>['terms'][number] {
  return { symbol, long: coefficient, short: coefficient }
}

/** A term for shorts alone. */
export function shorts(symbol: string, coefficient: Rational): Form<Rational>['terms'][number] {
  return { symbol, long: Rational.ZERO, short: coefficient }
}

/** A term for longs alone. */
export function longs(symbol: string, coefficient: Rational): Form<Rational>['terms'][number] {
  return { symbol, long: coefficient, short: Rational.ZERO }
}

/** A requirement of threshold zero; every charge counts with factor one unless it says otherwise. */
export function requirement(
  name: string,
  ...charges: (string | { of: string; factor: Rational })[]
): ExactRule['requirements'][number] {
  return {
    name,
    threshold: Rational.ZERO,
    charges: charges.map((charge) =>
      typeof charge === 'string' ? { of: charge, factor: Rational.ONE } : charge,
    ),
  }
}

/** A scan of one group in which gains and losses both count in full. */
export function plainScan(
  name: string,
  scenarios: string[],
  members: Scan<Rational>['groups'][number]['members'],
): Scan<Rational> {
  const ones = scenarios.map(() => Rational.ONE)
  return { name, scenarios, groups: [{ name, members, gain: ones, loss: ones }] }
}
