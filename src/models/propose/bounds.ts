import * as z from 'zod'
import { Rational } from '../../field/index.js'
import { readTextFile } from '../../files/index.js'
import { decimalSchema, editable, parseJsonAs, sha256Text, symbolSchema } from '../../schema/index.js'

/** A share of a price, as decimal text. */
export const shareSchema = decimalSchema({ whole: 3, fraction: 9 })

export const bandSchema = z
  .strictObject({
    least: shareSchema.describe('The lowest value'),
    most: shareSchema.describe('The highest value'),
    step: shareSchema.describe('How far it may move at once, either way'),
  })
  .refine(({ least, most }) => compare(least, most) <= 0, {
    path: ['least'],
    message: 'must not be above most',
  })

/**
 * Between which values a parameter may be, and how far it may move at once.
 *
 * @useDeclaredType
 */
export type Band = z.output<typeof bandSchema>

export const PARAMETERS = ['haircut', 'markup'] as const
export type Parameter = (typeof PARAMETERS)[number]

/** The file of a steward's bounds. */
export const riskBoundsSchema = z.strictObject({
  schema: z.literal('plimsoll/risk-bounds/1'),
  haircut: bandSchema.describe('What is taken off a long'),
  markup: bandSchema.describe('What is put on a short'),
  instruments: z
    .record(
      symbolSchema,
      z.strictObject({ haircut: bandSchema.exactOptional(), markup: bandSchema.exactOptional() }),
    )
    .default({})
    .describe('Bounds of single instruments'),
})

/** What a steward lets proposals do, and the hash of the file that says so. */
export interface RiskBounds extends z.output<typeof riskBoundsSchema> {
  sha256: string
}

/**
 * Reads a steward's bounds, a file of schema `plimsoll/risk-bounds/1`.
 *
 * @throws {InputError} what `readJsonFile` throws
 */
export async function readRiskBounds(path: string): Promise<RiskBounds> {
  const text = await readTextFile(path)
  return { ...parseJsonAs(text, editable(riskBoundsSchema), path), sha256: sha256Text(text) }
}

/** The band of one parameter of an instrument. */
export function bandOf(bounds: RiskBounds, instrument: string, parameter: Parameter): Band {
  const own = Object.hasOwn(bounds.instruments, instrument) ? bounds.instruments[instrument]! : {}
  return own[parameter] ?? bounds[parameter]
}

/** What of a band a change breaks. */
export function outside(band: Band, { before, after }: { before: string; after: string }): (keyof Band)[] {
  const step = Rational.parse(after).sub(Rational.parse(before)).abs()
  return [
    ...(compare(after, band.least) < 0 ? (['least'] as const) : []),
    ...(compare(after, band.most) > 0 ? (['most'] as const) : []),
    ...(step.compare(Rational.parse(band.step)) > 0 ? (['step'] as const) : []),
  ]
}

function compare(a: string, b: string): number {
  return Rational.parse(a).compare(Rational.parse(b))
}
