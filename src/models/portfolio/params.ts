import * as z from 'zod'
import { Rational, textFault, textSchema } from '../../field/index.js'
import type {
  ExactRule,
  InstrumentKind,
  Line,
  ModelInstrument,
  ModelRule,
  ScanGroup,
} from '../../rules/index.js'
import { decimalSchema, symbolSchema, timestampSchema } from '../../schema/index.js'

/**
 * A plain decimal in quotes, of either sign, kept exactly. One that is none ends the reading: what compares
 * numbers further out would be handed its text.
 */
export const signed = decimalSchema({ whole: 30, fraction: 30, signed: true }).transform((text) =>
  Rational.parse(/[1-9]/.test(text) ? text : '0'),
)

/** A plain decimal in quotes, zero or more. */
export const decimal = signed.refine((value) => value.numerator >= 0n, 'must not be negative')

/** A plain decimal in quotes, above zero. */
export const positive = signed.refine((value) => value.numerator > 0n, 'must be above zero')

/** A plain decimal in quotes, from 0 to 1. */
export const fraction = decimal.refine((value) => value.compare(Rational.ONE) <= 0, 'must not be above 1')

/** A plain decimal in quotes, from 0 to below 1. */
export const belowOne = fraction.refine((value) => value.compare(Rational.ONE) < 0, 'must be below 1')

export const nameSchema = textSchema((text) => textFault(text, 240)).max(60)

/** Forty years: no contract is longer, and no time since 1970 is as short. */
const MAX_AHEAD = 40 * 31_557_600

/** Seconds from the timestamp of the parameters on. */
export const secondsAhead = z
  .int('must be a whole number of seconds')
  .min(0, 'must not be below zero: leave out what has expired')
  .max(
    MAX_AHEAD,
    'is beyond 40 years: write how many seconds are left, no time of the calendar and no milliseconds',
  )

/** The fields of every instrument in a parameter file. */
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

/** The message where the initial requirement would ask for less than the maintenance requirement. */
export const INITIAL = 'initial must not ask for less than maintenance'

/** The rate that a debt pays of its value, on top of it. A loan is never free. */
export const borrowingSchema = z
  .strictObject({ initial: positive, maintenance: positive })
  .refine(({ initial, maintenance }) => initial.compare(maintenance) >= 0, INITIAL)

/** The message where an asset with a price of zero could be owed. */
export const FREE_DEBT = 'must be above zero, or the asset cannot be borrowed: a debt of it would be free'

/** The kinds that can be owned and owed in kind. */
export const SPOT: readonly InstrumentKind[] = ['spot', 'stablecoin']
/** The kinds that are settled in cash at their mark. */
export const SETTLED: readonly InstrumentKind[] = ['perp', 'future']

/** A rule that has cash alone, worth one, and charges nothing; to be filled in. */
export function emptyRule(
  model: string,
  params: { timestamp: number; quote: string; cashDecimals: number },
): ModelRule {
  const { timestamp, quote, cashDecimals } = params
  const cash = { symbol: quote, decimals: cashDecimals, value: { long: Rational.ONE, short: Rational.ONE } }
  return {
    model,
    timestamp,
    quote,
    cash: quote,
    instruments: [{ ...cash, kinds: SPOT }],
    exposures: [],
    requirements: [],
    limits: [],
  }
}

/**
 * The rule of a model whose values are counted in the stablecoin that cash is: of a table's instruments, one
 * marked at 1.
 */
export function stableCash(rule: ModelRule): ModelRule {
  const price = { value: Rational.ONE, within: Rational.ZERO }
  const instruments = rule.instruments.map((row) => (row.symbol === rule.cash ? { ...row, price } : row))
  return { ...rule, instruments }
}

interface Named {
  symbol: string
  decimals: number
}

/** A position that is worth `price` a unit, long as short; the table's mark may be `within` of it. */
export function worth(
  { symbol, decimals }: Named,
  price: Rational,
  kinds: readonly InstrumentKind[],
  within = Rational.ZERO,
): ModelInstrument {
  return { symbol, decimals, value: { long: price, short: price }, kinds, price: { value: price, within } }
}

/** A contract that is settled in cash at its mark, so that it adds nothing to equity. */
export function settled({ symbol, decimals }: Named, price?: ModelInstrument['price']): ModelInstrument {
  const value = { long: Rational.ZERO, short: Rational.ZERO }
  return { symbol, decimals, value, kinds: SETTLED, ...(price && { price }) }
}

/** Whether two prices of one underlying, such as spot and forward, are within half of one another. */
export function sameUnderlying(price: Rational, spot: Rational): boolean {
  return price.sub(spot).abs().compare(index(spot).within) <= 0
}

/** The message where they are not. */
export const FAR_OFF = 'is not within half of the price of its underlying'

/**
 * A price that is taken for an instrument's though it is another's, such as an index: it may be half of
 * itself away.
 */
export function index(value: Rational): NonNullable<ModelInstrument['price']> {
  return { value, within: value.abs().div(Rational.of(2n)) }
}

/** Refuses every account that owes any of these. `price` is what a debt of one unit is shown as. */
export function forbidDebts(rule: ExactRule, rows: readonly { symbol: string; price: Rational }[]): void {
  if (rows.length === 0) return
  const owed = rows.map(({ symbol, price }) =>
    shorts(symbol, price.numerator === 0n ? Rational.ONE : price.abs()),
  )
  rule.limits.push({ name: 'borrowing', cap: Rational.ZERO, lines: [line(...owed)] })
}

/** Cash as `forbidDebts` takes it. */
export function cashOf({ cash }: ModelRule): { symbol: string; price: Rational } {
  return { symbol: cash, price: Rational.ONE }
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

/**
 * Adds a requirement of threshold zero to a rule, without the sums that nothing in the rule adds to. Comes
 * last.
 */
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
