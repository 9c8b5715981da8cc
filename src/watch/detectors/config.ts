import * as z from 'zod'
import { detectorSettingsSchema, floorSchema } from '../../models/index.js'
import { decimalSchema, symbolSchema } from '../../schema/index.js'

const DAY = 86_400
const path = (what: string) =>
  z.string().min(1).max(4096).describe(`${what}; relative to the folder of this file`)
const maxGapDays = z.int().min(1).max(31).default(1).describe('Days from one price of a history to the next')

const proposeSchema = z.strictObject({
  stress: path('The stress request with the values in force (JSON)'),
  bounds: path("The steward's bounds (JSON)"),
  into: path('The folder for proposals'),
  confidence: decimalSchema({ whole: 1, fraction: 9 }).default('0.999'),
  window: z.int().min(250).max(100_000).default(1000).describe('Returns that values are estimated from'),
  floor: floorSchema.default({ kind: 'buffer', share: '0.25' }),
})

/** What is computed from prices. */
export const detectorsSchema = z
  .strictObject({
    period: z.int().min(1).max(DAY).default(DAY).describe('Seconds of a period; its last price counts'),
    maxGap: z
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .describe('Periods from one price to the next; after a longer break they make no return'),
    instruments: z
      .array(
        z.strictObject({
          instrument: symbolSchema.describe('As its feeds name it'),
          asset: symbolSchema.exactOptional().describe('Its name in the histories (default: the same)'),
        }),
      )
      .min(1)
      .max(256),
    history: z
      .array(
        z.strictObject({
          path: path('A history: date,close, and asset where there are several'),
          asset: symbolSchema.exactOptional(),
        }),
      )
      .max(64)
      .default([])
      .describe('Prices from before the start, at the distance of a period'),
    maxGapDays,
    settings: detectorSettingsSchema.prefault({}),
    propose: proposeSchema
      .exactOptional()
      .describe('Writes a proposal when the histories have changed; nothing changes by it'),
  })
  .refine(({ history, propose }) => propose === undefined || history.length > 0, {
    path: ['propose'],
    message: 'needs a history',
  })

export type DetectorsConfig = z.output<typeof detectorsSchema>
