import type { WeighPlace, WeighSizes } from './chunk.js'
import type { Reason } from './reasons.js'
import type { WeighSignals } from './signals.js'
import type { WeighState } from './state.js'

/** What is weighed: the trees of a settlement by their roots, and the flows that are claimed. */
export interface WeighedTrees {
  accountsBefore: bigint
  accountsAfter: bigint
  /** Over the rows of each reason; 0n for one without. */
  roots: Readonly<Record<Reason, bigint>>
  flowsDigest: bigint
}

/** Whether a chunk is the last one of its batch, and of its tree. */
export interface ChunkEnd {
  batchEnd: boolean
  treeEnd: boolean
}

/** Everything that one `weigh` proof is about: the public signals and what opens them. Private. */
export interface WeighWitness extends WeighedTrees, ChunkEnd {
  sizes: WeighSizes
  signals: WeighSignals
  /** From the chunk's first place on; what is missing behind is empty. */
  places: readonly WeighPlace[]
  /** The 16 children of each node above the chunk, lowest level first: see `chunkPath`. */
  children: readonly (readonly bigint[])[]
  before: WeighState
  /** The tree that is weighed when this one ends; of no effect elsewhere. */
  later: number
  blindAfter: bigint
}
