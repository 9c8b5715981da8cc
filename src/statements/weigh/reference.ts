import { isFieldElement } from '../../field/index.js'
import { ACCOUNTS_DEPTH, BATCH_DEPTH, emptyRoot, rootOfPath, TREE_ARITY, WideTree } from '../../hash/index.js'
import { type Verdict, verdict } from '../verdict.js'
import { placeAfter, treeRoots } from './chain.js'
import { brokenChunk, chunkPlaces, isAccount, placeLeaf } from './chunk.js'
import { TREES } from './reasons.js'
import { nextWeighState, weighCommitment } from './state.js'
import { chunkSums } from './sums.js'
import { activityDigest, settlementTranscript } from './transcript.js'
import type { WeighWitness } from './witness.js'

/**
 * The plain model of `weigh`: the statement in integers and hashes, with no circuit and no proof. It accepts
 * exactly what the circuit accepts, but where a challenge is a pole, which happens to nobody.
 */
export function weighModel(witness: WeighWitness): Verdict {
  const { sizes, before, places, signals } = witness
  const { level, activity } = sizes
  const levels = BATCH_DEPTH + ACCOUNTS_DEPTH - level
  const shape = brokenChunk(sizes, places)
  if (shape.length > 0) return verdict(shape)
  const roots = treeRoots(witness)
  const elements = [
    ...[...Object.values(signals), ...roots, witness.flowsDigest, before.blind, witness.blindAfter],
    ...places.flatMap((place) => {
      if (place === undefined) return []
      return isAccount(place) ? [place.accountId, place.owner, place.salt] : [place.opaque]
    }),
  ]
  if (!elements.every(isFieldElement)) return verdict(['a value is not a field element'])
  if (before.tree < (activity ? 2 : 0) || before.tree >= (activity ? TREES : 2)) {
    return verdict(['the tree is none of those that the instance weighs'])
  }
  if (
    before.next < 0 ||
    before.next >= TREE_ARITY ** (BATCH_DEPTH + ACCOUNTS_DEPTH) ||
    before.next % chunkPlaces(level) !== 0 ||
    witness.children.length !== levels
  ) {
    return verdict(['the place is not one of a chunk'])
  }

  // 1. The chunk in its tree.
  const node = new WideTree(level, places.map(placeLeaf)).root
  const index = before.next / chunkPlaces(level)
  const path = { index, levels: witness.children.map((nodes) => [...nodes]) }
  const reasons: string[] = []
  if (rootOfPath(node, path) !== roots[before.tree]) {
    reasons.push('the path does not lead from the chunk to the root of its tree')
  }

  // 2. What is behind it, where it is the last of its batch or its tree.
  if (witness.treeEnd && !witness.batchEnd) reasons.push('a tree ends within a batch')
  for (const [d, children] of witness.children.entries()) {
    const above = level + d - BATCH_DEPTH
    const way = Math.floor(index / TREE_ARITY ** d) % TREE_ARITY
    const empty = emptyRoot(above < 0 ? level + d : above)
    const ends = above < 0 ? witness.batchEnd : witness.treeEnd
    if (ends && children.slice(way + 1).some((child) => child !== empty)) {
      reasons.push('something stands behind the last chunk')
    }
  }
  if (witness.later <= before.tree || witness.later > TREES) {
    reasons.push('the later tree is none behind this one')
  } else if (roots.slice(before.tree + 1, witness.later).some((root) => root !== 0n)) {
    reasons.push('a tree that has leaves is left out')
  }

  // 3. and 4. Both states, over one transcript.
  const points = settlementTranscript({ ...witness, activity: activityDigest(witness.roots) })
  const sums = chunkSums(places, before.tree, points)
  const place = placeAfter(before, level, witness, witness.later)
  const after = nextWeighState(before, sums, { ...place, blind: witness.blindAfter })
  if (weighCommitment(points.transcript, before) !== signals.stateBefore) {
    reasons.push('stateBefore does not open to the settlement before the chunk')
  }
  if (weighCommitment(points.transcript, after) !== signals.stateAfter) {
    reasons.push('stateAfter does not open to the settlement after the chunk')
  }
  return verdict(reasons)
}
