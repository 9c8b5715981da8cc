import { BATCH_PLACES, type WideTree } from '../../hash/index.js'
import { chunkPlaces, type WeighPlace, type WeighSizes } from './chunk.js'
import { REASONS, TREES } from './reasons.js'
import { FIRST_WEIGH_STATE, nextWeighState, type WeighState, weighCommitment } from './state.js'
import type { WeighSums } from './sums.js'
import { activityDigest, type SettlementTranscript, settlementTranscript } from './transcript.js'
import type { ChunkEnd, WeighedTrees, WeighWitness } from './witness.js'

/** The root of every tree, in their order; 0n for a reason without rows. */
export function treeRoots({
  accountsBefore,
  accountsAfter,
  roots,
}: Omit<WeighedTrees, 'flowsDigest'>): bigint[] {
  return [accountsBefore, accountsAfter, ...REASONS.map((reason) => roots[reason])]
}

/** The first tree behind another that anything stands in; `TREES` when there is none. */
export function laterTree(trees: Omit<WeighedTrees, 'flowsDigest'>, tree: number): number {
  const found = treeRoots(trees).findIndex((root, i) => i > tree && root !== 0n)
  return found < 0 ? TREES : found
}

/** Where the chain goes on behind a chunk. */
export function placeAfter(
  { tree, next }: Pick<WeighState, 'tree' | 'next'>,
  level: number,
  { batchEnd, treeEnd }: ChunkEnd,
  later: number,
): Pick<WeighState, 'tree' | 'next'> {
  if (treeEnd) return { tree: later, next: 0 }
  const batch = Math.floor(next / BATCH_PLACES)
  return { tree, next: batchEnd ? (batch + 1) * BATCH_PLACES : next + chunkPlaces(level) }
}

/**
 * The children of every node above a chunk.
 *
 * @param batch the tree over the leaves of its batch
 * @param tree over the roots of all batches
 * @param next index of the chunk's first place among all places of the tree
 */
export function chunkPath(batch: WideTree, tree: WideTree, next: number, level: number): bigint[][] {
  const within = batch.path(next % BATCH_PLACES).levels.slice(level)
  return [...within, ...tree.path(Math.floor(next / BATCH_PLACES)).levels]
}

/** A chunk at its place, and what its proof takes beside the state. */
export interface Chunk extends ChunkEnd {
  sizes: WeighSizes
  places: readonly WeighPlace[]
  children: readonly (readonly bigint[])[]
}

/** The chain of states over the chunks of all trees of a settlement, one after the other. */
export class WeighChain {
  readonly points: SettlementTranscript
  private current: WeighState = FIRST_WEIGH_STATE

  constructor(readonly trees: WeighedTrees) {
    this.points = settlementTranscript({ ...trees, activity: activityDigest(trees.roots) })
  }

  /** The state after the chunks so far. */
  get state(): WeighState {
    return this.current
  }

  /** Its commitment. */
  get commitment(): bigint {
    return weighCommitment(this.points.transcript, this.current)
  }

  /**
   * Goes on by one chunk, of which nothing but its sums is known.
   *
   * @param blind random, fresh: hides the state after it
   */
  advance(level: number, end: ChunkEnd, sums: WeighSums, blind: bigint): void {
    const { current, trees } = this
    const place = placeAfter(current, level, end, laterTree(trees, current.tree))
    this.current = nextWeighState(current, sums, { ...place, blind })
  }

  /**
   * Goes on by one chunk.
   *
   * @param sums of its places: see `chunkSums`
   * @param blind random, fresh: hides the state after it
   */
  step({ sizes, places, children, batchEnd, treeEnd }: Chunk, sums: WeighSums, blind: bigint): WeighWitness {
    const { current: before, commitment: stateBefore, trees } = this
    this.advance(sizes.level, { batchEnd, treeEnd }, sums, blind)
    return {
      ...{ ...trees, sizes, places, children, batchEnd, treeEnd, before },
      signals: { stateBefore, stateAfter: this.commitment },
      later: laterTree(trees, before.tree),
      blindAfter: blind,
    }
  }
}
