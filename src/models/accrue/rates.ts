import * as z from 'zod'
import { Rational } from '../../field/index.js'
import { readTextFile } from '../../files/index.js'
import { decimalSchema, editable, parseJsonAs, symbolSchema } from '../../schema/index.js'

/** A rate a year, or a share of a whole, as decimal text: 0.04 is 4 %. */
const rateSchema = decimalSchema({ whole: 3, fraction: 9 })
const shareSchema = rateSchema.refine((text) => Rational.parse(text).compare(Rational.ONE) <= 0, {
  message: 'must not be above 1',
})

const curveSchema = z.strictObject({
  base: rateSchema.describe('Rate a year where nothing is lent'),
  slope1: rateSchema.describe('What is added to it up to the optimum'),
  optimum: shareSchema
    .refine((text) => !['0', '1'].includes(text), { message: 'must be between 0 and 1' })
    .describe('Share that is lent at the kink'),
  slope2: rateSchema.describe('What is added beyond the optimum, where all is lent'),
  reserveFactor: shareSchema.describe('Share of the interest that the venue keeps'),
})

/** The file of rates. */
export const ratesSchema = z.strictObject({
  schema: z.literal('plimsoll/rates/1'),
  curves: z.record(symbolSchema, curveSchema).describe('By symbol: every instrument that bears interest'),
})

/**
 * What loans of each instrument cost by how much of it is lent.
 *
 * @useDeclaredType
 */
export type Rates = z.output<typeof ratesSchema>

/** A kinked curve of one instrument: shares and rates a year as decimal text. */
export type RateCurve = Rates['curves'][string]

/**
 * Reads a file of rates, of schema `plimsoll/rates/1`.
 *
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * const rates = await readRates('examples/lending/rates.json')
 */
export async function readRates(path: string): Promise<Rates> {
  return parseJsonAs(await readTextFile(path), editable(ratesSchema), path)
}

/**
 * The rate a year that borrowers pay: with U the share that is lent, `base + slope1·U/optimum` up to the
 * optimum, `base + slope1 + slope2·(U − optimum)/(1 − optimum)` beyond it.
 *
 * This is the variable rate of Aave v3 (DefaultReserveInterestRateStrategyV2), and that of Compound's
 * JumpRateModel with `slope1 = multiplier·kink` and `slope2 = jumpMultiplier·(1 − kink)`.
 *
 * @param utilisation share that is lent; above 1 where more is lent than is owed
 */
export function borrowRate(curve: RateCurve, utilisation: Rational): Rational {
  const [base, slope1, optimum, slope2] = [curve.base, curve.slope1, curve.optimum, curve.slope2].map(
    (text) => Rational.parse(text),
  ) as [Rational, Rational, Rational, Rational]
  const used = utilisation.compare(Rational.ONE) > 0 ? Rational.ONE : utilisation
  if (used.compare(optimum) <= 0) return base.add(slope1.mul(used).div(optimum))
  const beyond = used.sub(optimum).div(Rational.ONE.sub(optimum))
  return base.add(slope1).add(slope2.mul(beyond))
}
