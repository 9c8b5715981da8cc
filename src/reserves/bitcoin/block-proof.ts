import { concatBytes } from '@noble/hashes/utils.js'
import { hash256 } from './hash256.js'

/** Bytes of a hash, of a header, and of a header with the number of transactions behind it. */
const [HASH, HEADER, HEAD] = [32, 80, 84]
/** More transactions than a block has room for. */
const MAX_TRANSACTIONS = 2 ** 17

/** Where a transaction stands in its block. */
interface BlockPlace {
  hash: Uint8Array
  /** Counted from 0. */
  position: number
  /** The other child at each node above it, the lowest first. */
  branch: Uint8Array[]
}

/**
 * The place of the one transaction that a node's proof is of: what `gettxoutproof` answers, a tree without
 * the parts that the proof does not need (BIP-37). Whether it leads to the block's root is not asked here.
 *
 * @returns `undefined` where the bytes are no such proof
 */
export function placeOfProof(proof: Uint8Array): BlockPlace | undefined {
  if (proof.length < HEAD + 1) return undefined
  const view = new DataView(proof.buffer, proof.byteOffset, proof.length)
  const transactions = view.getUint32(HEADER, true)
  const hashesAt = HEAD + 1
  const flagsAt = hashesAt + HASH * proof[HEAD]!
  const flags = proof.subarray(flagsAt + 1)
  const isWhole = flags.length > 0 && proof[flagsAt] === flags.length
  if (!isWhole || transactions === 0 || transactions > MAX_TRANSACTIONS) return undefined

  let [bit, at] = [0, hashesAt]
  const widthOf = (height: number) => Math.ceil(transactions / 2 ** height)
  /** Walks one node: a hash that stands there, or two nodes below it. */
  const walk = (height: number, position: number): { hash: Uint8Array; found?: BlockPlace } => {
    const isAbove = ((flags[bit >> 3]! >> (bit & 7)) & 1) === 1
    bit++
    if (height === 0 || !isAbove) {
      const hash = proof.slice(at, at + HASH)
      at += HASH
      return { hash, ...(isAbove && { found: { hash, position, branch: [] } }) }
    }
    const left = walk(height - 1, position * 2)
    const right = position * 2 + 1 < widthOf(height - 1) ? walk(height - 1, position * 2 + 1) : left
    const found = left.found ?? right.found
    found?.branch.push(found === left.found ? right.hash : left.hash)
    return { hash: hash256(concatBytes(left.hash, right.hash)), ...(found && { found }) }
  }
  const height = Math.ceil(Math.log2(transactions))
  const { found } = walk(height, 0)
  const isUsedUp = at === flagsAt && Math.ceil(bit / 8) === flags.length
  return isUsedUp ? found : undefined
}
