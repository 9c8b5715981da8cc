import * as z from 'zod'
import { Rational } from '../../field/index.js'
import type { ModelRule } from '../../rules/index.js'
import {
  addRequirement,
  belowOne,
  cashOf,
  decimal,
  emptyRule,
  FREE_DEBT,
  forbidDebts,
  head,
  instrument,
  line,
  SPOT,
  signed,
  worth,
} from './params.js'

/** Both are below 1: a debt that is backed by no more than its own value would be free. */
const counted = { loanToValue: belowOne, liquidationThreshold: belowOne }
const ordered = [
  (terms: { loanToValue: Rational; liquidationThreshold: Rational }) =>
    terms.loanToValue.compare(terms.liquidationThreshold) <= 0,
  'loanToValue must not be above liquidationThreshold',
] as const

/** Parameters of over-collateralised lending. Decimals in quotes; prices in the quote currency. */
export const lendingParams = z.strictObject({
  ...head('lending'),
  /** The lowest health factor that the maintenance requirement accepts; "1" is the point of liquidation. */
  healthFactor: signed
    .refine((value) => value.compare(Rational.ONE) >= 0, 'must be 1 or more: below 1 a debt is liquidated')
    .default(Rational.ONE),
  /** The share of supplied cash that counts as collateral; default: none. */
  cash: z
    .strictObject(counted)
    .refine(...ordered)
    .optional(),
  assets: z
    .array(
      z
        .strictObject({
          ...instrument,
          price: decimal,
          ...counted,
          /** Whether it can be owed; left out, it cannot. */
          borrowable: z.boolean().default(false),
        })
        .refine(...ordered)
        .refine(({ price, borrowable }) => !borrowable || price.numerator > 0n, {
          path: ['price'],
          message: FREE_DEBT,
        }),
    )
    .min(1),
})

export type LendingParams = z.output<typeof lendingParams>

/**
 * Lending against collateral: longs are deposits, shorts are debts. `maintenance` is
 * `Σ collateral·liquidationThreshold ≥ healthFactor·Σ debt`, `initial` is that and the borrow limit
 * `Σ collateral·loanToValue ≥ Σ debt`. Cash can be owed like any borrowable asset, and counts as collateral
 * only where the parameters say so.
 *
 * Sources: Aave v3 `GenericLogic.sol` (health factor, loan to value) and `ValidationLogic.sol` (who borrows
 * keeps to both; assets that cannot be borrowed), Morpho Blue (`collateral·LLTV ≥ debt`, LLTV below one),
 * Compound III `Comet.sol` (collateral factors, one asset that can be borrowed, whose supply backs nothing
 * else). They round each asset against the account; the rule holds the sums exactly.
 */
export function buildLending(params: LendingParams): ModelRule {
  const rule = emptyRule('lending', params)
  rule.instruments.push(...params.assets.map((asset) => worth(asset, asset.price, SPOT)))
  const nothing = { loanToValue: Rational.ZERO, liquidationThreshold: Rational.ZERO }
  const assets = [...params.assets, { ...cashOf(rule), ...(params.cash ?? nothing) }]
  const haircut = (share: keyof typeof nothing, onDebt: Rational) =>
    line(
      ...assets.map((asset) => ({
        symbol: asset.symbol,
        long: asset.price.mul(Rational.ONE.sub(asset[share])),
        short: asset.price.mul(onDebt),
      })),
    )
  const borrowed = haircut('loanToValue', Rational.ZERO)
  const kept = haircut('liquidationThreshold', params.healthFactor.sub(Rational.ONE))
  for (const [name, lines] of [
    ['initial', [borrowed, kept]],
    ['maintenance', [kept]],
  ] as const) {
    const sum = `${name} margin`
    rule.exposures.push({ name: `${name} haircut`, lines: [...lines], adds: { sum } })
    addRequirement(rule, name, { charges: [{ sum, factor: Rational.ONE }] })
  }
  forbidDebts(
    rule,
    params.assets.filter(({ borrowable }) => !borrowable),
  )
  return rule
}
