import * as z from 'zod'
import { labelSchema } from '../bundle/index.js'
import { ACCOUNTS_DEPTH, BATCH_DEPTH } from '../hash/index.js'
import { fieldElementSchema } from '../schema/index.js'
import { REASONS } from '../statements/index.js'
import { movementOf } from './moved.js'
import { pathSchema, withWay } from './path.js'
import { slotsSchema } from './slots.js'

/** What opens a leaf of the account, beside its identifier, and the way from the leaf to the tree's root. */
const openedSchema = z.strictObject({
  /** The owner's commitment; `0` for none. */
  owner: fieldElementSchema,
  salt: fieldElementSchema,
  /** Every slot of the leaf, padding included. */
  slots: slotsSchema,
  path: pathSchema(BATCH_DEPTH + ACCOUNTS_DEPTH),
})

/** One settlement of an account: what it held in the epoch before, and every movement since. Private. */
export const stepSchema = z.strictObject({
  /** The two epochs. */
  previous: labelSchema,
  epoch: labelSchema,
  /** The leaf in the epoch before; `null` where the account was not there yet. */
  before: openedSchema.nullable(),
  /** The leaves of the account in the trees of the settlement, each under the root of its reason. */
  rows: z.array(openedSchema.extend({ reason: z.enum(REASONS) })),
})

/** One settlement of an account, as an inclusion file has it. */
export type Step = z.infer<typeof stepSchema>

/** A leaf of the account as a settlement's step opens it. */
export type OpenedLeaf = z.infer<typeof openedSchema>

/**
 * The root that a leaf of an account leads to; `undefined` when a quantity is none of its decimals or out of
 * range. Leaves of movements are made as those of accounts are.
 */
export function rootOfOpened(account: string, { path, ...leaf }: OpenedLeaf): bigint | undefined {
  const hash = movementOf({ account, owner: leaf.owner }, leaf)
  return hash === undefined ? undefined : withWay(hash, path).root
}
