import * as z from 'zod'
import { instanceNameSchema, labelSchema, signatureSchema, tableSizesSchema } from '../bundle/index.js'
import { accountIdFault, type Slot, textSchema } from '../field/index.js'
import {
  ACCOUNTS_DEPTH,
  accountIdDigest,
  BATCH_DEPTH,
  holderCommitment,
  leafHash,
  type TreePath,
} from '../hash/index.js'
import { fieldElementSchema, parseJsonAs, sha256Schema } from '../schema/index.js'
import { movedSchema } from './moved.js'
import { pathSchema, withWay } from './path.js'
import { slotsSchema } from './slots.js'
import { stepSchema } from './statement-step.js'

const SCHEMA = 'plimsoll/inclusion/3'
/** Formats of versions before this one. */
const OLDER = ['plimsoll/inclusion/1', 'plimsoll/inclusion/2']

/** All values that open one customer's leaf under an epoch's `accountsRoot`. Private to that customer. */
export const inclusionSchema = z.strictObject({
  schema: z.literal(SCHEMA, {
    error: ({ input }) =>
      OLDER.includes(input as string)
        ? `has to be "${SCHEMA}": an older version of Plimsoll wrote this file; ask the venue for a new one`
        : undefined,
  }),
  venue: labelSchema,
  epoch: labelSchema,
  riskRoot: fieldElementSchema,
  /** Of the table that the risk root is of. */
  sizes: tableSizesSchema,
  /** The epoch's last state, and the root of the accounts that it commits to. */
  state: fieldElementSchema,
  accountsRoot: fieldElementSchema,
  account: textSchema(accountIdFault),
  /** The owner's commitment; `0` for none. */
  owner: fieldElementSchema,
  salt: fieldElementSchema,
  /** The instance whose proof folded the account. It says how many slots the leaf has. */
  instance: instanceNameSchema,
  /** Every slot of the leaf, padding included. */
  slots: slotsSchema,
  /** From the leaf to the root of its batch. */
  batchPath: pathSchema(BATCH_DEPTH),
  /** From the root of the batch to `accountsRoot`; its index is the batch's. */
  accountsPath: pathSchema(ACCOUNTS_DEPTH),
  /**
   * The venue's signature over all files of the epoch, and this one's place among them: see
   * `inclusionSigner`.
   */
  signed: signatureSchema
    .extend({
      index: z
        .int()
        .nonnegative()
        .max(2 ** 32 - 1),
      siblings: z.array(sha256Schema).max(32),
    })
    .exactOptional(),
  /**
   * Of an account that was liquidated: what opens what moved, as the proof in the epoch commits to it. That
   * proof is what stands for it: the venue's signature does not cover it.
   */
  liquidation: movedSchema.exactOptional(),
  /**
   * What the account held in epochs before this one, and every movement since, the oldest step first. The
   * settlements of the epochs are what stands for it: the venue's signature does not cover it.
   */
  settlements: z.array(stepSchema).min(1).exactOptional(),
})

/**
 * What a venue gives a customer: the leaf of the account, opened, and its way to the root of an epoch.
 *
 * @useDeclaredType
 */
export type Inclusion = z.infer<typeof inclusionSchema>

/**
 * The inclusion file that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const inclusion = parseInclusion(await readFile('inclusion.json', 'utf8'), 'inclusion.json')
 */
export function parseInclusion(text: string, where: string): Inclusion {
  return parseJsonAs(text, inclusionSchema, where)
}

/**
 * The paths of a file's account with these slots, as a leaf has them (see `leafSlots`), and the root that
 * they lead to, whether or not it is the one that it names.
 */
export function openLeaf(
  file: Inclusion,
  slots: readonly Slot[],
): { leafPath: TreePath; batchPath: TreePath; root: bigint } {
  const accountId = accountIdDigest(file.account)
  const holder = holderCommitment({ accountId, owner: BigInt(file.owner), salt: BigInt(file.salt) })
  const batch = withWay(leafHash(holder, slots), file.batchPath)
  const { path: batchPath, root } = withWay(batch.root, file.accountsPath)
  return { leafPath: batch.path, batchPath, root }
}
