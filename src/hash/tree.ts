import { poseidon } from './poseidon.js'

/** Children of a tree node. A node hashes exactly 16 children under the tag 0, which is the trees' own. */
export const TREE_ARITY = 16
/**
 * Levels of a batch's tree: up to 4,096 accounts. The same in every instance, so that a path has one length.
 */
export const BATCH_DEPTH = 3
/** Places of one batch. */
export const BATCH_PLACES = TREE_ARITY ** BATCH_DEPTH
/** Levels of the accounts tree over the batches: up to 1,048,576 batches. */
export const ACCOUNTS_DEPTH = 5
/** Value of an unfilled position. No Poseidon output is known to be zero. */
export const EMPTY_LEAF = 0n

const empty: bigint[] = [EMPTY_LEAF]

/** The root of an empty subtree with `depth` levels below it. */
export function emptyRoot(depth: number): bigint {
  for (let d = empty.length; d <= depth; d++) {
    empty.push(poseidon(new Array<bigint>(TREE_ARITY).fill(empty[d - 1]!)))
  }
  return empty[depth]!
}

/** A path from a leaf up: per level, the 16 children of the node above, the way taken among them included. */
export interface TreePath {
  index: number
  levels: bigint[][]
}

/**
 * A 16-ary Poseidon tree of fixed depth, filled from the left: only what is filled is kept.
 * `levels[0]` are the leaves.
 */
export class WideTree {
  private readonly levels: bigint[][]

  constructor(
    readonly depth: number,
    leaves: readonly bigint[] = [],
  ) {
    if (leaves.length > TREE_ARITY ** depth) {
      throw new RangeError(`a tree of depth ${depth} holds at most ${TREE_ARITY ** depth} leaves`)
    }
    this.levels = [[...leaves]]
    for (let d = 0; d < depth; d++) {
      const below = this.levels[d]!
      const above: bigint[] = []
      for (let i = 0; i < below.length; i += TREE_ARITY) above.push(poseidon(this.children(d, i)))
      this.levels.push(above)
    }
  }

  get size(): number {
    return this.levels[0]!.length
  }

  get root(): bigint {
    return this.levels[this.depth]![0] ?? emptyRoot(this.depth)
  }

  /** Appends a leaf at the first empty position. */
  append(leaf: bigint): void {
    if (this.size >= TREE_ARITY ** this.depth) throw new RangeError('the tree is full')
    let index = this.size
    this.levels[0]!.push(leaf)
    for (let d = 0; d < this.depth; d++) {
      index = Math.floor(index / TREE_ARITY)
      this.levels[d + 1]![index] = poseidon(this.children(d, index * TREE_ARITY))
    }
  }

  /** The path of a position, filled or empty. */
  path(index: number): TreePath {
    const levels: bigint[][] = []
    for (let d = 0, i = index; d < this.depth; d++, i = Math.floor(i / TREE_ARITY)) {
      levels.push(this.children(d, i - (i % TREE_ARITY)))
    }
    return { index, levels }
  }

  private children(level: number, from: number): bigint[] {
    const row = this.levels[level]!.slice(from, from + TREE_ARITY)
    while (row.length < TREE_ARITY) row.push(emptyRoot(level))
    return row
  }
}

/** The root that a path leads to from `leaf`, or `undefined` when the path does not hold together. */
export function rootOfPath(leaf: bigint, path: TreePath): bigint | undefined {
  let node = leaf
  let index = path.index
  for (const children of path.levels) {
    if (children.length !== TREE_ARITY || children[index % TREE_ARITY] !== node) return undefined
    node = poseidon(children)
    index = Math.floor(index / TREE_ARITY)
  }
  return index === 0 ? node : undefined
}
