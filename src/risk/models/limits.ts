import { z } from 'zod'
import type { Exposure, Rule } from '../margin/rule.js'
import type { Rational } from '../rational.js'
import { decimal, form, gross, linear } from './params.js'

/** Caps on what an account may be exposed to, all optional. */
export const limitsSchema = z
  .strictObject({
    /** In units of the underlying. */
    netDelta: decimal,
    grossDelta: decimal,
    /** Change of delta for each unit of price. */
    netGamma: decimal,
    /** Quote currency for 1.0 of volatility. */
    netVega: decimal,
    /** Quote currency. */
    grossNotional: decimal,
  })
  .partial()

export type Limits = z.output<typeof limitsSchema>

/** What one unit of an instrument exposes to. */
export interface Sensitivity {
  symbol: string
  delta: Rational
  gamma: Rational
  vega: Rational
  notional: Rational
}

/** The exposures and caps that some limits come to, by unit name. */
export function limitsOf(
  unit: string,
  limits: Limits,
  rows: readonly Sensitivity[],
): { exposures: Exposure<Rational>[]; limits: Rule<Rational>['limits'] } {
  const net = (of: (row: Sensitivity) => Rational) => [
    form(...rows.map((row) => linear(row.symbol, of(row)))),
    form(...rows.map((row) => linear(row.symbol, of(row).neg()))),
  ]
  const total = (of: (row: Sensitivity) => Rational) => [
    form(...rows.map((row) => gross(row.symbol, of(row).abs()))),
  ]
  const measured = [
    ['net delta', limits.netDelta, () => net((row) => row.delta)],
    ['gross delta', limits.grossDelta, () => total((row) => row.delta)],
    ['net gamma', limits.netGamma, () => net((row) => row.gamma)],
    ['net vega', limits.netVega, () => net((row) => row.vega)],
    ['gross notional', limits.grossNotional, () => total((row) => row.notional)],
  ] as const
  const capped = measured.flatMap(([what, cap, forms]) =>
    cap === undefined ? [] : [{ name: `${unit} ${what}`, cap, forms: forms() }],
  )
  return {
    exposures: capped.map(({ name, forms }) => ({ name, forms })),
    limits: capped.map(({ name, cap }) => ({ of: name, cap })),
  }
}
