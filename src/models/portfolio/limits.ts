import * as z from 'zod'
import type { Rational } from '../../field/index.js'
import type { Limit } from '../../rules/index.js'
import { decimal, gross, line, linear } from './params.js'

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

/** The exposure of one unit of an instrument. */
export interface Sensitivity {
  symbol: string
  delta: Rational
  gamma: Rational
  vega: Rational
  notional: Rational
}

/** The caps that some limits come to, named after what they hold for. */
export function limitsOf(of: string, limits: Limits, rows: readonly Sensitivity[]): Limit<Rational>[] {
  const net = (what: (row: Sensitivity) => Rational) => [
    line(...rows.map((row) => linear(row.symbol, what(row)))),
    line(...rows.map((row) => linear(row.symbol, what(row).neg()))),
  ]
  const total = (what: (row: Sensitivity) => Rational) => [
    line(...rows.map((row) => gross(row.symbol, what(row).abs()))),
  ]
  const measured = [
    ['net delta', limits.netDelta, () => net((row) => row.delta)],
    ['gross delta', limits.grossDelta, () => total((row) => row.delta)],
    ['net gamma', limits.netGamma, () => net((row) => row.gamma)],
    ['net vega', limits.netVega, () => net((row) => row.vega)],
    ['gross notional', limits.grossNotional, () => total((row) => row.notional)],
  ] as const
  return measured.flatMap(([what, cap, lines]) =>
    cap === undefined ? [] : [{ name: `${of} ${what}`, cap, lines: lines() }],
  )
}
