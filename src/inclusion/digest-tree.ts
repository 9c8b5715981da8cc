import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** How the hash of a digest and the hash of two nodes begin, so that neither is ever taken for the other. */
const [LEAF, NODE] = [0, 1]
const NOTHING = new Uint8Array(32)

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
  private readonly levels: Uint8Array[][]

  /** @param digests at least one, 32 bytes each */
  constructor(digests: readonly Uint8Array[]) {
    this.levels = [digests.map((digest) => hash(LEAF, digest))]
    for (let below = this.levels[0]!; below.length > 1; below = this.levels.at(-1)!) {
      const above: Uint8Array[] = []
      for (let i = 0; i < below.length; i += 2) above.push(hash(NODE, below[i]!, below[i + 1] ?? NOTHING))
      this.levels.push(above)
    }
  }

  /** In hex. */
  get root(): string {
    return bytesToHex(this.levels.at(-1)![0]!)
  }

  path(index: number): DigestPath {
    const siblings = this.levels
      .slice(0, -1)
      .map((level, depth) => bytesToHex(level[Math.floor(index / 2 ** depth) ^ 1] ?? NOTHING))
    return { index, siblings }
  }
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
  const state = sha256.create().update(Uint8Array.of(tag))
  for (const part of parts) state.update(part)
  return state.digest()
}
