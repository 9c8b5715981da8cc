import { ACCOUNTS_DEPTH, BATCH_DEPTH, WideTree } from '../../hash/index.js'
import { riskColumns } from '../../risk/index.js'
import {
  chunkPlaces,
  chunkSums,
  placeLeaf,
  treeOf,
  type WeighPlace,
  type WeighPoints,
  type WeighSums,
} from '../../statements/index.js'
import type { EpochSecret } from '../epoch-secret.js'
import { startsOf } from '../fold/batches.js'
import {
  foldChunks,
  foldRoots,
  type LeafOptions,
  openedBatches,
  type SharedThreads,
  withSharedThreads,
} from '../fold-ledger.js'
import type { SettlementBooks } from './balance.js'
import type { LiquidationRow } from './liquidation-rows.js'
import type { SettlementPlan, WeighRun } from './plan-settlement.js'

/** A batch of a tree that is weighed. Private. */
export interface WeighBatch {
  index: number
  places: WeighPlace[]
  /** Whose account or rows each place has; `undefined` for padding and for what is of no account. */
  ids: (string | undefined)[]
}

/** One tree of a settlement. */
export interface WeighTree {
  tree: number
  runs: readonly WeighRun[]
  /** How its leaves are made; `undefined` for liquidations, whose leaves their proofs have. */
  fold?: LeafOptions
  /** The tree over the roots of its batches. */
  roots(threads: SharedThreads, onBatch: () => void): Promise<WideTree>
  /** What its chunks add to the states, batch by batch. */
  sums(points: WeighPoints, threads: SharedThreads, onBatch: () => void): Promise<WeighSums[][]>
  /** Its batches in order; for one that is not wanted, nothing is computed. */
  batches(isWanted?: (index: number) => Promise<boolean>): AsyncGenerator<WeighBatch>
}

/** How a batch of a tree is weighed. */
export function runOfBatch(runs: readonly WeighRun[], batch: number): WeighRun {
  const starts = startsOf({ runs })
  return runs[starts.findLastIndex((start) => start <= batch)]!
}

/** What trees of rows are made of. */
export interface TreesOf {
  books: Pick<SettlementBooks, 'activity' | 'liquidations' | 'table'>
  plan: SettlementPlan
  secret: EpochSecret
}

/**
 * Every tree of a settlement, in their order.
 *
 * @param folds how the ledgers of both epochs are folded
 */
export function weighTrees(given: TreesOf, folds: readonly [LeafOptions, LeafOptions]): WeighTree[] {
  const runsOf = (tree: number) => given.plan.trees.find((each) => each.tree === tree)!.runs
  const ledgers = folds.map((fold, tree) => new FoldedTree(tree, runsOf(tree), fold))
  return [...ledgers, ...rowTrees(given)].sort((a, b) => a.tree - b.tree)
}

/** The trees of rows alone. */
export function rowTrees({ books, plan, secret }: TreesOf): WeighTree[] {
  const { activity, liquidations } = books
  return plan.trees.flatMap(({ tree, runs }): WeighTree[] => {
    if (tree === treeOf('liquidations')) return [new LiquidationTree(tree, runs, liquidations)]
    const found = [...plan.rows].find(([reason]) => treeOf(reason) === tree)
    if (found === undefined) return []
    const [reason, rows] = found
    const fold: LeafOptions = {
      plan: rows,
      table: books.table,
      digests: { columns: riskColumns(books.table) },
      ledger: activity.get(reason)!.activity,
      secret: secret.rows(reason),
    }
    return [new FoldedTree(tree, runs, fold)]
  })
}

/**
 * Does some work with threads that all trees share.
 *
 * @param count how many threads; default: one for each processor, none where all trees together are small
 */
export function withTreeThreads<T>(
  trees: readonly WeighTree[],
  count: number | undefined,
  work: (threads: SharedThreads) => Promise<T>,
): Promise<T> {
  return withSharedThreads(
    trees.flatMap(({ fold }) => fold ?? []),
    count,
    work,
  )
}

/** The tree of an epoch's accounts, or of the rows of a reason: folded as a ledger is. */
class FoldedTree implements WeighTree {
  constructor(
    readonly tree: number,
    readonly runs: readonly WeighRun[],
    readonly fold: LeafOptions,
  ) {}

  roots(threads: SharedThreads, onBatch: () => void): Promise<WideTree> {
    return foldRoots({ ...this.fold, work: threads.of(this.fold) }, onBatch)
  }

  sums(points: WeighPoints, threads: SharedThreads, onBatch: () => void): Promise<WeighSums[][]> {
    const levelOf = (batch: number) => runOfBatch(this.runs, batch).instance.sizes.level
    const fold = { ...this.fold, work: threads.of(this.fold) }
    return foldChunks(fold, { tree: this.tree, points, levelOf }, onBatch)
  }

  async *batches(isWanted?: (index: number) => Promise<boolean>): AsyncGenerator<WeighBatch> {
    for await (const { index, leaves, opaque } of openedBatches(this.fold, isWanted)) {
      const ids = leaves.map(({ account }) => account?.id)
      const places = leaves.map(({ account: _, ...place }): WeighPlace => place)
      yield { index, places: opaque === undefined ? places : [...places, { opaque }], ids }
    }
  }
}

/** The tree of liquidations: what moved in each, as the proofs of the earlier epoch commit to it. */
class LiquidationTree implements WeighTree {
  private readonly all: LiquidationRow[][]

  constructor(
    readonly tree: number,
    readonly runs: readonly WeighRun[],
    rows: readonly LiquidationRow[],
  ) {
    this.all = liquidationBatches(runs, rows)
  }

  async roots(_: SharedThreads, onBatch: () => void): Promise<WideTree> {
    const roots = this.all.map((rows) => {
      onBatch()
      return batchTree(rows).root
    })
    return new WideTree(ACCOUNTS_DEPTH, roots)
  }

  async sums(points: WeighPoints, _: SharedThreads, onBatch: () => void): Promise<WeighSums[][]> {
    return this.all.map((rows) => {
      onBatch()
      return [chunkSums(rows, this.tree, points)]
    })
  }

  async *batches(isWanted = async (_: number) => true): AsyncGenerator<WeighBatch> {
    for (const [index, rows] of this.all.entries()) {
      if (!(await isWanted(index))) continue
      yield { index, ids: rows.map(({ id }) => id), places: rows.map(placeOf) }
    }
  }
}

function placeOf({ accountId, owner, salt, slots }: LiquidationRow): WeighPlace {
  return { accountId, owner, salt, slots }
}

/** Liquidations in the batches of their tree: those of one width after those of a smaller. */
export function liquidationBatches(
  runs: readonly WeighRun[],
  rows: readonly LiquidationRow[],
): LiquidationRow[][] {
  return runs.flatMap(({ instance: { sizes } }) => {
    const own = rows.filter(({ slots }) => slots.length === sizes.slots)
    return Array.from({ length: Math.ceil(own.length / sizes.leaves) }, (_, batch) =>
      own.slice(batch * sizes.leaves, (batch + 1) * sizes.leaves),
    )
  })
}

/** The tree over the leaves of a batch. */
export function batchTree(places: readonly WeighPlace[]): WideTree {
  return new WideTree(BATCH_DEPTH, places.map(placeLeaf))
}

/** The places of one chunk of a batch. */
export function chunkOf(places: readonly WeighPlace[], chunk: number, level: number): WeighPlace[] {
  const count = chunkPlaces(level)
  return places.slice(chunk * count, (chunk + 1) * count)
}
