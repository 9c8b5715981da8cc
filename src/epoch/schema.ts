import { z } from 'zod'
import { labelFault, textSchema } from '../field/index.js'
import { groth16ProofSchema, signalSchema } from '../proving/index.js'
import { MAX_INSTRUMENTS, MAX_SCENARIOS } from '../risk/index.js'

/** A canonical field element as a decimal string. */
export const fieldElement = signalSchema
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'has to be 64 hexadecimal digits in lower case')
const keyKind = z.enum(['development', 'ceremony'])

/** A name that is shown, and bound into the proof's context. */
export const labelSchema = textSchema(labelFault)

/** One proof, with all that it takes to check it but the key. */
export const proofFileSchema = z.strictObject({
  schema: z.literal('plimsoll/proof/1'),
  statement: z.enum(['ledger', 'solvency', 'margin']),
  instance: z.string(),
  keyHash: sha256,
  keyKind,
  /** Public signals by name. */
  signals: z.record(z.string(), fieldElement),
  proof: groth16ProofSchema,
})

export type ProofFile = z.infer<typeof proofFileSchema>

/** A chain and a contract that a proof is meant for; `null` for one that is published as a file. */
const targetSchema = z
  .strictObject({
    chainId: z.string().regex(/^[1-9][0-9]{0,18}$/, 'has to be a whole number in quotes'),
    contract: z.string().regex(/^0x(?!0{40})[0-9a-f]{40}$/, 'must be a lower-case address'),
  })
  .nullable()

/** What an epoch says of itself. Everything else in its folder is checked against this. */
export const manifestSchema = z.strictObject({
  schema: z.literal('plimsoll/epoch/1'),
  venue: labelSchema,
  epoch: labelSchema,
  /** Where the solvency proof is meant to be shown, beside the epoch's own folder. */
  target: targetSchema,
  /** `development` as soon as one key is. */
  keyKind,
  instruments: z.int().positive().max(MAX_INSTRUMENTS),
  scenarios: z.int().nonnegative().max(MAX_SCENARIOS),
  riskRoot: fieldElement,
  /** Hash of the verification key of every instance that a proof uses. */
  keys: z.record(z.string(), sha256),
  /** Every state of the chain, the constant first one included: one more than there are batches. */
  states: z.array(fieldElement).min(1).max(65_537),
  /** The instance that proves each batch. */
  batches: z.array(z.string()).max(65_536),
  /** The instance that proves solvency and what its proof opens; `null` until it is proven. */
  solvency: z
    .strictObject({
      instance: z.string(),
      accountsRoot: fieldElement,
      reservesCommitment: fieldElement,
      policy: fieldElement,
    })
    .nullable(),
})

export type Manifest = z.infer<typeof manifestSchema>

/** What a venue keeps beside an epoch, and nobody else may see. */
export const privateSchema = z.strictObject({
  schema: z.literal('plimsoll/epoch-private/1'),
  venue: labelSchema,
  epoch: labelSchema,
  target: targetSchema,
  seed: sha256,
  /** What the run was begun with: it can be resumed with nothing else. */
  accountsSha256: sha256,
  riskRoot: fieldElement,
  /** Instances that the run chose, and their accounts and slots. */
  instances: z.array(z.strictObject({ name: z.string(), accounts: z.int(), slots: z.int() })),
  /** The opening of the last state, once the whole ledger is folded. */
  opening: z
    .strictObject({
      batchIndex: z.int().nonnegative(),
      accountsRoot: fieldElement,
      totals: z.array(fieldElement),
      shortfalls: z.array(fieldElement),
      blind: fieldElement,
    })
    .nullable(),
})

export type EpochPrivate = z.infer<typeof privateSchema>
