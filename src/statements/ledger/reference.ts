import { isFieldElement } from '../../field/index.js'
import { ACCOUNTS_DEPTH, rootOfPath, TREE_ARITY } from '../../hash/index.js'
import { type Verdict, verdict } from '../verdict.js'
import { batchRoot, brokenShape } from './batch.js'
import { nextState, stateCommitment } from './state.js'
import { batchSums } from './sums.js'
import { firstTranscript, secondTranscript } from './transcript.js'
import type { LedgerWitness } from './witness.js'

/**
 * The plain model of `ledger`: the statement in integers and hashes, with no circuit and no proof. It accepts
 * exactly what the circuit accepts.
 */
export function ledgerModel(witness: LedgerWitness): Verdict {
  const { sizes, signals, before } = witness
  const shape = brokenShape(witness)
  if (shape.length > 0) return verdict(shape)
  if (before.shortfalls.length !== witness.scenarios) {
    return verdict(['the shortfalls are not as many as the ledger has scenarios'])
  }
  if (
    before.count < 0 ||
    before.count >= TREE_ARITY ** ACCOUNTS_DEPTH ||
    witness.children.length !== ACCOUNTS_DEPTH ||
    witness.children.some((level) => level.length !== TREE_ARITY)
  ) {
    return verdict(['the place is not one of the accounts tree'])
  }
  if (![...Object.values(signals), ...witness.accounts.map(({ holder }) => holder)].every(isFieldElement)) {
    return verdict(['a value is not a field element'])
  }
  if (sizes.scenarios > 0 && sizes.scenarios !== witness.scenarios) {
    return verdict(['the ledger has another number of scenarios'])
  }

  // 1. The batch at its place.
  const accountsRoot = rootOfPath(batchRoot(witness), {
    index: before.count,
    levels: witness.children.map((level) => [...level]),
  })
  if (accountsRoot === undefined) return verdict(['the path does not lead to the batch at its place'])

  // 2. The transcripts, and the states over them.
  const first = firstTranscript({ ...witness, accountsRoot })
  const points = { ...first, ...secondTranscript(first.first, witness.weightedTotalsDigest) }
  const sums = batchSums(witness, before.count, points)
  const after = nextState(before, sums, witness.blindAfter)
  const reasons: string[] = []
  if (stateCommitment(points.second, before) !== signals.stateBefore) {
    reasons.push('stateBefore does not open to the ledger before the batch')
  }
  if (stateCommitment(points.second, after) !== signals.stateAfter) {
    reasons.push('stateAfter does not open to the ledger after the batch')
  }
  return verdict(reasons)
}
