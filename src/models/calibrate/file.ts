import * as z from 'zod'
import { readJsonFile } from '../../files/index.js'
import { decimalSchema, formatJson, symbolSchema } from '../../schema/index.js'
import { calibrationSettingsSchema } from './settings.js'

const number = decimalSchema({ signed: true })
const window = { from: z.iso.date(), to: z.iso.date(), returns: z.int().min(1) }

/** A share of the price, with the band of the estimate. */
const estimate = z.strictObject({ value: number, low: number, high: number.nullable() })

export const ESTIMATORS = ['historical', 'tail', 'volatility'] as const

/** How an asset's price moves against one side. */
const side = z.strictObject({
  /** The generalised Pareto distribution of log losses above the threshold. */
  fit: z.strictObject({
    threshold: number,
    exceedances: z.int().min(1),
    shape: number,
    scale: number,
  }),
  figures: z.array(
    z.strictObject({
      confidence: number,
      /** The largest of the estimates, rounded up: what to take off a long, or put on a short. */
      value: number,
      basis: z.enum(ESTIMATORS),
      estimates: z.record(z.enum(ESTIMATORS), estimate),
      /**
       * On top of `value`, for a position as many times the value traded in a day, sold over so many days.
       */
      addOns: z.array(z.strictObject({ size: number, days: number, addOn: number })),
    }),
  ),
})

const matrix = z.array(z.array(number))

const calibrationSchema = z.strictObject({
  schema: z.literal('plimsoll/calibration/1'),
  settings: calibrationSettingsSchema,
  assets: z.array(
    z.strictObject({
      asset: symbolSchema,
      ...window,
      /** Of a day, for the next day. */
      volatility: number,
      /**
       * Median value traded in a day over the last days, in the currency of prices; left out without volumes.
       */
      liquidity: z.strictObject({ dailyValue: number, days: z.int().min(1) }).optional(),
      haircut: side,
      markup: side,
    }),
  ),
  /** Over the days that all assets have; left out for a single asset. */
  correlation: z
    .strictObject({
      ...window,
      assets: z.array(symbolSchema),
      estimated: matrix,
      toOne: matrix,
      toZero: matrix,
    })
    .optional(),
})

/**
 * Parameters estimated from price history; all numbers are decimal strings, shares of a price unless they say
 * otherwise.
 *
 * @useDeclaredType
 */
export type Calibration = z.output<typeof calibrationSchema>
export type SideCalibration = z.output<typeof side>

/**
 * Reads a calibration file, schema `plimsoll/calibration/1`.
 *
 * @throws {InputError} what `readJsonFile` throws
 */
export function readCalibration(path: string): Promise<Calibration> {
  return readJsonFile(path, calibrationSchema)
}

/** The text of a calibration file. */
export function formatCalibration(calibration: Calibration): string {
  return formatJson(calibration)
}
