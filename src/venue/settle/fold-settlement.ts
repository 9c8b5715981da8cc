import type { Settlement } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import type { WideTree } from '../../hash/index.js'
import { riskColumns } from '../../risk/index.js'
import {
  byReason,
  chunkPath,
  externalCommitment,
  type Flows,
  flowsDigest,
  TREES,
  treeOf,
  WeighChain,
  type WeighedTrees,
  type WeighSums,
  type WeighWitness,
} from '../../statements/index.js'
import { EpochSecret } from '../epoch-secret.js'
import type { FoldStep, LeafOptions, SharedThreads } from '../fold-ledger.js'
import { recordedPlan } from '../private-record.js'
import type { Balance, SettlementBooks } from './balance.js'
import type { EpochBooks } from './epochs.js'
import type { SettlementPlan } from './plan-settlement.js'
import {
  batchTree,
  chunkOf,
  runOfBatch,
  type TreesOf,
  type WeighTree,
  weighTrees,
  withTreeThreads,
} from './weigh-trees.js'

export interface FoldSettlementOptions extends TreesOf {
  books: SettlementBooks
  /** What all accounts and rows come to: see `balanceOf`. */
  balance: Balance
  /** Threads that compute; default: one for each processor, none for small epochs. */
  threads?: number
  /** Gets how far it is: of two passes over all batches of all trees. */
  progress?: (step: FoldStep) => void
}

/** A settlement folded whole, of which no chunk is proven yet. Private. */
export interface FoldedSettlement {
  trees: readonly WeighTree[]
  /** Over the roots of each tree's batches, by tree. */
  roots: ReadonlyMap<number, WideTree>
  /** What is weighed. */
  weighed: WeighedTrees
  flows: Flows
  external: bigint
  externalBlind: bigint
  flowsBlind: bigint
  /** What each chunk adds, in the order of the chain. */
  sums: readonly WeighSums[]
  /** Commitments to the states from the first to the last: one more than there are chunks. */
  states: readonly bigint[]
  /** The blind of the last state. */
  blind: bigint
}

/**
 * Folds both epochs' accounts and all rows: makes their trees, draws the points, and adds up what each chunk
 * contributes to the states.
 *
 * @throws {InputError} `EPOCH_OTHER_RUN` when accounts, private folder and table of an epoch do not come to
 * the root that it published
 */
export async function foldSettlement(options: FoldSettlementOptions): Promise<FoldedSettlement> {
  const { before, after } = options.books
  const trees = weighTrees(options, [leavesOf(before), leavesOf(after)])
  return withTreeThreads(trees, options.threads, (threads) => foldTrees(options, trees, threads))
}

async function foldTrees(
  { books, plan, secret, balance, progress }: FoldSettlementOptions,
  trees: readonly WeighTree[],
  threads: SharedThreads,
): Promise<FoldedSettlement> {
  const of = trees.flatMap(({ runs }) => runs).reduce((sum, { batches }) => sum + batches, 0)
  const counted = (pass: 1 | 2) => {
    let done = 0
    return () => progress?.({ pass, passes: 2, done: ++done, of })
  }
  const roots = new Map<number, WideTree>()
  const first = counted(1)
  for (const each of trees) {
    const found = await each.roots(threads, first)
    roots.set(each.tree, found)
    const epoch = [books.before, books.after][each.tree]
    if (epoch !== undefined) assertRoot(epoch, found.root)
  }
  const rootOf = (tree: number) => roots.get(tree)?.root ?? 0n
  const flows = flowsOf(balance, books.after.manifest.sizes.spots)
  const [externalBlind, flowsBlind] = [secret.externalBlind(), secret.flowsBlind()]
  const external = externalCommitment(flows, externalBlind)
  const weighed: WeighedTrees = {
    accountsBefore: rootOf(0),
    accountsAfter: rootOf(1),
    roots: byReason((reason) => rootOf(treeOf(reason))),
    flowsDigest: flowsDigest({ ...flows, external }, flowsBlind),
  }
  const chain = new WeighChain(weighed)
  const sums: WeighSums[] = []
  const states = [chain.commitment]
  const second = counted(2)
  for (const each of trees) {
    const own = await each.sums(chain.points, threads, second)
    const last = own.length - 1
    for (const [batch, chunks] of own.entries()) {
      const { level } = runOfBatch(each.runs, batch).instance.sizes
      for (const [chunk, sum] of chunks.entries()) {
        sums.push(sum)
        chain.advance(level, endOf(chunk, chunks.length, batch, last), sum, secret.stateBlind(sums.length))
        states.push(chain.commitment)
      }
    }
  }
  const { state } = chain
  if (state.tree !== TREES || state.sum !== 0n || sums.length !== plan.chunks) {
    throw new RangeError('a settlement that was checked does not come to its last state')
  }
  return {
    ...{ trees, roots, weighed, flows, external, externalBlind, flowsBlind, sums, states },
    blind: state.blind,
  }
}

