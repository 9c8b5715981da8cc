import * as z from 'zod'
import {
  instanceNameSchema,
  labelSchema,
  previousSchema,
  tableSizesSchema,
  targetSchema,
} from '../bundle/index.js'
import { BATCH_INDEX_BITS } from '../field/index.js'
import { CLASSES } from '../reserves/index.js'
import { fieldElementSchema, sha256Schema } from '../schema/index.js'

const SCHEMA = 'plimsoll/epoch/4'
/** Formats of versions before this one. */
const OLDER = ['plimsoll/epoch/1', 'plimsoll/epoch/2', 'plimsoll/epoch/3']
/** Batches of one ledger. */
export const MAX_BATCHES = 2 ** BATCH_INDEX_BITS
/** Instances that prove one epoch: more than there are, and few enough to look each up among all. */
const MAX_INSTANCES = 1000
/** A part's file and folder are named like it; nothing else of an epoch is. */
const PART_NAME =
  /^(?!(?:keys|liquidations|manifest|policy|reserves|risk|settlement|signature)$)[a-z][a-z0-9-]{0,31}$/

/** Proofs in a row, as runs: how many of them one instance proves. */
export const runsSchema = (what: string, most: number) =>
  z
    .array(z.strictObject({ instance: instanceNameSchema, count: z.int().positive() }))
    .min(1)
    .max(MAX_INSTANCES, `must not be more than ${MAX_INSTANCES} runs of ${what}`)
    .refine(
      (runs) => runs.reduce((sum, { count }) => sum + count, 0) <= most,
      `must not be more than ${most} ${what}`,
    )
    .refine(
      (runs) => runs.every(({ instance }, i) => instance !== runs[i - 1]?.instance),
      `must name ${what} in a row by one instance once, with their count`,
    )

/** Of every instance that a proof uses, the hash of its verification key and of the circuit it is for. */
export const keysSchema = z
  .record(z.string(), z.strictObject({ keyHash: sha256Schema, circuitHash: sha256Schema }))
  .refine((keys) => Object.keys(keys).length <= MAX_INSTANCES, `must not be more than ${MAX_INSTANCES} keys`)

/**
 * The chain of batches. Each proof says which state it is from and which to; `firstState` is that of no
 * batch, `state` the last.
 */
const ledgerPartSchema = z.strictObject({
  firstState: fieldElementSchema,
  state: fieldElementSchema,
  /** The instance that proves each batch, in order: how many in a row one instance proves. */
  batches: runsSchema('batches', MAX_BATCHES),
})

/** The instance that proves solvency, and what its proof opens. */
const solvencyPartSchema = z.strictObject({
  instance: instanceNameSchema,
  accountsRoot: fieldElementSchema,
  reservesCommitment: fieldElementSchema,
  policy: fieldElementSchema,
})

/** The instance that proves what addresses show, and the evidence in the folder `reserves`. */
const backingPartSchema = z.strictObject({
  instance: instanceNameSchema,
  /** The classes of evidence that are counted. */
  classes: z
    .array(z.enum(CLASSES))
    .min(1)
    .refine(
      (classes) => CLASSES.filter((known) => classes.includes(known)).join() === classes.join(),
      'must name each class once, the firmest first',
    ),
  /** SHA-256 over the names and hashes of the files of the evidence. */
  evidenceHash: sha256Schema,
  /** Digest of what addresses show by these classes, as the proof has it. */
  evidence: fieldElementSchema,
})

/** Manifest of an epoch. Every other file of the epoch is verified against it. */
export const manifestSchema = z.strictObject({
  schema: z.literal(SCHEMA, {
    error: ({ input }) =>
      OLDER.includes(input as string)
        ? `has to be "${SCHEMA}": an older version of Plimsoll made this epoch; prove it again`
        : undefined,
  }),
  venue: labelSchema,
  epoch: labelSchema,
  /**
   * SHA-256 of the manifest of the epoch that the venue published before this one; missing in the first of a
   * history. Each manifest thus fixes all epochs before it.
   */
  previous: previousSchema.exactOptional(),
  /** Where the solvency proof is meant to be shown, beside the epoch's own folder. */
  target: targetSchema,
  /** SHA-256 of `risk.json`, all of it, and the root that circuits know of it. */
  riskTable: sha256Schema,
  riskRoot: fieldElementSchema,
  /** Of the instance that proves solvency: the root is of the table at these sizes. */
  sizes: tableSizesSchema,
  /**
   * Of every instance that a proof uses, the hash of its verification key and that of the circuit that the
   * key is for.
   */
  keys: keysSchema,
  /**
   * What is proven of the epoch, by name: `solvency` once it is, `backing` where addresses show what is held.
   * A part of a later version, whose files are named like it, is left unverified.
   */
  parts: z
    .object({
      ledger: ledgerPartSchema,
      solvency: solvencyPartSchema.exactOptional(),
      backing: backingPartSchema.exactOptional(),
    })
    .catchall(z.looseObject({}))
    .refine(
      (parts) => Object.keys(parts).every((name) => PART_NAME.test(name)),
      'must have names of small letters, digits and hyphens',
    )
    .refine(
      ({ backing, solvency }) => backing === undefined || solvency !== undefined,
      'must not have backing without solvency, whose reserves it is about',
    ),
})

/**
 * The manifest of an epoch: what the venue publishes, and the hashes of its files.
 *
 * @useDeclaredType
 */
export type Manifest = z.infer<typeof manifestSchema>

/** The manifest of an epoch whose solvency is proven. */
export type ProvenManifest = Manifest & { parts: { solvency: SolvencyPart } }

/**
 * The part of a manifest that says how the ledger is proven: states and batches.
 *
 * @useDeclaredType
 */
export type LedgerPart = z.infer<typeof ledgerPartSchema>

/**
 * The part of a manifest that says how solvency is proven: its instance, and what its proof opens.
 *
 * @useDeclaredType
 */
export type SolvencyPart = z.infer<typeof solvencyPartSchema>

/**
 * The part of a manifest that says what addresses show: the instance that proves it, and the evidence.
 *
 * @useDeclaredType
 */
export type BackingPart = z.infer<typeof backingPartSchema>
