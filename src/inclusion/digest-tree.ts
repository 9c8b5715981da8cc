import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js'

/** How the hash of a digest and the hash of two nodes begin, so that neither is ever taken for the other. */
const [LEAF, NODE] = [0, 1]
const BYTES = 32
const NOTHING = new Uint8Array(BYTES)

/** A digest's place in a tree, and the other child at each node above it, the lowest first, in hex. */
export interface DigestPath {
  index: number
  siblings: string[]
}

/**
 * A binary tree of SHA-256 over digests: a leaf is `H(0, digest)`, a node `H(1, left, right)`, and where a
 * level ends with a node that has no neighbour, its neighbour is 32 zero bytes.
 */
export class DigestTree {
  /** The nodes of each level one after another, the leaves first. */
  private readonly levels: Uint8Array[]
  /** The last sibling that was written at each level: neighbours share all but the lowest. */
  private readonly written: { node: number; hex: string }[] = []

  /** @param digests at least one, 32 bytes each, one after another */
  constructor(digests: Uint8Array) {
    const leaves = new Uint8Array(digests.length)
    for (let at = 0; at < digests.length; at += BYTES) leaves.set(hash(LEAF, nodeAt(digests, at)), at)
    this.levels = [leaves]
    for (let below: Uint8Array = leaves; below.length > BYTES; below = this.levels.at(-1)!) {
      const above = new Uint8Array(BYTES * Math.ceil(below.length / (2 * BYTES)))
      for (let at = 0; at < above.length; at += BYTES) {
        const [left, right] = [nodeAt(below, 2 * at), nodeAt(below, 2 * at + BYTES)]
        above.set(hash(NODE, left, right.length === 0 ? NOTHING : right), at)
      }
      this.levels.push(above)
    }
  }

  /** In hex. */
  get root(): string {
    return bytesToHex(this.levels.at(-1)!)
  }

  path(index: number): DigestPath {
    const siblings = this.levels
      .slice(0, -1)
      .map((_, depth) => this.hexOf(depth, Math.floor(index / 2 ** depth) ^ 1))
    return { index, siblings }
  }

  private hexOf(depth: number, node: number): string {
    if (this.written[depth]?.node !== node) {
      const bytes = nodeAt(this.levels[depth]!, BYTES * node)
      this.written[depth] = { node, hex: bytesToHex(bytes.length === 0 ? NOTHING : bytes) }
    }
    return this.written[depth]!.hex
  }
}

/** The node at a place of a level; empty behind the last. */
function nodeAt(level: Uint8Array, at: number): Uint8Array {
  return level.subarray(at, at + BYTES)
}

/** The root that a path leads to from a digest, in hex; `undefined` when there is no such place. */
export function digestRoot(digest: string, { index, siblings }: DigestPath): string | undefined {
  let node = hash(LEAF, hexToBytes(digest))
  let place = index
  for (const sibling of siblings) {
    const other = hexToBytes(sibling)
    node = place % 2 === 0 ? hash(NODE, node, other) : hash(NODE, other, node)
    place = Math.floor(place / 2)
  }
  return place === 0 ? bytesToHex(node) : undefined
}

function hash(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return sha256(concatBytes(Uint8Array.of(tag), ...parts))
}
