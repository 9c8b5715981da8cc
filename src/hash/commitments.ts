import { packBytes, packSlots, type Slot } from '../field/index.js'
import { poseidon } from './poseidon.js'
import { ROLES } from './roles.js'
import { SPONGE_RATE, sponge } from './sponge.js'

/**
 * The customer's own identifier as a field element: UTF-8 bytes, their number bound in.
 *
 * @example
 * const accountId = accountIdDigest('alice@example.com')
 */
export function accountIdDigest(accountId: string): bigint {
  const bytes = new TextEncoder().encode(accountId)
  return sponge('accountId', [BigInt(bytes.length), ...packBytes(bytes)])
}

/**
 * The commitment to an owner's secret that a venue keeps beside an account.
 *
 * @example
 * const commitment = ownerCommitment(await readOwner('owner.json'))
 */
export function ownerCommitment(ownerSecret: bigint): bigint {
  return poseidon([ownerSecret], ROLES.owner.tag)
}

/**
 * Who holds an account: its identifier's digest, its owner's commitment (0n for none) and this epoch's salt.
 *
 * @example
 * const holder = holderCommitment({ accountId: accountIdDigest('alice@example.com'), owner: 0n, salt: 1n })
 */
export function holderCommitment(holder: { accountId: bigint; owner: bigint; salt: bigint }): bigint {
  return poseidon([holder.accountId, holder.owner, holder.salt], ROLES.holder.tag)
}

/**
 * The leaf of an account: its holder and its slots, padding slots included.
 *
 * @example
 * const holder = holderCommitment({ accountId: accountIdDigest('alice@example.com'), owner: 0n, salt: 1n })
 * const leaf = leafHash(holder, [{ instrument: 0, quantity: 150_000_000n }, { instrument: 0, quantity: 0n }])
 */
export function leafHash(holder: bigint, slots: readonly Slot[]): bigint {
  const packed = packSlots(slots)
  return packed.length <= SPONGE_RATE
    ? poseidon([holder, ...packed], ROLES.leaf.tag)
    : sponge('longLeaf', [holder, ...packed])
}
