import * as z from 'zod'
import { labelSchema, targetSchema } from '../bundle/index.js'
import { fieldElementSchema, MAX_INSTRUMENTS, MAX_SCENARIOS, sha256Schema } from '../schema/index.js'

/** Manifest of an epoch. Every other file of the epoch is verified against it. */
export const manifestSchema = z.strictObject({
  schema: z.literal('plimsoll/epoch/2'),
  venue: labelSchema,
  epoch: labelSchema,
  /** Where the solvency proof is meant to be shown, beside the epoch's own folder. */
  target: targetSchema,
  instruments: z.int().positive().max(MAX_INSTRUMENTS),
  scenarios: z.int().nonnegative().max(MAX_SCENARIOS),
  /** SHA-256 of `risk.json`, all of it, and the root that circuits know of it. */
  riskTable: sha256Schema,
  riskRoot: fieldElementSchema,
  /**
   * Of every instance that a proof uses, the hash of its verification key and that of the circuit that the
   * key is for.
   */
  keys: z.record(z.string(), z.strictObject({ keyHash: sha256Schema, circuitHash: sha256Schema })),
  /** Every state of the chain, the constant first one included: one more than there are batches. */
  states: z.array(fieldElementSchema).min(1).max(65_537),
  /** The instance that proves each batch. */
  batches: z.array(z.string()).max(65_536),
  /** The instance that proves solvency and what its proof opens; `null` until it is proven. */
  solvency: z
    .strictObject({
      instance: z.string(),
      accountsRoot: fieldElementSchema,
      reservesCommitment: fieldElementSchema,
      policy: fieldElementSchema,
    })
    .nullable(),
})

/**
 * The manifest of an epoch: what the venue publishes, and the hashes of its files.
 *
 * @useDeclaredType
 */
export type Manifest = z.infer<typeof manifestSchema>
