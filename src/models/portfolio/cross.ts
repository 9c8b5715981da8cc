import * as z from 'zod'
import { Rational } from '../../field/index.js'
import type { Line, ModelRule } from '../../rules/index.js'
import { limitsSchema } from './limits.js'
import {
  addRequirement,
  borrowingSchema,
  cashOf,
  decimal,
  emptyRule,
  FREE_DEBT,
  forbidDebts,
  fraction,
  gross,
  head,
  INITIAL,
  instrument,
  line,
  positive,
  SPOT,
  settled,
  signed,
  worth,
} from './params.js'

const tiers = z
  .array(z.strictObject({ from: decimal, rate: decimal }))
  .min(1)
  .refine((list) => list[0]!.from.numerator === 0n, 'the first tier must start at 0')
  .refine(
    (list) =>
      list.every(
        (tier, n) =>
          n === 0 || (tier.from.compare(list[n - 1]!.from) > 0 && tier.rate.compare(list[n - 1]!.rate) >= 0),
      ),
    'tiers must start ever higher, at rates that do not fall',
  )

export type Tiers = z.output<typeof tiers>

const position = z
  .strictObject({
    kind: z.enum(['perp', 'future']),
    ...instrument,
    /** The mark; charges are on its magnitude. */
    price: signed,
    initial: tiers,
    maintenance: tiers,
    /** Scales the initial rate with the market's open interest, notional in the quote currency. */
    openInterest: z
      .strictObject({ notional: decimal, lower: decimal, upper: positive })
      .refine(({ lower, upper }) => lower.compare(upper) < 0, 'lower must be below upper')
      .optional(),
    /** The most that a position's notional may come to. */
    maxNotional: decimal.optional(),
  })
  .refine(({ initial, maintenance }) => initialIsMore(initial, maintenance), INITIAL)

const collateral = z
  .strictObject({
    kind: z.enum(['spot', 'stablecoin']),
    ...instrument,
    price: decimal,
    /** How much of a long's value counts in each requirement. */
    collateral: z
      .strictObject({ initial: fraction, maintenance: fraction })
      .refine(({ initial, maintenance }) => initial.compare(maintenance) <= 0, INITIAL),
    /** The rate of a debt; without it, the instrument cannot be owed. */
    borrowing: borrowingSchema.optional(),
  })
  .refine(({ price, borrowing }) => borrowing === undefined || price.numerator > 0n, {
    path: ['price'],
    message: FREE_DEBT,
  })

/**
 * Parameters of cross margin. Decimals in quotes; prices and tiers in the quote currency, rates as fractions
 * of notional.
 */
export const crossParams = z.strictObject({
  ...head('cross'),
  /** The rate of a debt of cash; without it, cash cannot be owed. */
  cashBorrowing: borrowingSchema.optional(),
  instruments: z
    .array(
      z.discriminatedUnion('kind', [position, collateral], {
        error: 'must say its kind: perp, future, spot or stablecoin',
      }),
    )
    .min(1),
  limits: limitsSchema.pick({ grossNotional: true }).default({}),
})

export type CrossParams = z.output<typeof crossParams>

/**
 * Cross margin with tiers of rising rates. Equity is cash plus collateral at its price; perps and futures are
 * settled in cash at their marks and add nothing. Each of them needs `max_n(rate_n·N − deduction_n)` of its
 * notional N, where `deduction_n = deduction_{n-1} + from_n·(rate_n − rate_{n-1})`. As rates do not fall this
 * is the marginal-tier sum.
 *
 * Sources: Hyperliquid, "Margin tiers" (maintenance rate 1/(2·max leverage) and deductions); dYdX v4 chain,
 * `x/perpetuals/types/liquidity_tier.go` (initial and maintenance fractions, open-interest scaling) and
 * `x/assets/keeper/asset.go` (no collateral but the quote currency, no margin borrowing). dYdX rounds each
 * market's requirement up to a quote quantum; the rule holds it exactly. Neither source takes other
 * collateral: here it counts in part, and a debt, of cash too, is refused unless the parameters say what it
 * pays.
 */
