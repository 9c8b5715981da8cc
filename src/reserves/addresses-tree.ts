import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { AddressEntry } from './addresses.js'

/** First bytes of what is hashed: no leaf is a node (RFC 9162). */
const [LEAF, NODE] = [0x00, 0x01]

/** One entry of a list of addresses, and what leads from it to the list's root. */
export interface AddressOpening {
  entry: AddressEntry
  /** Its place on the list, counted from 0, and how many entries the list has. */
  index: number
  size: number
  /** The other child at each node above it, the lowest first: 64 hexadecimal digits each. */
  path: string[]
}

/**
 * Root of the tree of a list of addresses after RFC 9162, over SHA-256: 64 hexadecimal digits. A leaf is an
 * entry as JSON in the one form of RFC 8785, and the order is that of the list.
 */
export function addressesRoot(entries: readonly AddressEntry[]): string {
  return bytesToHex(rootOf(entries.map(leafOf)))
}

/**
 * Opens one entry of a list of addresses, for whoever knows the list's root and is to see no other entry.
 * Hashes of other entries are in it: whoever guesses one can find it there.
 *
 * @returns `undefined` where the list does not have the account
 * @example
 * const account = 'eip155:1:0x00000000219ab540356cbb839cbe05303d7705fa'
 * const assets = [{ asset: 'eip155:1/slip44:60', instrument: 'ETH' }]
 * const opening = openAddress([{ account, assets, holdsFor: 'customers', control: 'eip191' }], account)
 * console.log(opening?.path)
 */
export function openAddress(entries: readonly AddressEntry[], account: string): AddressOpening | undefined {
  const index = entries.findIndex((entry) => entry.account === account)
  if (index === -1) return undefined
  return {
    entry: entries[index]!,
    index,
    size: entries.length,
    path: pathOf(entries.map(leafOf), index).map(bytesToHex),
  }
}

/**
 * Whether an opened entry is on the list whose root a challenge fixes.
 *
 * @param root `addressesRoot` of the challenge
 * @example
 * const account = 'eip155:1:0x00000000219ab540356cbb839cbe05303d7705fa'
 * const assets = [{ asset: 'eip155:1/slip44:60', instrument: 'ETH' }]
 * const entry = { account, assets, holdsFor: 'customers', control: 'eip191' } as const
 * console.log(isOnList('0'.repeat(64), { entry, index: 0, size: 1, path: [] }))
 */
export function isOnList(root: string, { entry, index, size, path }: AddressOpening): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  if (!path.every((hash) => /^[0-9a-f]{64}$/.test(hash))) return false
  let [at, last, hash] = [index, size - 1, leafOf(entry)]
  for (const other of path.map((each) => hexToBytes(each))) {
    if (last === 0) return false
    if (at % 2 === 1 || at === last) {
      hash = nodeOf(other, hash)
      // A node without a sibling stands for itself one level higher.
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)]
    } else hash = nodeOf(hash, other)
    ;[at, last] = [Math.floor(at / 2), Math.floor(last / 2)]
  }
  return last === 0 && bytesToHex(hash) === root
}

function leafOf({ account, assets, control, holdsFor, private: isPrivate }: AddressEntry): Uint8Array {
  // Fields in the order of their names; what is left out is left out.
  const text = JSON.stringify({
    account,
    assets: assets.map(({ asset, decimals, instrument }) => ({ asset, decimals, instrument })),
    control,
    holdsFor,
    private: isPrivate,
  })
  return sha256(concatBytes(Uint8Array.of(LEAF), utf8ToBytes(text)))
}

function nodeOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(NODE), left, right))
}

function rootOf(leaves: readonly Uint8Array[], from = 0, to = leaves.length): Uint8Array {
  if (to - from === 1) return leaves[from]!
  const middle = from + halfOf(to - from)
  return nodeOf(rootOf(leaves, from, middle), rootOf(leaves, middle, to))
}

function pathOf(leaves: readonly Uint8Array[], index: number, from = 0, to = leaves.length): Uint8Array[] {
  if (to - from === 1) return []
  const middle = from + halfOf(to - from)
  return index < middle
    ? [...pathOf(leaves, index, from, middle), rootOf(leaves, middle, to)]
    : [...pathOf(leaves, index, middle, to), rootOf(leaves, from, middle)]
}

/** The largest power of two below a number from 2 on. */
function halfOf(count: number): number {
  let half = 1
  while (half * 2 < count) half *= 2
  return half
}
