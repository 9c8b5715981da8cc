import * as z from 'zod'
import { InputError } from '../../errors/index.js'
import { bySchema, decimalSchema } from '../../schema/index.js'

/** A decimal string strictly between 0 and 1. */
const share = z
  .string()
  .regex(/^0\.[0-9]{1,9}$/, 'must be a decimal between 0 and 1')
  .refine((text) => /[1-9]/.test(text), 'must be above zero')

const increasing = (list: readonly string[]): boolean =>
  list.every((text, i) => i === 0 || Number(list[i - 1]) < Number(text))

/** How parameters are estimated; every choice is the risk manager's and stands in the file that comes out. */
export const calibrationSettingsSchema = z
  .strictObject({
    /** Shares of days on which a loss must not exceed the figure, increasing, e.g. "0.99". */
    confidences: z.array(share).min(1).max(10).refine(increasing, 'must increase'),
    /** Weight of the day before in the volatility, λ. */
    decay: share,
    /** Share of days whose losses make up the tail. */
    tailShare: share.refine((text) => Number(text) <= 0.25, 'must not be above 0.25'),
    /** Confidence of the bands around estimates. */
    bandLevel: share,
    /** Share of the traded volume that a liquidation may be. */
    participation: share,
    /** Positions that add-ons are given for, as multiples of the value traded in a day, increasing. */
    positionSizes: z
      .array(decimalSchema({ whole: 6, fraction: 9 }))
      .max(10)
      .refine(increasing, 'must increase'),
    /** How far correlations are moved to one and to zero. */
    correlationWeight: share,
    /** Days from one price to the next. */
    maxGapDays: z.int().min(1).max(31),
  })
  .refine(({ confidences, tailShare }) => Number(confidences[0]) > 1 - Number(tailShare), {
    path: ['confidences'],
    message: 'must lie in the tail: above 1 − tailShare',
  })
  .refine(({ confidences }) => Number(confidences.at(-1)) <= 0.99999, {
    path: ['confidences'],
    message: 'must not be above 0.99999',
  })

/**
 * What a calibration is made with.
 *
 * @useDeclaredType
 */
export type CalibrationSettings = z.output<typeof calibrationSettingsSchema>

/**
 * Checks settings made in code or on a command line.
 *
 * @throws {InputError} `CALIBRATE_SETTINGS`
 */
export function parseSettings(settings: CalibrationSettings): CalibrationSettings {
  const read = bySchema(calibrationSettingsSchema, settings)
  if (read.fault === undefined) return read.data
  throw new InputError('CALIBRATE_SETTINGS', read.fault.message, { where: read.fault.field })
}
