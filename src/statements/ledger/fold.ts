import { InputError } from '../../errors/index.js'
import { ACCOUNTS_DEPTH, TREE_ARITY, WideTree } from '../../hash/index.js'
import type { RiskDigests } from '../../risk/index.js'
import type { LedgerBatch } from './batch.js'
import { firstState, type LedgerState, nextState, stateCommitment } from './state.js'
import type { BatchSums } from './sums.js'
import { totalsDigest, weightedTotalsDigest } from './totals.js'
import {
  type FirstTranscript,
  firstTranscript,
  type SecondTranscript,
  secondTranscript,
  type TranscriptParts,
} from './transcript.js'
import type { LedgerWitness } from './witness.js'

/** The parts of the risk table that a ledger needs: see `riskDigests`. */
export type LedgerTable = Pick<RiskDigests, 'riskRoot' | 'columns' | 'rowsDigest' | 'timestamp'>

/** What hides the claims of a ledger. Random, fresh. */
export interface LedgerBlinds {
  totals: bigint
  weightedTotals: bigint
}

/** A ledger whose leaves and totals are fixed: the first challenges can be drawn. Private. */
export interface FixedLedger {
  table: LedgerTable
  /** Over the roots of all batches. */
  tree: WideTree
  /** By key, in smallest units. */
  totals: readonly bigint[]
  totalsBlind: bigint
  totalsDigest: bigint
  points: FirstTranscript
}

/** A ledger whose weighted totals are fixed as well: its batches can be proven. Private. */
export interface WeighedLedger extends Omit<FixedLedger, 'points'> {
  /** By key, field elements. */
  weightedTotals: readonly bigint[]
  weightedTotalsBlind: bigint
  weightedTotalsDigest: bigint
  points: FirstTranscript & SecondTranscript
}

/**
 * Fixes the leaves and the totals of a ledger.
 *
 * @param roots of all batches, in their order: see `batchRoot`
 * @param totals by key: see `addTotals`
 * @throws {InputError} `LEDGER_BATCH` for no batch, or more than the tree has places for
 */
export function fixLedger(
  table: LedgerTable,
  roots: readonly bigint[],
  totals: readonly bigint[],
  blinds: Pick<LedgerBlinds, 'totals'>,
): FixedLedger {
  if (roots.length === 0) throw new InputError('LEDGER_BATCH', 'a ledger has at least one batch')
  if (roots.length > TREE_ARITY ** ACCOUNTS_DEPTH) {
    throw new InputError('LEDGER_BATCH', `a ledger has at most ${TREE_ARITY ** ACCOUNTS_DEPTH} batches`, {
      hint: 'Use instances with more accounts.',
    })
  }
  const tree = new WideTree(ACCOUNTS_DEPTH, roots)
  const digest = totalsDigest(totals, table.columns, blinds.totals)
  const points = firstTranscript({
    accountsRoot: tree.root,
    riskRoot: table.riskRoot,
    totalsDigest: digest,
    scenarios: table.columns.sizes.scenarios,
  })
  return { table, tree, totals, totalsBlind: blinds.totals, totalsDigest: digest, points }
}

/**
 * Fixes the weighted totals of a ledger.
 *
 * @param given by key, at the first challenges: see `addWeightedTotals`; of no use without scenarios
 */
export function weighLedger(
  fixed: FixedLedger,
  given: readonly bigint[],
  blinds: Pick<LedgerBlinds, 'weightedTotals'>,
): WeighedLedger {
  const weightedTotals = fixed.table.columns.sizes.scenarios === 0 ? [] : given
  const blind = blinds.weightedTotals
  const digest = weightedTotalsDigest(weightedTotals, fixed.table.columns.sizes, blind)
  const points = { ...fixed.points, ...secondTranscript(fixed.points.first, digest) }
  return { ...fixed, weightedTotals, weightedTotalsBlind: blind, weightedTotalsDigest: digest, points }
}

/** The chain of states over the batches of a ledger, one after the other. */
export class LedgerChain {
  private current: LedgerState

  constructor(readonly ledger: WeighedLedger) {
    this.current = firstState(ledger.table.columns.sizes.scenarios)
  }

  /** The state after the batches so far. */
  get state(): LedgerState {
    return this.current
  }

  /** Its commitment. */
  get commitment(): bigint {
    return stateCommitment(this.ledger.points.second, this.current)
  }

  /** Goes on by one batch, of which nothing but its sums is known. */
  advance(sums: BatchSums, blind: bigint): void {
    this.current = nextState(this.current, sums, blind)
  }

  /**
   * Goes on by one batch.
   *
   * @param blind random, fresh: hides the state after it
   */
  step(batch: LedgerBatch, sums: BatchSums, blind: bigint): LedgerWitness {
    const before = this.current
    const stateBefore = this.commitment
    this.advance(sums, blind)
    const { table, tree } = this.ledger
    return {
      ...batch,
      signals: { stateBefore, stateAfter: this.commitment },
      children: tree.path(before.count).levels,
      riskRoot: table.riskRoot,
      totalsDigest: this.ledger.totalsDigest,
      weightedTotalsDigest: this.ledger.weightedTotalsDigest,
      scenarios: table.columns.sizes.scenarios,
      before,
      blindAfter: blind,
    }
  }
}

/**
 * The commitment to the first state of a ledger with these totals, which the rest of a ledger does not
 * change: so it opens to them while weighted totals and accounts stay shut.
 *
 * @param parts totals by key at the sizes of the columns
 */
export function firstStateOf(parts: FirstStateParts): bigint {
  const { accountsRoot, riskRoot, columns, totals, totalsBlind, weightedTotalsDigest: weighted } = parts
  const { scenarios } = columns.sizes
  const digest = totalsDigest(totals, columns, totalsBlind)
  return firstStateOpened({ accountsRoot, riskRoot, totalsDigest: digest, scenarios }, weighted)
}

/** What the first state of a ledger commits to. Private, but for roots and columns. */
export interface FirstStateParts extends Pick<FixedLedger, 'totals' | 'totalsBlind'> {
  accountsRoot: bigint
  riskRoot: bigint
  columns: RiskDigests['columns']
  weightedTotalsDigest: bigint
}

/** The commitment to the first state of a ledger, from what its transcripts absorb. */
export function firstStateOpened(parts: TranscriptParts, weightedTotalsDigest: bigint): bigint {
  const { first } = firstTranscript(parts)
  return stateCommitment(secondTranscript(first, weightedTotalsDigest).second, firstState(parts.scenarios))
}
