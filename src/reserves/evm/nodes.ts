import { concat, keccak256 } from 'viem/utils'
import { ProofError } from '../../errors/index.js'
import { endOfItem } from './rlp.js'

/** Bytes of a hash. */
const HASH = 32
/** A branch of sixteen hashes has 532 bytes, and no other node of a state trie has more. */
export const MAX_NODE_BYTES = 532
/** Bytes that say what an item of RLP is and how long, at most. */
const LONGEST_PREFIX = 9
/** Bytes of nodes that are kept together. */
const SLAB = 2 ** 22
/** Bytes of all nodes of a chain: 100,000 accounts of a large chain, each with a token, need some 400 MB. */
const MAX_NODES_BYTES = 2 ** 30

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
  readonly #where: string
  /** The nodes' bytes; no node lies in two slabs. */
  readonly #slabs: Uint8Array[] = []
  /** Bytes of the last slab that are taken. */
  #taken = SLAB
  /** Where each node starts, in the slabs as if they were one. */
  readonly #starts: number[] = []
  #hashes = new Uint8Array(HASH * 1024)
  #used = new Uint8Array(0)
  #unused = 0
  #length = 0

  private constructor(where: string) {
    this.#where = where
  }

  /**
   * Reads a file of nodes.
   *
   * @param where the file, for messages
   * @throws {ProofError} `RESERVES_NODES` for nodes that are too long, stand twice or in another order, and
   * for a file that is too long or ends inside a node
   */
  static read(bytes: Uint8Array, where: string): TrieNodes {
    const nodes = new TrieNodes(where)
    nodes.#finish(nodes.#append(bytes, true))
    return nodes
  }

  /**
   * Reads a file of nodes piece by piece, so that its bytes are held once.
   *
   * @param where the file, for messages
   * @throws {ProofError} `RESERVES_NODES`, as `read` does, and what the pieces throw
   */
  static async from(pieces: AsyncIterable<Uint8Array>, where: string): Promise<TrieNodes> {
    const nodes = new TrieNodes(where)
    let rest: Uint8Array = new Uint8Array(0)
    for await (const piece of pieces) rest = nodes.#append(concat([rest, piece]), false)
    nodes.#finish(nodes.#append(rest, true))
    return nodes
  }

  /** Takes the nodes at the start of bytes, and gives back what may be the beginning of one. */
  #append(bytes: Uint8Array, isLast: boolean): Uint8Array {
    let at = 0
    while (at < bytes.length && (isLast || bytes.length - at >= LONGEST_PREFIX)) {
      const end = endOfItem(bytes, at)
      if (end - at > MAX_NODE_BYTES) throw this.#refused('has no node of a state trie', at)
      if (end > bytes.length) break
      this.#add(bytes.subarray(at, end), at)
      at = end
    }
    this.#length += at
    return bytes.subarray(at)
  }

  #add(node: Uint8Array, at: number): void {
    if (this.#length + at + node.length > MAX_NODES_BYTES) {
      throw this.#refused(`is larger than the ${MAX_NODES_BYTES} bytes allowed`, at)
    }
    const hash = keccak256(node, 'bytes')
    const count = this.#starts.length
    if (count > 0 && compareBytes(this.#hashAt(count - 1), hash) >= 0) {
      throw this.#refused('a node stands twice, or out of order,', at)
    }
    if (this.#taken + node.length > SLAB) {
      this.#slabs.push(new Uint8Array(SLAB))
      this.#taken = 0
    }
    this.#slabs.at(-1)!.set(node, this.#taken)
    this.#starts.push((this.#slabs.length - 1) * SLAB + this.#taken)
    this.#taken += node.length
    if (HASH * count === this.#hashes.length) {
      const more = new Uint8Array(2 * this.#hashes.length)
      more.set(this.#hashes)
      this.#hashes = more
    }
    this.#hashes.set(hash, HASH * count)
  }

  #finish(rest: Uint8Array): void {
    if (rest.length > 0) throw this.#refused('ends inside the node that starts', 0)
    this.#unused = this.#starts.length
    this.#used = new Uint8Array(this.#unused)
  }

  #hashAt(index: number): Uint8Array {
    return this.#hashes.subarray(HASH * index, HASH * index + HASH)
  }

  #refused(why: string, at: number): ProofError {
    return new ProofError('RESERVES_NODES', `${why} at byte ${this.#length + at}`, {
      where: this.#where,
      hint: 'Collect the evidence again.',
    })
  }

  /** The file's content for nodes in any order, of which equal ones are kept once. */
  static format(nodes: Iterable<Uint8Array>): Uint8Array {
    return concat([...TrieNodes.pieces(nodes)])
  }

  /** The file's content as `format` gives it, piece by piece. */
  static *pieces(nodes: Iterable<Uint8Array>): Generator<Uint8Array> {
    const all = [...nodes]
    const hashes = new Uint8Array(HASH * all.length)
    for (const [i, node] of all.entries()) hashes.set(keccak256(node, 'bytes'), HASH * i)
    const hashAt = (i: number) => hashes.subarray(HASH * i, HASH * i + HASH)
    const order = Uint32Array.from(all.keys()).sort((a, b) => compareBytes(hashAt(a), hashAt(b)))
    let piece: Uint8Array[] = []
    let length = 0
    for (const [place, i] of order.entries()) {
      if (place > 0 && compareBytes(hashAt(order[place - 1]!), hashAt(i)) === 0) continue
      piece.push(all[i]!)
      length += all[i]!.length
      if (length < SLAB) continue
      yield concat(piece)
      piece = []
      length = 0
    }
    yield concat(piece)
  }

  /** The node of a hash, which counts as used from then on; undefined when there is none. */
  take(hash: Uint8Array): Uint8Array | undefined {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareBytes(this.#hashAt(middle), hash) < 0) low = middle + 1
      else high = middle
    }
    if (low === this.#starts.length || compareBytes(this.#hashAt(low), hash) !== 0) return undefined
    if (this.#used[low] === 0) {
      this.#used[low] = 1
      this.#unused--
    }
    const start = this.#starts[low]!
    const slab = this.#slabs[Math.floor(start / SLAB)]!
    return slab.subarray(start % SLAB, endOfItem(slab, start % SLAB))
  }

  /** How many nodes no walk has used yet. */
  get unused(): number {
    return this.#unused
  }
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < HASH; i++) {
    const difference = a[i]! - b[i]!
    if (difference !== 0) return difference
  }
  return 0
}
