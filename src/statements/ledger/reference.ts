import {
  fits,
  isFieldElement,
  keyOf,
  MAGNITUDE_BITS,
  magnitudeOf,
  sideOf,
  toField,
} from '../../field/index.js'
import {
  ACCOUNTS_DEPTH,
  BATCH_DEPTH,
  EMPTY_LEAF,
  leafHash,
  rootOfPath,
  TREE_ARITY,
  WideTree,
} from '../../hash/index.js'
import { riskRootOf } from '../../risk/index.js'
import { type Verdict, verdict } from '../verdict.js'
import { equitiesOf, shortfallSums } from './equity.js'
import { stateCommitment } from './state.js'
import { limitOf } from './tiers.js'
import type { LedgerWitness } from './witness.js'

/**
 * The plain model of `ledger`: the statement in integers and hashes, with no circuit and no proof.
 * It accepts exactly what the circuit accepts.
 */
export function ledgerModel(witness: LedgerWitness): Verdict {
  const { sizes, signals } = witness
  const reasons: string[] = []

  if (
    witness.holders.length !== sizes.accounts ||
    witness.slots.length !== sizes.accounts ||
    witness.slots.some((slots) => slots.length !== sizes.slots)
  ) {
    return verdict(['the accounts or their slots are not as many as the instance has'])
  }
  if (
    witness.totalsBefore.length !== 2 * sizes.instruments ||
    witness.totalsAfter.length !== 2 * sizes.instruments
  ) {
    return verdict(['the totals are not as many as the instance has'])
  }
  const { scenarios } = witness.table.columns
  if (
    [scenarios, witness.shortfallsBefore, witness.shortfallsAfter].some(
      (l) => l.length !== sizes.scenarios,
    ) ||
    witness.equities.length !== sizes.accounts ||
    witness.equities.some((account) => account.length !== sizes.scenarios)
  ) {
    return verdict(['the scenarios are not as many as the instance has'])
  }
  if (
    witness.batchIndex < 0 ||
    witness.batchIndex >= TREE_ARITY ** ACCOUNTS_DEPTH ||
    witness.children.length !== ACCOUNTS_DEPTH ||
    witness.children.some((level) => level.length !== TREE_ARITY)
  ) {
    return verdict(['the position is not one of the accounts tree'])
  }
  if (![...Object.values(signals), ...witness.holders, ...witness.totalsAfter].every(isFieldElement)) {
    return verdict(['a value is not a field element'])
  }

  // 1. Slots.
  const sums = new Array<bigint>(2 * sizes.instruments).fill(0n)
  for (const [u, slots] of witness.slots.entries()) {
    for (const [s, { instrument, quantity }] of slots.entries()) {
      const magnitude = magnitudeOf(quantity)
      if (!fits(quantity, MAGNITUDE_BITS)) {
        return verdict([`account ${u}, slot ${s}: the magnitude is out of range`])
      }
      if (quantity < 0n && sizes.scenarios === 0) {
        reasons.push(`account ${u}, slot ${s}: a negative quantity in an instance without scenarios`)
      }
      const key = keyOf({ instrument, quantity })
      if (key < sums.length) sums[key]! += magnitude
      else if (magnitude > 0n) reasons.push(`account ${u}, slot ${s}: the instrument is not in the table`)
    }
  }

  // 2. The accounts tree: empty before, the batch's root after, nothing else changed.
  const leaves = witness.slots.map((slots, u) => leafHash(witness.holders[u]!, slots))
  const batchRoot = new WideTree(BATCH_DEPTH, leaves).root
  const path = { index: witness.batchIndex, levels: witness.children.map((level) => [...level]) }
  const rootBefore = rootOfPath(EMPTY_LEAF, path)
  if (rootBefore === undefined) {
    reasons.push('the path does not lead from an empty position')
    return verdict(reasons)
  }
  const rootAfter = rootAfterInsert(batchRoot, path)

  // 3. The states, and the totals between them.
  const before = stateCommitment({
    batchIndex: witness.batchIndex,
    accountsRoot: rootBefore,
    totals: witness.totalsBefore,
    shortfalls: witness.shortfallsBefore,
    blind: witness.blindBefore,
  })
  const after = stateCommitment({
    batchIndex: witness.batchIndex + 1,
    accountsRoot: rootAfter,
    totals: witness.totalsAfter,
    shortfalls: witness.shortfallsAfter,
    blind: witness.blindAfter,
  })
  if (before !== signals.stateBefore) reasons.push('stateBefore does not open to the ledger before the batch')
  if (after !== signals.stateAfter) reasons.push('stateAfter does not open to the ledger after the batch')
  for (const [key, sum] of sums.entries()) {
    if (toField(witness.totalsAfter[key]! - witness.totalsBefore[key]!) !== sum) {
      const { instrument, side } = sideOf(key)
      reasons.push(`the ${side} total of instrument ${instrument} does not grow by what the batch holds`)
    }
  }
  if (sizes.scenarios > 0) reasons.push(...brokenByScenarios(witness))
  const { widths } = witness.table.columns
  if (widths !== undefined) {
    if (widths.length !== sizes.instruments)
      return verdict(['the widths are not as many as the instance has'])
    reasons.push(...brokenByTiers(witness.slots, widths))
  }
  return verdict(reasons)
}

/**
 * 5. Of a tiered table each account holds a key once, its keys rising, and of each tier at most its width.
 */
function brokenByTiers(accounts: LedgerWitness['slots'], widths: readonly bigint[]): string[] {
  const reasons: string[] = []
  for (const [u, slots] of accounts.entries()) {
    let last = -1
    let ended = false
    for (const [s, { instrument, quantity }] of slots.entries()) {
      if (quantity === 0n) {
        ended = true
        continue
      }
      const key = keyOf({ instrument, quantity })
      if (ended || key <= last) reasons.push(`account ${u}, slot ${s}: the keys do not rise`)
      last = key
      const spare = limitOf(instrument, widths) - magnitudeOf(quantity)
      if (spare < 0n || spare >> BigInt(MAGNITUDE_BITS)) {
        reasons.push(`account ${u}, slot ${s}: not within the width of its tier`)
      }
    }
  }
  return reasons
}

/** 4. The table, the equities, and the shortfall sums between the states. */
function brokenByScenarios({ slots, equities, table, signals, ...witness }: LedgerWitness): string[] {
  const reasons: string[] = []
  const { scenarios } = table.columns
  if (riskRootOf(table) !== signals.riskRoot) {
    reasons.push('riskRoot does not open to the unit values')
  }
  for (const [u, account] of slots.entries()) {
    for (const [s, equity] of equitiesOf(account, scenarios).entries()) {
      if (equities[u]![s] !== equity)
        reasons.push(`account ${u}: another equity than it has in scenario ${s}`)
    }
  }
  for (const [s, sum] of shortfallSums(equities, scenarios.length).entries()) {
    if (toField(witness.shortfallsAfter[s]! - witness.shortfallsBefore[s]!) !== sum) {
      reasons.push(`the shortfall sum of scenario ${s} does not grow by what the batch lacks`)
    }
  }
  return reasons
}

function rootAfterInsert(leaf: bigint, path: { index: number; levels: bigint[][] }): bigint {
  let node = leaf
  let index = path.index
  for (const level of path.levels) {
    const children = [...level]
    children[index % TREE_ARITY] = node
    node = nodeHash(children)
    index = Math.floor(index / TREE_ARITY)
  }
  return node
}

function nodeHash(children: readonly bigint[]): bigint {
  return new WideTree(1, children).root
}
