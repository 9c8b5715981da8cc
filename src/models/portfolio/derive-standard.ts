import * as z from 'zod'
import { Rational } from '../../field/index.js'
import type { ExactRule, Line, ModelRule } from '../../rules/index.js'
import {
  addRequirement,
  cashOf,
  decimal,
  emptyRule,
  FAR_OFF,
  forbidDebts,
  fraction,
  gross,
  head,
  INITIAL,
  instrument,
  line,
  linear,
  longs,
  nameSchema,
  positive,
  SPOT,
  sameUnderlying,
  settled,
  shorts,
  stableCash,
  worth,
} from './params.js'

const { ZERO, ONE } = Rational
const confidence = fraction.default(ONE)

/**
 * Parameters of Derive's StandardManager. Decimals in quotes; prices in the quote currency, requirements as
 * fractions.
 */
export const deriveStandardParams = z.strictObject({
  ...head('derive-standard'),
  stablePrice: positive,
  /** Whether cash can be owed; left out, it cannot. */
  borrowingEnabled: z.boolean().default(false),
  depeg: z.strictObject({ threshold: decimal, factor: decimal }),
  markets: z
    .array(
      z
        .strictObject({
          name: nameSchema,
          spot: positive,
          spotConfidence: confidence,
          oracle: z.strictObject({
            perpThreshold: decimal,
            optionThreshold: decimal,
            baseThreshold: decimal,
            factor: decimal,
          }),
          /** The perp's gains and losses, including funding, are in cash. */
          perp: z
            .strictObject({
              ...instrument,
              price: positive,
              confidence,
              maintenanceRequirement: decimal,
              initialRequirement: decimal,
            })
            .refine(
              ({ initialRequirement: initial, maintenanceRequirement }) =>
                initial.compare(maintenanceRequirement) >= 0,
              INITIAL,
            )
            .optional(),
          /** The underlying itself as collateral. */
          base: z.strictObject({ ...instrument, marginFactor: fraction, initialScale: fraction }).optional(),
          option: z
            .strictObject({
              maxSpotReq: decimal,
              minSpotReq: decimal,
              mmCallSpotReq: decimal,
              mmPutSpotReq: decimal,
              MMPutMtMReq: decimal,
              unpairedIMScale: decimal,
              unpairedMMScale: decimal,
              mmOffsetScale: decimal,
            })
            .refine(
              ({ unpairedIMScale, unpairedMMScale }) => unpairedIMScale.compare(unpairedMMScale) >= 0,
              INITIAL,
            ),
          expiries: z
            .array(
              z.strictObject({
                name: nameSchema,
                forward: positive,
                /** The lower of the confidences of forward and volatility. */
                confidence,
                options: z.array(
                  z.strictObject({
                    ...instrument,
                    right: z.enum(['call', 'put']),
                    strike: positive,
                    mark: decimal,
                  }),
                ),
              }),
            )
            .default([]),
        })
        .superRefine(({ spot, perp, expiries }, context) => {
          const far = (...path: (string | number)[]) =>
            context.addIssue({ code: 'custom', path, message: FAR_OFF })
          if (perp && !sameUnderlying(perp.price, spot)) far('perp', 'price')
          for (const [i, { forward }] of expiries.entries()) {
            if (!sameUnderlying(forward, spot)) far('expiries', i, 'forward')
          }
        }),
    )
    .min(1),
})

export type DeriveStandardParams = z.output<typeof deriveStandardParams>
type Market = DeriveStandardParams['markets'][number]
type Expiry = Market['expiries'][number]
type Option = Expiry['options'][number]
type Kind = (typeof KINDS)[number]
const KINDS = ['initial', 'maintenance'] as const

/**
 * Derive's standard margin: cash plus base collateral at its margin factor, less perp notional at a rate,
 * less for each expiry the smaller of the isolated margins of its shorts and the largest loss at settlement.
 * An option is worth its mark, and what an expiry needs is counted from there: what it is worth above its
 * worst is charged, so that longs come to nothing. Where the marks of an expiry are worth less than its
 * worst, they count. Base collateral is worth its price over the stable price and cannot be borrowed
 * (`WrappedERC20Asset.sol`); cash is the stablecoin that values are counted in.
 *
 * Source: derivexyz/v2-core, `StandardManager.sol` and `docs/managers/SRM.md` (formulas restated; their
 * 18-decimal truncations left out).
 */
export function buildDeriveStandard(params: DeriveStandardParams): ModelRule {
  const rule = stableCash(emptyRule('derive-standard', params))
  for (const market of params.markets) {
    const { perp, base } = market
    const options = market.expiries.flatMap((expiry) => expiry.options)
    if (base) rule.instruments.push(worth(base, market.spot.div(params.stablePrice), SPOT))
    if (perp) rule.instruments.push(settled(perp, { value: perp.price, within: ZERO }))
    rule.instruments.push(...options.map((option) => worth(option, option.mark, ['option'])))
    for (const kind of KINDS) {
      rule.exposures.push({
        name: `${kind} ${market.name}`,
        lines: [linearCharges(params, market, kind)],
        adds: { sum: `${kind} margin` },
      })
      for (const expiry of market.expiries) rule.exposures.push(...expiryCharges(market, expiry, kind))
    }
  }
  const owed = params.markets.flatMap(({ base, spot }) =>
    base ? [{ symbol: base.symbol, price: spot }] : [],
  )
  forbidDebts(rule, params.borrowingEnabled ? owed : [...owed, cashOf(rule)])
  for (const kind of KINDS) {
    addRequirement(rule, kind, { charges: [{ sum: `${kind} margin`, factor: ONE }] })
  }
  return rule
}

