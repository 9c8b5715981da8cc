import { InputError } from '../../errors/index.js'
import type { Slot } from '../../field/index.js'
import {
  holderCommitment,
  leafHash,
  ownerCommitment,
  poseidon,
  ROLES,
  rootOfPath,
  type TreePath,
} from '../../hash/index.js'
import { INSTANCES } from '../generated/instances.js'

/**
 * How many slots a leaf can have: as many as a `ledger` instance has. `circuits/lib/leaf-slots.circom` has
 * the same list.
 */
export const LEAF_SLOTS: readonly number[] = [
  ...new Set(INSTANCES.flatMap(({ statement, params }) => (statement === 'ledger' ? [params.SLOTS!] : []))),
].sort((a, b) => a - b)

/**
 * The shapes of leaves that a margin instance of so many slots opens, as `circuits/lib/any-leaf.circom` does:
 * all up to the smallest that holds as many slots, and the one above it.
 */
export function openedLeafSlots(slots: number): readonly number[] {
  const holding = LEAF_SLOTS.findIndex((count) => count >= slots)
  return holding < 0 ? LEAF_SLOTS : LEAF_SLOTS.slice(0, holding + 2)
}

/** One account of an epoch, and all that opens its leaf. Private. */
export interface MarginAccount {
  /** Every slot of the leaf, padding included; of each the number of its instrument. */
  slots: readonly Slot[]
  /** Digest of the identifier. */
  accountId: bigint
  ownerSecret: bigint
  salt: bigint
  /** From the leaf to the root of its batch, and from there to `accountsRoot`. */
  leafPath: TreePath
  batchPath: TreePath
}

/**
 * The `accountsRoot` that an account is under.
 *
 * @throws {InputError} `ACCOUNT_PATH` when its paths do not lead up from its leaf
 */
export function accountsRootOf(account: MarginAccount): bigint {
  return rootOfOwned(account, ownerCommitment(account.ownerSecret))
}

/** The same by the owner's commitment, which a venue has. */
export function rootOfOwned(account: Omit<MarginAccount, 'ownerSecret'>, owner: bigint): bigint {
  const { accountId, salt } = account
  const holder = holderCommitment({ accountId, owner, salt })
  const batchRoot = rootOfPath(leafHash(holder, account.slots), account.leafPath)
  const root = batchRoot === undefined ? undefined : rootOfPath(batchRoot, account.batchPath)
  if (root !== undefined) return root
  throw new InputError('ACCOUNT_PATH', "the account's paths do not lead up from its leaf", {
    hint: 'The owner file has to be the one whose commitment the venue has for this account.',
  })
}

/** The pseudonym of an account in a domain: `P(handle; ownerSecret, accountId, domain)`. */
export function accountHandle({ ownerSecret, accountId }: MarginAccount, domain: bigint): bigint {
  return poseidon([ownerSecret, accountId, domain], ROLES.handle.tag)
}
