import { z } from 'zod'
import type { ExactRule, Line } from '../margin/rule.js'
import { Rational } from '../rational.js'
import { limitsSchema } from './limits.js'
import {
  addRequirement,
  decimal,
  emptyRule,
  fraction,
  gross,
  head,
  instrument,
  line,
  positive,
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

/** Parameters of cross margin. Decimals in quotes; prices and tiers in the quote currency, rates as fractions of notional. */
export const crossParams = z.strictObject({
  ...head('cross'),
  instruments: z
    .array(
      z.strictObject({
        ...instrument,
        price: decimal,
        /** How much of a long's value counts as collateral in each requirement; left out, all of it. */
        collateral: z.strictObject({ initial: fraction, maintenance: fraction }).optional(),
        initial: tiers,
        maintenance: tiers,
        /** Scales the initial rate with the market's open interest, notional in the quote currency. */
        openInterest: z
          .strictObject({ notional: decimal, lower: decimal, upper: positive })
          .refine(({ lower, upper }) => lower.compare(upper) < 0, 'lower must be below upper')
          .optional(),
        /** The most that a position's notional may come to. */
        maxNotional: decimal.optional(),
      }),
    )
    .min(1),
  limits: limitsSchema.pick({ grossNotional: true }).default({}),
})

export type CrossParams = z.output<typeof crossParams>

/**
 * Cross margin with tiers of rising rates: equity is cash plus every position at its price (cash is net of what positions cost),
 * and each position needs `max_n(rate_n·N − deduction_n)` of its notional N, where
 * `deduction_n = deduction_{n-1} + from_n·(rate_n − rate_{n-1})`. As rates do not fall this is the marginal-tier sum.
 *
 * Sources: Hyperliquid, "Margin tiers" (maintenance rate 1/(2·max leverage) and deductions); dYdX v4 chain,
 * `x/perpetuals/types/liquidity_tier.go` (initial and maintenance fractions, open-interest scaling). dYdX rounds each market's
 * requirement up to a quote quantum; the rule holds it exactly.
 */
export function buildCross(params: CrossParams): ExactRule {
  const rule = emptyRule('cross', params)
  for (const row of params.instruments) {
    rule.instruments.push(worth(row, row.price))
    for (const name of ['initial', 'maintenance'] as const) {
      const haircut = Rational.ONE.sub(row.collateral?.[name] ?? Rational.ONE)
      const scaled =
        name === 'initial' && row.openInterest !== undefined
          ? row.initial.map(({ from, rate }) => ({ from, rate: openInterestRate(rate, row.openInterest!) }))
          : row[name]
      rule.exposures.push({
        name: `${name} ${row.symbol}`,
        lines: tierLines(row.symbol, row.price, scaled, haircut),
        adds: { sum: `${name} margin` },
      })
    }
    if (row.maxNotional) {
      const lines = [line(gross(row.symbol, row.price))]
      rule.limits.push({ name: `notional ${row.symbol}`, cap: row.maxNotional, lines })
    }
  }
  const notionals = params.instruments.map(({ symbol, price }) => gross(symbol, price))
  if (params.limits.grossNotional) {
    rule.limits.push({
      name: 'gross notional',
      cap: params.limits.grossNotional,
      lines: [line(...notionals)],
    })
  }
  for (const name of ['initial', 'maintenance']) {
    addRequirement(rule, name, { charges: [{ sum: `${name} margin`, factor: Rational.ONE }] })
  }
  return rule
}

function tierLines(symbol: string, price: Rational, list: Tiers, haircut: Rational): Line<Rational>[] {
  const deductions = tierDeductions(list)
  return list.map(({ rate }, n) => ({
    ...line({ symbol, long: price.mul(rate.add(haircut)), short: price.mul(rate) }),
    constant: deductions[n]!.neg(),
  }))
}

/** What each tier's line `rate·N − deduction` takes off, so that the lines meet where the tiers do. */
export function tierDeductions(list: Tiers): Rational[] {
  let deduction = Rational.ZERO
  return list.map(({ from, rate }, n) => {
    if (n > 0) deduction = deduction.add(from.mul(rate.sub(list[n - 1]!.rate)))
    return deduction
  })
}

const MILLION = Rational.of(1_000_000n)

/**
 * The initial rate when open interest is high: `base` up to `lower`, 1 from `upper` on, linear in between, rounded down to a part
 * per million as the chain does.
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
