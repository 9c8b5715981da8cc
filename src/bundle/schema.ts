import * as z from 'zod'
import { labelFault, textSchema } from '../field/index.js'
import { groth16ProofSchema } from '../groth16/index.js'
import { fieldElementSchema, MAX_INSTRUMENTS, MAX_TABLE_SCENARIOS, sha256Schema } from '../schema/index.js'

/** A name that is shown, and bound into the proof's context. */
export const labelSchema = textSchema(labelFault)

export const chainIdSchema = z.string().regex(/^[1-9][0-9]{0,18}$/, 'has to be a whole number in quotes')

/** A chain and a contract that a proof is meant for; `null` for one that is published as a file. */
export const targetSchema = z
  .strictObject({
    chainId: chainIdSchema,
    contract: z.string().regex(/^0x(?!0{40})[0-9a-f]{40}$/, 'must be a lower-case address'),
  })
  .nullable()

/** How many rows of each kind, and how many scenarios, a risk root was made for. */
export const tableSizesSchema = z.strictObject({
  spots: z.int().nonnegative().max(MAX_INSTRUMENTS),
  derivatives: z.int().nonnegative().max(MAX_INSTRUMENTS),
  tiers: z.int().nonnegative().max(MAX_INSTRUMENTS),
  scenarios: z.int().nonnegative().max(MAX_TABLE_SCENARIOS),
})

/**
 * SHA-256 of the manifest of the epoch before. All zeros stand in a proof's context for there being none.
 */
export const previousSchema = sha256Schema.refine(
  (digest) => !/^0+$/.test(digest),
  'must not be all zeros: leave it out where there is no epoch before',
)

/** Purpose of a solvency proof: the proof's context binds all of it. */
const solvencyPurposeSchema = z.strictObject({
  venue: labelSchema,
  epoch: labelSchema,
  target: targetSchema,
  /** SHA-256 of `policy.json` and of `risk.json`. */
  policy: sha256Schema,
  riskTable: sha256Schema,
  previous: previousSchema.exactOptional(),
})

export type SolvencyPurpose = z.infer<typeof solvencyPurposeSchema>

/** The name of an instance, as a check is named after it. */
export const instanceNameSchema = z.string().max(200)

/** One proof, with all that it takes to check it but the key. What kind the key is, its pin says. */
export const proofFileSchema = z.strictObject({
  schema: z.literal('plimsoll/proof/3'),
  statement: z.enum([
    ...['ledger', 'solvency', 'margin', 'backing', 'disclosure', 'liquidation', 'weigh', 'settlement'],
  ] as const),
  instance: instanceNameSchema,
  keyHash: sha256Schema,
  /** Public signals by name. */
  signals: z.record(z.string(), fieldElementSchema),
  /** For `solvency` alone. */
  for: solvencyPurposeSchema.exactOptional(),
  proof: groth16ProofSchema,
})

/**
 * One proof, with all that it takes to verify it but the key.
 *
 * @useDeclaredType
 */
export type ProofFile = z.infer<typeof proofFileSchema>

export type Target = z.infer<typeof targetSchema>