export function buildCross(params: CrossParams): ModelRule {
  const rule = emptyRule('cross', params)
  const cash = cashOf(rule)
  const positions = params.instruments.flatMap((row) => ('collateral' in row ? [] : [row]))
  const collaterals = params.instruments.flatMap((row) => ('collateral' in row ? [row] : []))
  for (const row of positions) {
    rule.instruments.push(settled(row, { value: row.price, within: Rational.ZERO }))
    const price = row.price.abs()
    for (const name of KINDS) {
      const scaled =
        name === 'initial' && row.openInterest !== undefined
          ? row.initial.map(({ from, rate }) => ({ from, rate: openInterestRate(rate, row.openInterest!) }))
          : row[name]
      const lines = tierLines(row.symbol, price, scaled)
      rule.exposures.push({ name: `${name} ${row.symbol}`, lines, adds: { sum: `${name} margin` } })
    }
    if (row.maxNotional) {
      const lines = [line(gross(row.symbol, price))]
      rule.limits.push({ name: `notional ${row.symbol}`, cap: row.maxNotional, lines })
    }
  }
  rule.instruments.push(...collaterals.map((row) => worth(row, row.price, SPOT)))
  const owned = [...collaterals, { ...cash, collateral: FULL, borrowing: params.cashBorrowing }]
  for (const name of KINDS) {
    const terms = owned.map((row) => ({
      symbol: row.symbol,
      long: row.price.mul(Rational.ONE.sub(row.collateral[name])),
      short: row.price.mul(row.borrowing?.[name] ?? Rational.ZERO),
    }))
    rule.exposures.push({
      name: `${name} collateral`,
      lines: [line(...terms)],
      adds: { sum: `${name} margin` },
    })
  }
  forbidDebts(
    rule,
    owned.filter(({ borrowing }) => borrowing === undefined),
  )
  const notionals = positions.map(({ symbol, price }) => gross(symbol, price.abs()))
  if (params.limits.grossNotional) {
    rule.limits.push({
      name: 'gross notional',
      cap: params.limits.grossNotional,
      lines: [line(...notionals)],
    })
  }
  for (const name of KINDS) {
    addRequirement(rule, name, { charges: [{ sum: `${name} margin`, factor: Rational.ONE }] })
  }
  return rule
}

const FULL = { initial: Rational.ONE, maintenance: Rational.ONE }
const KINDS = ['initial', 'maintenance'] as const

function tierLines(symbol: string, price: Rational, list: Tiers): Line<Rational>[] {
  const deductions = tierDeductions(list)
  return list.map(({ rate }, n) => ({
    ...line(gross(symbol, price.mul(rate))),
    constant: deductions[n]!.neg(),
  }))
}

/** The deduction in each tier's line `rate·N − deduction`, so that the lines meet where the tiers do. */
export function tierDeductions(list: Tiers): Rational[] {
  let deduction = Rational.ZERO
  return list.map(({ from, rate }, n) => {
    if (n > 0) deduction = deduction.add(from.mul(rate.sub(list[n - 1]!.rate)))
    return deduction
  })
}

/**
 * Whether one list of tiers asks for no less than another of any notional: where a tier starts, and beyond
 * the last.
 */
function initialIsMore(initial: Tiers, maintenance: Tiers): boolean {
  const asked = (list: Tiers, notional: Rational): Rational =>
    tierDeductions(list).reduce(
      (most, deduction, n) => most.max(list[n]!.rate.mul(notional).sub(deduction)),
      Rational.ZERO,
    )
  return (
    [...initial, ...maintenance].every(
      ({ from }) => asked(initial, from).compare(asked(maintenance, from)) >= 0,
    ) && initial.at(-1)!.rate.compare(maintenance.at(-1)!.rate) >= 0
  )
}

const MILLION = Rational.of(1_000_000n)

/**
 * The initial rate when open interest is high: `base` up to `lower`, 1 from `upper` on, linear in between,
 * rounded down to a part per million as the chain does.
 */
export function openInterestRate(
  base: Rational,
  { notional, lower, upper }: { notional: Rational; lower: Rational; upper: Rational },
): Rational {
  if (notional.compare(lower) <= 0) return base
  if (notional.compare(upper) >= 0) return Rational.ONE.max(base)
  const share = notional.sub(lower).div(upper.sub(lower))
  const increase = Rational.of(Rational.ONE.sub(base).mul(MILLION).mul(share).floor()).div(MILLION)
  return base.add(increase)
}
