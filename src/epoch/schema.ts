import { z } from 'zod'
import { labelFault, textSchema } from '../field/index.js'
import { sha256Schema } from '../files/index.js'
import { groth16ProofSchema, signalSchema } from '../proving/index.js'
import { MAX_INSTRUMENTS, MAX_SCENARIOS } from '../risk/index.js'

/** A canonical field element as a decimal string. */
export const fieldElement = signalSchema

/** A name that is shown, and bound into the proof's context. */
export const labelSchema = textSchema(labelFault)

/** A chain and a contract that a proof is meant for; `null` for one that is published as a file. */
const targetSchema = z
  .strictObject({
    chainId: z.string().regex(/^[1-9][0-9]{0,18}$/, 'has to be a whole number in quotes'),
    contract: z.string().regex(/^0x(?!0{40})[0-9a-f]{40}$/, 'must be a lower-case address'),
  })
  .nullable()

/** What a solvency proof is made for: all of it is in the proof's context. */
const solvencyPurposeSchema = z.strictObject({
  venue: labelSchema,
  epoch: labelSchema,
  target: targetSchema,
  /** SHA-256 of `policy.json` and of `risk.json`. */
  policy: sha256Schema,
  riskTable: sha256Schema,
})

export type SolvencyPurpose = z.infer<typeof solvencyPurposeSchema>

/** One proof, with all that it takes to check it but the key. What kind the key is, its pin says. */
export const proofFileSchema = z.strictObject({
  schema: z.literal('plimsoll/proof/2'),
  statement: z.enum(['ledger', 'solvency', 'margin']),
  instance: z.string(),
  keyHash: sha256Schema,
  /** Public signals by name. */
  signals: z.record(z.string(), fieldElement),
  /** For `solvency` alone. */
  for: solvencyPurposeSchema.exactOptional(),
  proof: groth16ProofSchema,
})

export type ProofFile = z.infer<typeof proofFileSchema>

/** What an epoch says of itself. Everything else in its folder is checked against this. */
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
  riskRoot: fieldElement,
  /** Of every instance that a proof uses, the hash of its verification key and that of the circuit that the key is for. */
  keys: z.record(z.string(), z.strictObject({ keyHash: sha256Schema, circuitHash: sha256Schema })),
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
  schema: z.literal('plimsoll/epoch-private/2'),
  venue: labelSchema,
  epoch: labelSchema,
  target: targetSchema,
  seed: sha256Schema,
  /** What the run was begun with: it can be resumed with nothing else. */
  accountsSha256: sha256Schema,
  riskTable: sha256Schema,
  riskRoot: fieldElement,
  /** Instances that the run chose, and their accounts and slots. */
  instances: z.array(z.strictObject({ name: z.string(), accounts: z.int(), slots: z.int() })),
  /** Batches that the whole ledger takes. */
  batches: z.int().positive(),
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
