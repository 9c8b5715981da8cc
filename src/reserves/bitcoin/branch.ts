import { concatBytes } from '@noble/hashes/utils.js'
import { hash256, isSame } from './hash256.js'
import { readTransaction } from './transaction.js'

/** Bytes of the two children of a node: no transaction of this length is taken, as it could be a node. */
export const NODE_BYTES = 64

/**
 * The root of the tree of a block's transactions, from one of them.
 *
 * @param hash of the transaction
 * @param position its place in the block, counted from 0
 * @param branch the other child at each node above it, the lowest first
 * @returns why these show no transaction of a block, as a text
 */
export function rootOfBranch(
  hash: Uint8Array,
  position: number,
  branch: readonly Uint8Array[],
): Uint8Array | string {
  if (position >= 2 ** branch.length) return 'the position is beyond the tree'
  let node = hash
  for (const [level, other] of branch.entries()) {
    const isRight = Math.floor(position / 2 ** level) % 2 === 1
    // A level with an odd number of nodes has its last one twice. The second has no transactions of its own,
    // and blocks in which two nodes of a kind stand side by side otherwise are not valid (CVE-2012-2459).
    if (isRight && isSame(node, other)) return 'the position is that of a copy'
    const children = isRight ? concatBytes(other, node) : concatBytes(node, other)
    // A transaction of 64 bytes could be made so that half of it is the hash of one that never was
    // (CVE-2017-12842).
    if (isTransaction(children)) return 'a node of the branch is a transaction'
    node = hash256(children)
  }
  return node
}

/** Whether the children of a node are a transaction as well. */
function isTransaction(children: Uint8Array): boolean {
  // Of 64 bytes, 60 are the least that one input and one output take: the input's script has four at most.
  return children[4] === 1 && children[41]! <= 4 && readTransaction(children) !== undefined
}

/** The other children on the way from one transaction of a block to the root: what `rootOfBranch` takes. */
export function branchOf(hashes: readonly Uint8Array[], position: number): Uint8Array[] {
  const branch: Uint8Array[] = []
  let level = hashes
  for (let at = position; level.length > 1; at = Math.floor(at / 2)) {
    const pairs = level.length % 2 === 0 ? level : [...level, level.at(-1)!]
    branch.push(pairs[at ^ 1]!)
    level = pairs.flatMap((left, i) => (i % 2 === 0 ? [hash256(concatBytes(left, pairs[i + 1]!))] : []))
  }
  return branch
}
