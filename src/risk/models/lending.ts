import { z } from 'zod'
import type { ExactRule } from '../margin/rule.js'
import { Rational } from '../rational.js'
import {
  addRequirement,
  decimal,
  emptyRule,
  fraction,
  head,
  instrument,
  line,
  positive,
  worth,
} from './params.js'

/** Parameters of over-collateralised lending. Decimals in quotes; prices in the quote currency. */
export const lendingParams = z.strictObject({
  ...head('lending'),
  /** The lowest health factor that the maintenance requirement accepts; "1" is the point of liquidation. */
  healthFactor: positive.default(Rational.ONE),
  assets: z
    .array(
      z
        .strictObject({
          ...instrument,
          price: decimal,
          loanToValue: fraction,
          liquidationThreshold: fraction,
        })
        .refine(
          ({ loanToValue, liquidationThreshold }) => loanToValue.compare(liquidationThreshold) <= 0,
          'loanToValue must not be above liquidationThreshold',
        ),
    )
    .min(1),
})

export type LendingParams = z.output<typeof lendingParams>

/**
 * Lending against collateral: longs are deposits, shorts are debts. `initial` is the borrow limit
 * `Σ collateral·loanToValue ≥ Σ debt`, `maintenance` is `Σ collateral·liquidationThreshold ≥ healthFactor·Σ debt`. Cash counts in
 * full, as collateral or as debt at factor one.
 *
 * Sources: Aave v3 `GenericLogic.sol` (health factor, loan to value), Morpho Blue (`collateral·LLTV ≥ debt`), Compound III
 * `Comet.sol` (collateral factors). They round each asset against the account; the rule holds the sums exactly.
 */
export function buildLending(params: LendingParams): ExactRule {
  const rule = emptyRule('lending', params)
  const extra = params.healthFactor.sub(Rational.ONE)
  rule.instruments = params.assets.map((asset) => worth(asset, asset.price))
  const rules = [
    ['initial', 'loanToValue', Rational.ZERO],
    ['maintenance', 'liquidationThreshold', extra],
  ] as const
  for (const [name, counted, onDebt] of rules) {
    const haircuts = params.assets.map((asset) => ({
      symbol: asset.symbol,
      long: asset.price.mul(Rational.ONE.sub(asset[counted])),
      short: asset.price.mul(onDebt),
    }))
    const sum = `${name} margin`
    rule.exposures.push({ name: `${name} haircut`, lines: [line(...haircuts)], adds: { sum } })
    addRequirement(rule, name, { charges: [{ sum, factor: Rational.ONE }] })
  }
  return rule
}