/**
 * Perp margin, collateral haircut, and for the initial requirement what unsure feeds and a stablecoin off its
 * peg add.
 */
function linearCharges(params: DeriveStandardParams, market: Market, kind: Kind): Line<Rational> {
  const { spot, perp, base, oracle, spotConfidence } = market
  const initial = kind === 'initial'
  const unsure = (sure: Rational, threshold: Rational): Rational =>
    initial && sure.compare(threshold) < 0 ? ONE.sub(sure).mul(oracle.factor).mul(spot) : ZERO
  const offPeg = initial
    ? params.depeg.threshold.sub(params.stablePrice).max(ZERO).mul(params.depeg.factor).mul(spot)
    : ZERO
  const terms: Line<Rational>['terms'] = []
  if (perp) {
    const rate = initial ? perp.initialRequirement : perp.maintenanceRequirement
    const doubt = unsure(perp.confidence.min(spotConfidence), oracle.perpThreshold)
    terms.push(gross(perp.symbol, perp.price.mul(rate).add(doubt).add(offPeg)))
  }
  if (base) {
    const factor = initial ? base.marginFactor.mul(base.initialScale) : base.marginFactor
    const haircut = spot.div(params.stablePrice).sub(factor.mul(spot)).max(ZERO)
    const doubt = factor.numerator === 0n ? ZERO : unsure(spotConfidence, oracle.baseThreshold)
    terms.push(longs(base.symbol, haircut.add(doubt)))
  }
  for (const expiry of market.expiries) {
    const doubt = unsure(expiry.confidence.min(spotConfidence), oracle.optionThreshold)
    for (const { symbol } of expiry.options) terms.push(shorts(symbol, offPeg.add(doubt)))
  }
  return line(...terms)
}

/**
 * What one expiry's options need: a choice of their isolated margins, or the loss at settlement and unpaired
 * calls. Either is counted from what the options are worth at their marks, as equity is.
 */
function expiryCharges(market: Market, expiry: Expiry, kind: Kind): ExactRule['exposures'] {
  const { options } = expiry
  const choice = `${kind} ${market.name} ${expiry.name}`
  const settlements = [
    ...new Map(
      [ZERO, ...options.map((o) => o.strike)].map((p) => [`${p.numerator}/${p.denominator}`, p]),
    ).values(),
  ]
  const unpaired = expiry.forward.mul(
    kind === 'initial' ? market.option.unpairedIMScale : market.option.unpairedMMScale,
  )
  const calls = options.filter(({ right }) => right === 'call')
  const charge = (name: string, branch: 0 | 1, ...lines: Line<Rational>[]) => ({
    name: `${choice} ${name}`,
    lines: lines.map((of) => ({ ...of, branch })),
    choice,
    adds: { sum: `${kind} margin` },
  })
  return [
    charge(
      'isolated',
      0,
      line(
        ...options.map((o) => ({
          symbol: o.symbol,
          long: o.mark,
          short: isolatedMargin(o, market, kind).sub(o.mark),
        })),
      ),
    ),
    charge(
      'settlement',
      1,
      line(...options.map((o) => linear(o.symbol, o.mark))),
      ...settlements.map((price) =>
        line(...options.map((o) => linear(o.symbol, o.mark.sub(payoff(o, price))))),
      ),
    ),
    charge('unpaired calls', 1, line(...calls.map((o) => linear(o.symbol, unpaired.neg())))),
  ]
}

function payoff({ right, strike }: Option, price: Rational): Rational {
  return (right === 'call' ? price.sub(strike) : strike.sub(price)).max(ZERO)
}

/**
 * The margin of one short option on its own, including its value; the initial margin is never less than the
 * maintenance margin.
 */
function isolatedMargin({ right, strike, mark }: Option, { spot, option }: Market, kind: Kind): Rational {
  const away = (right === 'call' ? strike.sub(spot) : spot.sub(strike)).max(ZERO).div(spot)
  const initial = mark.add(option.maxSpotReq.sub(away).max(option.minSpotReq).mul(spot))
  if (right === 'call') {
    const maintenance = mark.add(option.mmCallSpotReq.mul(spot))
    return kind === 'initial' ? initial.max(maintenance) : maintenance
  }
  const maintenance = mark.add(option.mmPutSpotReq.mul(spot).max(option.MMPutMtMReq.mul(mark)))
  return kind === 'initial' ? initial.max(maintenance.mul(option.mmOffsetScale.max(ONE))) : maintenance
}
