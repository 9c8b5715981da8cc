import { z } from 'zod'
import type { ExactRule, Line, ScanGroup } from '../margin/rule.js'
import { Rational } from '../rational.js'
import { symbolSchema, timestampSchema } from '../schema.js'

/**
 * A plain decimal in quotes, of either sign, kept exactly. One that is none ends the reading: what compares numbers further out
 * would be handed its text.
 */
export const signed = z
  .string()
  .regex(/^-?(0|[1-9][0-9]{0,29})(\.[0-9]{1,30})?$/, {
    error: 'must be a plain decimal number in quotes',
    abort: true,
  })
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
    timestamp: timestampSchema,
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
    requirements: [],
    limits: [],
  }
}

/** A position that is worth `price` a unit, long as short. */
export function worth(row: { symbol: string; decimals: number }, price: Rational) {
  return { symbol: row.symbol, decimals: row.decimals, value: { long: price, short: price } }
}

/** A line without a constant. */
export function line(...terms: Line<Rational>['terms']): Line<Rational> {
  return { constant: Rational.ZERO, terms }
}

/** A term that is linear in the signed quantity. */
export function linear(symbol: string, coefficient: Rational): Line<Rational>['terms'][number] {
  return { symbol, long: coefficient, short: coefficient.neg() }
}

/** A term that is linear in the magnitude. */
export function gross(symbol: string, coefficient: Rational): Line<Rational>['terms'][number] {
  return { symbol, long: coefficient, short: coefficient }
}

/** A term for shorts alone. */
export function shorts(symbol: string, coefficient: Rational): Line<Rational>['terms'][number] {
  return { symbol, long: Rational.ZERO, short: coefficient }
}

/** A term for longs alone. */
export function longs(symbol: string, coefficient: Rational): Line<Rational>['terms'][number] {
  return { symbol, long: coefficient, short: Rational.ZERO }
}

/** Slopes of one: gains and losses count in full. */
export const PLAIN = { gain: Rational.ONE, loss: Rational.ONE }

/** A group that is not netted: its own worst loss is added to a sum. */
export function ownGroup(
  name: string,
  sum: string,
  members: ScanGroup<Rational>['members'],
): ScanGroup<Rational> {
  return { name, sum, ...PLAIN, members, flat: [] }
}

/** Adds a requirement of threshold zero to a rule, without the sums that nothing in the rule adds to. Comes last. */
export function addRequirement(
  rule: ExactRule,
  name: string,
  { worst, charges }: Omit<ExactRule['requirements'][number], 'name' | 'threshold'>,
): void {
  const sums = new Set([
    ...rule.exposures.map(({ adds }) => ('sum' in adds ? adds.sum : undefined)),
    ...(rule.scan?.groups ?? []).map(({ sum }) => sum),
  ])
  rule.requirements.push({
    name,
    threshold: Rational.ZERO,
    ...(worst && { worst: { ...worst, sums: worst.sums.filter((sum) => sums.has(sum)) } }),
    charges: charges.filter(({ sum }) => sums.has(sum)),
  })
}
