import { toField } from '../../field/index.js'
import { poseidon, ROLES } from '../../hash/index.js'
import type { WeighSums } from './sums.js'

/** What a state commits to, beside the transcript that it shares with all states of its chain. Private. */
export interface WeighState {
  /** The tree that is being weighed: see `treeOf`; `TREES` when all are. */
  tree: number
  /** Index of the first leaf of it that is not weighed yet, among all places of the tree. */
  next: number
  /** Random, fresh for every state; 0 in the first. */
  blind: bigint
  /** What is weighed, customer by customer: after, less before, less every reason. */
  sum: bigint
  /** What rows come to, group by group, whoever they are of. */
  flowSum: bigint
}

/** The state in which nothing is weighed. */
export const FIRST_WEIGH_STATE: WeighState = { tree: 0, next: 0, blind: 0n, sum: 0n, flowSum: 0n }

/** `P(weighed; transcript, tree, next, blind, sum, flowSum)` */
export function weighCommitment(transcript: bigint, state: WeighState): bigint {
  const { tree, next, blind, sum, flowSum } = state
  return poseidon([transcript, BigInt(tree), BigInt(next), blind, sum, flowSum], ROLES.weighed.tag)
}

/** The state after one chunk more, of which nothing but its sums is known. */
export function nextWeighState(
  before: WeighState,
  sums: WeighSums,
  after: Pick<WeighState, 'tree' | 'next' | 'blind'>,
): WeighState {
  const { tree, next, blind } = after
  return {
    ...{ tree, next, blind },
    sum: toField(before.sum + sums.sum),
    flowSum: toField(before.flowSum + sums.flowSum),
  }
}