function endOf(chunk: number, chunks: number, batch: number, last: number) {
  const batchEnd = chunk === chunks - 1
  return { batchEnd, treeEnd: batchEnd && batch === last }
}

/** How the leaves of an epoch are made again. */
function leavesOf({ record, table, manifest, ledger }: EpochBooks): LeafOptions {
  return {
    plan: recordedPlan(record),
    ...{ table, ledger },
    digests: { columns: riskColumns(table, manifest.sizes) },
    secret: EpochSecret.fromHex(record.seed),
  }
}

function assertRoot({ folder, manifest }: EpochBooks, root: bigint): void {
  if (root.toString() === manifest.parts.solvency.accountsRoot) return
  throw new InputError(
    'EPOCH_OTHER_RUN',
    'was made of other accounts than its private folder and the accounts file give',
    {
      where: folder,
      hint: 'Name the very files that each epoch was made of, and the private folder that lies beside it.',
    },
  )
}

/** What flowed, by spot instrument of the instance. */
export function flowsOf({ tally }: Balance, spots: number): Flows {
  const list = (of: (number: number) => bigint) => Array.from({ length: spots }, (_, i) => of(i))
  return {
    in: list((i) => tally.of(i).reasons.transfers.in),
    out: list((i) => tally.of(i).reasons.transfers.out),
    fees: list((i) => tally.net(i, 'fees')),
    accruals: list((i) => tally.net(i, 'accruals')),
    closing: list((i) => tally.net(i, 'liquidations', 'takers')),
  }
}

/** A chunk, ready to be proven. Private. */
export interface FoldedChunk {
  index: number
  instance: string
  witness: WeighWitness
}

/**
 * The chunks of a folded settlement in order, each ready to be proven.
 *
 * @param isKept asked of each chunk, in their order: one that is kept is left out, and nothing is computed
 * for a batch of which all are
 */
export async function* foldedChunks(
  { trees, roots, weighed, sums }: FoldedSettlement,
  secret: EpochSecret,
  isKept: (index: number, instance: string) => Promise<boolean> = async () => false,
): AsyncGenerator<FoldedChunk, void, undefined> {
  const chain = new WeighChain(weighed)
  let index = 0
  for (const each of trees) {
    const { tree, runs } = each
    const last = runs.reduce((sum, run) => sum + run.batches, 0) - 1
    const open = new Map<number, boolean[]>()
    /** Whether a batch has a chunk that is to be proven; those of a batch that has none are gone over. */
    const isWanted = async (batch: number) => {
      const { instance, chunks } = runOfBatch(runs, batch)
      const kept: boolean[] = []
      for (let chunk = 0; chunk < chunks; chunk++) kept.push(await isKept(index + chunk, instance.name))
      open.set(batch, kept)
      if (kept.includes(false)) return true
      for (let chunk = 0; chunk < chunks; chunk++) {
        chain.advance(instance.sizes.level, endOf(chunk, chunks, batch, last), sums[index]!, blindOf())
        index++
      }
      return false
    }
    const blindOf = () => secret.stateBlind(index + 1)
    for await (const { index: batch, places } of each.batches(isWanted)) {
      const { instance, chunks } = runOfBatch(runs, batch)
      const { sizes } = instance
      const own = batchTree(places)
      const kept = open.get(batch)!
      open.delete(batch)
      for (let chunk = 0; chunk < chunks; chunk++, index++) {
        const end = endOf(chunk, chunks, batch, last)
        const [sum, blind] = [sums[index]!, blindOf()]
        if (kept[chunk]) {
          chain.advance(sizes.level, end, sum, blind)
          continue
        }
        const { next } = chain.state
        const children = chunkPath(own, roots.get(tree)!, next, sizes.level)
        const chunkAt = { ...end, sizes, children, places: chunkOf(places, chunk, sizes.level) }
        yield { index, instance: instance.name, witness: chain.step(chunkAt, sum, blind) }
      }
    }
  }
}

/** The instance that proves each chunk, in order: how many in a row one instance proves. */
export function chunkRuns({ trees }: Pick<SettlementPlan, 'trees'>): Settlement['chunks'] {
  const runs: Settlement['chunks'] = []
  for (const { instance, batches, chunks } of trees.flatMap((tree) => tree.runs)) {
    const count = batches * chunks
    const before = runs.at(-1)
    if (before?.instance === instance.name) before.count += count
    else runs.push({ instance: instance.name, count })
  }
  return runs
}
