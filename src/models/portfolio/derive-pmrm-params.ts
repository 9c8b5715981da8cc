import * as z from 'zod'
import { Rational } from '../../field/index.js'
import { limitsSchema } from './limits.js'
import {
  decimal,
  FAR_OFF,
  fraction,
  head,
  INITIAL,
  instrument,
  nameSchema,
  positive,
  sameUnderlying,
  secondsAhead,
  signed,
} from './params.js'

const confidence = fraction.default(Rational.ONE)

/**
 * Parameters of Derive's PMRM_2, named as its contracts name them. Decimals in quotes; prices in the quote
 * currency.
 */
export const derivePmrmParams = z
  .strictObject({
    ...head('derive-pmrm'),
    spotPrice: positive,
    stablePrice: positive,
    /** The lowest confidence of the spot and perp feeds. */
    minConfidence: confidence,
    /** The perp's gains and losses are in cash. */
    perp: z.strictObject({ ...instrument, price: positive }).optional(),
    collaterals: z
      .array(
        z.strictObject({
          ...instrument,
          price: decimal,
          MMHaircut: fraction,
          IMHaircut: fraction,
          isRiskCancelling: z.boolean(),
          minConfidence: confidence,
        }),
      )
      .default([]),
    expiries: z
      .array(
        z.strictObject({
          name: nameSchema,
          secToExpiry: secondsAhead,
          /** The part of the forward that moves with spot; all of it until the settlement window. */
          forwardVariablePortion: decimal,
          forwardFixedPortion: decimal.default(Rational.ZERO),
          /** Interest a year; below zero it counts as zero. */
          rate: signed,
          /** The discount factor of options; the contracts use 1. */
          discount: positive.default(Rational.ONE),
          minConfidence: confidence,
          options: z.array(
            z.strictObject({
              ...instrument,
              right: z.enum(['call', 'put']),
              strike: positive,
              volatility: decimal,
            }),
          ),
        }),
      )
      .default([]),
    scenarios: z
      .array(
        z
          .strictObject({
            spotShock: decimal,
            volShock: z.enum(['None', 'Up', 'Down', 'Linear', 'Abs']),
            dampeningFactor: decimal,
          })
          .refine(
            ({ spotShock, volShock }) =>
              !(volShock === 'Linear' || volShock === 'Abs') || spotShock.compare(Rational.ONE) === 0,
            'a skew scenario must have a spot shock of 1',
          ),
      )
      .min(1)
      .refine(
        (list) =>
          (['Linear', 'Abs'] as const).every((shock) => list.filter((s) => s.volShock === shock).length < 2),
        'there may be one Linear and one Abs scenario',
      ),
    /** Deltas and gamma in units of the underlying. */
    limits: limitsSchema.default({}),
    marginParams: z.strictObject({
      imFactor: decimal,
      mmFactor: decimal,
      shortRateMultScale: decimal,
      longRateMultScale: decimal,
      shortRateAddScale: decimal,
      longRateAddScale: decimal,
      shortBaseStaticDiscount: decimal,
      longBaseStaticDiscount: decimal,
    }),
    basisContParams: z.strictObject({
      scenarioSpotUp: decimal,
      scenarioSpotDown: decimal,
      basisContAddFactor: decimal,
      basisContMultFactor: decimal,
    }),
    otherContParams: z.strictObject({
      pegLossThreshold: decimal,
      pegLossFactor: decimal,
      confThreshold: decimal,
      confMargin: decimal,
      MMPerpPercent: decimal,
      IMPerpPercent: decimal,
      MMOptionPercent: decimal,
      IMOptionPercent: decimal,
    }),
    volShockParams: z.strictObject({
      volRangeUp: decimal,
      volRangeDown: decimal,
      shortTermPower: decimal,
      longTermPower: decimal,
      dteFloorSeconds: z.int().min(1),
      minVolUpShock: decimal,
    }),
    skewShockParams: z.strictObject({
      linearBaseCap: decimal,
      absBaseCap: decimal,
      linearCBase: signed,
      absCBase: signed,
      minKStar: positive,
      widthScale: decimal,
      volParamStatic: decimal,
      volParamScale: signed,
    }),
  })
  .refine(({ marginParams }) => marginParams.imFactor.compare(marginParams.mmFactor) >= 0, INITIAL)
  .superRefine(({ spotPrice, perp, expiries }, context) => {
    const far = (...path: (string | number)[]) => context.addIssue({ code: 'custom', path, message: FAR_OFF })
    if (perp && !sameUnderlying(perp.price, spotPrice)) far('perp', 'price')
    for (const [i, { forwardVariablePortion, forwardFixedPortion }] of expiries.entries()) {
      const forward = forwardVariablePortion.add(forwardFixedPortion)
      if (!sameUnderlying(forward, spotPrice)) far('expiries', i, 'forwardVariablePortion')
    }
  })

export type DerivePmrmParams = z.output<typeof derivePmrmParams>
