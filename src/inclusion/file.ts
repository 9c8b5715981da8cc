import * as z from 'zod'
import { instanceNameSchema, labelSchema, signatureSchema, tableSizesSchema } from '../bundle/index.js'
import { accountIdFault, type Slot, textSchema } from '../field/index.js'
import {
  ACCOUNTS_DEPTH,
  accountIdDigest,
  BATCH_DEPTH,
  holderCommitment,
  leafHash,
  rootOfPath,
  TREE_ARITY,
  type TreePath,
} from '../hash/index.js'
import { fieldElementSchema, parseJsonAs, sha256Schema } from '../schema/index.js'
import { movedSchema } from './moved.js'
import { slotsSchema } from './slots.js'

/**
 * A place in a tree of fixed depth, and per level, the lowest first, the 15 other children of the node above.
 */
const pathSchema = (depth: number) =>
  z.strictObject({
    index: z
      .int()
      .nonnegative()
      .max(TREE_ARITY ** depth - 1),
    siblings: z.array(z.array(fieldElementSchema).length(TREE_ARITY - 1)).length(depth),
  })

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

type InclusionPath = Inclusion['batchPath']

/** A tree path without the nodes on the way, which the verifier computes. */
export function withoutWay({ index, levels }: TreePath): InclusionPath {
  const siblings = levels.map((children, depth) =>
    children.toSpliced(digit(index, depth), 1).map((child) => child.toString()),
  )
  return { index, siblings }
}

/** A path with its way filled in from `leaf` up, and the root that it leads to. */
export function withWay(leaf: bigint, { index, siblings }: InclusionPath): { path: TreePath; root: bigint } {
  let root = leaf
  const levels = siblings.map((level, depth) => {
    const at = digit(index, depth)
    const children = level.map(BigInt).toSpliced(at, 0, root)
    root = rootOfPath(root, { index: at, levels: [children] })!
    return children
  })
  return { path: { index, levels }, root }
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

/** Which of its parent's children the way to `index` takes, `depth` levels above the leaves. */
function digit(index: number, depth: number): number {
  return Math.floor(index / TREE_ARITY ** depth) % TREE_ARITY
}
