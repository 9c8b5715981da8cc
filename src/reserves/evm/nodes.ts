import { keccak256 } from 'viem/utils'
import { ProofError } from '../../errors/index.js'
import { endOfItem } from './rlp.js'

/** Bytes of a hash. */
const HASH = 32
/** A branch of sixteen hashes has 532 bytes, and no other node of a state trie has more. */
export const MAX_NODE_BYTES = 532
/** Bytes of all nodes of a chain: 100,000 accounts of a large chain, each with a token, need some 400 MB. */
export const MAX_NODES_BYTES = 2 ** 30

/** Where a walk gets nodes from. */
export interface NodeSource {
  /** The node of a hash, which counts as used from then on; undefined when there is none. */
  take(hash: Uint8Array): Uint8Array | undefined
}

/**
 * The nodes of a chain's tries that a folder of evidence holds, found by their hashes. Which of them a walk
 * has used is recorded, as a node that nothing needs is refused in the end.
 *
 * The file is the nodes, each once, one after another in the order of their hashes. It has no other content:
 * a node is RLP and says itself where it ends.
 */
export class TrieNodes implements NodeSource {
  readonly #bytes: Uint8Array
  /** Where each node starts, and after the last, where the bytes end. */
  readonly #starts: Uint32Array
  readonly #hashes: Uint8Array
  readonly #used: Uint8Array
  #unused: number

  private constructor(bytes: Uint8Array, starts: Uint32Array, hashes: Uint8Array) {
    this.#bytes = bytes
    this.#starts = starts
    this.#hashes = hashes
    this.#unused = starts.length - 1
    this.#used = new Uint8Array(this.#unused)
  }

  /**
   * Reads a file of nodes.
   *
   * @param where the file, for messages
   * @throws {ProofError} `RESERVES_NODES` for nodes that are too long, stand twice or in another order, and for
   * a file that is too long or ends inside a node
   */
  static read(bytes: Uint8Array, where: string): TrieNodes {
    const refuse = (why: string) =>
      new ProofError('RESERVES_NODES', why, { where, hint: 'Collect the evidence again.' })
    if (bytes.length > MAX_NODES_BYTES) throw refuse(`larger than the ${MAX_NODES_BYTES} bytes allowed`)
    const starts: number[] = []
    for (let at = 0; at < bytes.length; ) {
      const end = endOfItem(bytes, at)
      if (end > bytes.length) throw refuse(`ends inside the node that starts at byte ${at}`)
      if (end - at > MAX_NODE_BYTES) throw refuse(`has no node of a state trie at byte ${at}`)
      starts.push(at)
      at = end
    }
    starts.push(bytes.length)
    const hashes = new Uint8Array(HASH * (starts.length - 1))
    for (let i = 0; i + 1 < starts.length; i++) {
      const hash = keccak256(bytes.subarray(starts[i], starts[i + 1]), 'bytes')
      if (i > 0 && compareBytes(hashes.subarray(HASH * (i - 1), HASH * i), hash) >= 0) {
        throw refuse(`a node stands twice, or out of order, at byte ${starts[i]}`)
      }
      hashes.set(hash, HASH * i)
    }
    return new TrieNodes(bytes, Uint32Array.from(starts), hashes)
  }

  /** The file's content for nodes in any order, of which equal ones are kept once. */
  static format(nodes: Iterable<Uint8Array>): Uint8Array {
    const hashed = Array.from(nodes, (node) => ({ node, hash: keccak256(node, 'bytes') })).sort((a, b) =>
      compareBytes(a.hash, b.hash),
    )
    const once = hashed.filter(({ hash }, i) => i === 0 || compareBytes(hashed[i - 1]!.hash, hash) !== 0)
    const bytes = new Uint8Array(once.reduce((sum, { node }) => sum + node.length, 0))
    let at = 0
    for (const { node } of once) {
      bytes.set(node, at)
      at += node.length
    }
    return bytes
  }

  /** The node of a hash, which counts as used from then on; undefined when there is none. */
  take(hash: Uint8Array): Uint8Array | undefined {
    let low = 0
    let high = this.#used.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareBytes(this.#hashes.subarray(HASH * middle, HASH * middle + HASH), hash) < 0) low = middle + 1
      else high = middle
    }
    if (compareBytes(this.#hashes.subarray(HASH * low, HASH * low + HASH), hash) !== 0) return undefined
    if (this.#used[low] === 0) {
      this.#used[low] = 1
      this.#unused--
    }
    return this.#bytes.subarray(this.#starts[low], this.#starts[low + 1])
  }

  /** How many nodes no walk has used yet. */
  get unused(): number {
    return this.#unused
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < HASH; i++) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1)
    if (difference !== 0) return difference
  }
  return 0
}
