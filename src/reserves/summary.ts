import * as z from 'zod'
import { labelFault, textSchema } from '../field/index.js'
import { decimalSchema, sha256Schema, symbolSchema } from '../schema/index.js'
import { CLASSES } from './evidence.js'

const SCHEMA = 'plimsoll/reserves-summary/1'
const labelSchema = textSchema(labelFault)

/** What evidence shows, in short. Whoever reads it makes it again from the evidence, and compares. */
export const summarySchema = z.strictObject({
  schema: z.literal(SCHEMA),
  venue: labelSchema,
  epoch: labelSchema,
  /** Hash of the challenge. */
  challenge: sha256Schema,
  /** SHA-256 of `risk.json`: the instruments, in their order. */
  riskTable: sha256Schema,
  /** The classes that `shown` counts. */
  classes: z.array(z.enum(CLASSES)).min(1).max(CLASSES.length),
  /** By instrument, in its own units, rounded down; what is not named is 0. */
  shown: z.record(symbolSchema, decimalSchema({})),
  /**
   * SHA-256 over the names and hashes of all files of the evidence. The digest of `shown` that a proof has is
   * another for another size of its instance, so that it is none of these: see `evidenceDigest`.
   */
  evidenceHash: sha256Schema,
})

/**
 * What evidence shows, in short.
 *
 * @useDeclaredType
 */
export type Summary = z.infer<typeof summarySchema>
