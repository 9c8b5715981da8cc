import { availableParallelism } from 'node:os'
import { StatementError } from '../errors/index.js'
import { FIELD_ORDER } from '../field/index.js'
import { ACCOUNTS_DEPTH, WideTree } from '../hash/index.js'
import type { Account, Ledger } from '../ledger/index.js'
import { instrumentNumbers, keyIndex, type RiskTable, rowsByKind } from '../risk/index.js'
import {
  type BatchSums,
  type FixedLedger,
  fixLedger,
  LedgerChain,
  type LedgerTable,
  type LedgerWitness,
  noTotals,
  plainSums,
  type SolvencyLedger,
  solvencyLedger,
  type WeighedLedger,
  type WeighPoints,
  type WeighSums,
  weighLedger,
} from '../statements/index.js'
import type { EpochSecret } from './epoch-secret.js'
import {
  type BatchJob,
  BatchWork,
  type Entries,
  type FoldContext,
  type OpenedLeaf,
  type Pass,
  type PassAnswers,
  type PassInputs,
  type SeatedAccount,
} from './fold/batch-work.js'
import { type BatchMembers, batchesOf } from './fold/batches.js'
import { FoldThreads, type FoldWork } from './fold/threads.js'
import type { FoldPlan, LedgerInstance } from './plan-ledger.js'

/** What a ledger is folded from. The same gives the same fold, whenever and on how many threads it is run. */
export interface FoldOptions {
  plan: FoldPlan
  table: RiskTable
  /** Its digests at the plan's sizes: see `riskDigests`. */
  digests: LedgerTable
  ledger: Pick<Ledger, 'accounts'>
  secret: EpochSecret
  /** Threads that compute; default: one for each processor, none for a small ledger. */
  threads?: number
  /** What computes instead of threads of its own: see `withSharedThreads`. */
  work?: FoldWork
  /**
   * Accounts of stressed batches that are kept in memory for the later passes; default 2^15. Where there are
   * more, they are read again in each pass.
   */
  kept?: number
  /** Gets which of the passes it is in, and how many batches of it are done. */
  progress?: (step: FoldStep) => void
}

/** What the leaves of a ledger are made from. */
export type LeafOptions = Omit<FoldOptions, 'digests'> & { digests: Pick<LedgerTable, 'columns'> }

export interface FoldStep {
  pass: number
  passes: number
  done: number
  of: number
}

/** A ledger folded whole, of which no batch is proven yet. Private. */
export interface FoldedLedger {
  ledger: WeighedLedger
  /** Commitments to the states from the first to the last: one more than there are batches. */
  states: readonly bigint[]
  /** What each batch adds to the state before it. */
  sums: readonly BatchSums[]
  /** What solvency opens of it. */
  opening: SolvencyLedger
}

/** A batch, ready to be proven. Private. */
export interface FoldedBatch {
  index: number
  instance: LedgerInstance
  /** The account of every leaf, in the order of the leaves; `undefined` for padding. */
  accounts: (Account | undefined)[]
  witness: LedgerWitness
}

/** Batches from which on threads are worth their start. */
const BATCHES_OF_A_THREAD = 16
const PASSES = 3
const KEPT_ACCOUNTS = 2 ** 15

/**
 * Folds a ledger: fixes its leaves and totals, then its weighted totals, then adds up what each batch
 * contributes to the states. What is kept of a batch is its root and its sums; the accounts of stressed
 * batches, where they are many, are read again in each pass.
 *
 * @throws {StatementError} `LEDGER_UNBALANCED` when the longs and the shorts of a derivative differ
 */
export async function foldLedger(options: FoldOptions): Promise<FoldedLedger> {
  return withThreads(options, async (work) => {
    const stressed = new StressedBatches(options)
    const plain = new Map<number, Entries>()
    const fixed = await fix(options, work, (members, totals) => {
      if (isPlain(members)) plain.set(members.index, totals)
      else stressed.keep(members)
    })
    const { sizes } = options.digests.columns
    const weighted = noTotals(sizes)
    const { accountPoint } = fixed.points
    const later = () => ({ batches: stressed.read(), besides: plain.size })
    await pass(options, work, 2, 'weigh', { accountPoint }, later(), (entries) =>
      addEntries(weighted, entries, FIELD_ORDER),
    )
    const ledger = weighLedger(fixed, weighted, { weightedTotals: options.secret.weightedTotalsBlind() })
    const { points } = ledger
    const sums: BatchSums[] = []
    // All that a plain batch holds are long units of spot instruments, whose keys are their places in a list.
    for (const [index, totals] of plain) sums[index] = plainSums(totals, points)
    await pass(options, work, PASSES, 'sum', { points }, later(), (own, { index }) => {
      sums[index] = own
    })
    const chain = new LedgerChain(ledger)
    const states = [chain.commitment]
    for (const [index, own] of sums.entries()) {
      chain.advance(own, options.secret.stateBlind(index + 1))
      states.push(chain.commitment)
    }
    return { ledger, states, sums, opening: solvencyLedger(chain) }
  })
}

function isPlain({ instance }: Pick<BatchMembers, 'instance'>): boolean {
  return instance.sizes.scenarios === 0
}

/** The batches of a ledger that the later passes of a fold go over. */
class StressedBatches {
  private readonly kept: BatchMembers[] | undefined

  constructor(private readonly options: FoldOptions) {
    const runs = options.plan.runs.filter((run) => !isPlain(run))
    const accounts = runs.reduce((sum, { batches, instance }) => sum + batches * instance.sizes.accounts, 0)
    this.kept = accounts <= (options.kept ?? KEPT_ACCOUNTS) ? [] : undefined
  }

  keep(members: BatchMembers): void {
    this.kept?.push(members)
  }

  async *read(): AsyncGenerator<BatchMembers, void, undefined> {
    if (this.kept) return yield* this.kept
    for await (const members of allBatches(this.options)) if (!isPlain(members)) yield members
  }
}

function allBatches({ plan, table, ledger, secret }: LeafOptions): AsyncGenerator<BatchMembers> {
  return batchesOf(plan, table, ledger, secret.shuffleSeed())
}

/** The leaves of a ledger, and the tree over the roots of its batches. Private. */
export interface LedgerTree {
  roots: WideTree
  /** The leaves of a batch by its place: see `PassAnswers`. */
  leaves: readonly Uint8Array[]
}

/** The tree of a ledger, as `foldLedger` fixes it. */
export async function foldTree(options: FoldOptions): Promise<LedgerTree> {
  return withThreads(options, async (work) => {
    const roots: bigint[] = []
    const leaves: Uint8Array[] = []
    await pass(options, work, 1, 'leaves', {}, { batches: allBatches(options) }, (answer, { index }) => {
      roots[index] = answer.root
      leaves[index] = answer.leaves
    })
    return { roots: new WideTree(ACCOUNTS_DEPTH, roots), leaves }
  })
}

/**
 * The tree over the roots of a ledger's batches, none of whose leaves are kept.
 *
 * @param onBatch called as each batch is done
 */
export async function foldRoots(options: LeafOptions, onBatch: () => void = () => {}): Promise<WideTree> {
  return withThreads(options, async (work) => {
    const roots: bigint[] = []
    await pass(options, work, 1, 'leaves', {}, { batches: allBatches(options) }, (answer, { index }) => {
      roots[index] = answer.root
      onBatch()
    })
    return new WideTree(ACCOUNTS_DEPTH, roots)
  })
}

/**
 * What each chunk of a ledger's batches adds to the states of a settlement, by the place of its batch.
 *
 * @param given levelOf says how large the chunks of a batch are
 * @param onBatch called as each batch is done
 */
export async function foldChunks(
  options: LeafOptions,
  given: { tree: number; points: WeighPoints; levelOf: (batch: number) => number },
  onBatch: () => void = () => {},
): Promise<WeighSums[][]> {
  const { tree, points, levelOf } = given
  return withThreads(options, async (work) => {
    const sums: WeighSums[][] = []
    async function* jobs() {
      for await (const members of allBatches(options)) {
        yield { pass: 'chunks', members, tree, points, level: levelOf(members.index) } as BatchJob
      }
    }
    await work.each<'chunks'>(jobs(), (own, { index }) => {
      sums[index] = own
      onBatch()
    })
    return sums
  })
}

/** A batch with what opens each of its leaves, in their order. Private. */
export interface OpenedBatch {
  index: number
  leaves: OpenedLeaf[]
  /** The leaf behind them that is of no account, where there is one: see `OpaqueLeaf`. */
  opaque: bigint | undefined
}

/**
 * The batches of a ledger in their order, each with what opens its leaves.
 *
 * @param isWanted asked of each batch: for one that is not, nothing is computed
 */
export async function* openedBatches(
  options: LeafOptions,
  isWanted: (index: number) => Promise<boolean> = async () => true,
): AsyncGenerator<OpenedBatch, void, undefined> {
  const { plan, table, ledger, secret } = options
  const work = new BatchWork(contextOf(options))
  for (const run of plan.runs.keys()) {
    for await (const members of batchesOf(plan, table, ledger, secret.shuffleSeed(), run)) {
      const { index } = members
      if (await isWanted(index)) {
        yield { index, leaves: work.opened(members), opaque: work.opaque(members) }
      }
    }
  }
}

/** A batch with its accounts at their places; `undefined` stands for padding. Private. */
export interface SeatedBatch {
  index: number
  instance: LedgerInstance
  seats: (SeatedAccount | undefined)[]
}

/** The batches of a ledger, each as soon as it is full. Nothing is hashed. */
export async function* seatedBatches(options: FoldOptions): AsyncGenerator<SeatedBatch, void, undefined> {
  const work = new BatchWork(contextOf(options))
  for await (const members of allBatches(options)) {
    const { index, instance } = members
    yield { index, instance, seats: work.seats(members) }
  }
}

/**
 * The batches of a folded ledger, in order, each ready to be proven.
 *
 * @param isKept asked of each batch, in their order: one that is kept is left out, and nothing is computed
 * for it
 */
export async function* foldedBatches(
  options: FoldOptions,
  { ledger, sums }: Pick<FoldedLedger, 'ledger' | 'sums'>,
  isKept: (index: number, instance: LedgerInstance) => Promise<boolean> = async () => false,
): AsyncGenerator<FoldedBatch, void, undefined> {
  const { plan, secret } = options
  const work = new BatchWork(contextOf(options))
  const chain = new LedgerChain(ledger)
  for (const run of plan.runs.keys()) {
    for await (const members of batchesOf(plan, options.table, options.ledger, secret.shuffleSeed(), run)) {
      const { index, instance } = members
      const [own, blind] = [sums[index]!, secret.stateBlind(index + 1)]
      if (await isKept(index, instance)) {
        chain.advance(own, blind)
        continue
      }
      const { accounts, batch } = work.place(members)
      yield { index, instance, accounts, witness: chain.step(batch, own, blind) }
    }
  }
}

/** Threads that several folds compute with, one after the other: they are started once. */
export interface SharedThreads {
  of(fold: LeafOptions): FoldWork
}

/**
 * Does some work with threads that several folds share.
 *
 * @param count how many; default: one for each processor, none where all folds together are small
 */
export async function withSharedThreads<T>(
  folds: readonly LeafOptions[],
  count: number | undefined,
  use: (threads: SharedThreads) => Promise<T>,
): Promise<T> {
  const batches = folds.reduce((sum, { plan }) => sum + plan.batches, 0)
  const threads = await FoldThreads.start(folds.map(contextOf), threadsFor(batches, count))
  try {
    return await use({ of: (fold) => threads.of(folds.indexOf(fold)) })
  } finally {
    await threads.close()
  }
}

async function withThreads<T>(options: LeafOptions, use: (work: FoldWork) => Promise<T>): Promise<T> {
  if (options.work) return use(options.work)
  return withSharedThreads([options], options.threads, (threads) => use(threads.of(options)))
}

function threadsFor(batches: number, wanted: number | undefined): number {
  const count = wanted ?? Math.min(availableParallelism(), Math.floor(batches / BATCHES_OF_A_THREAD))
  return count > 1 ? count : 0
}

async function fix(
  options: FoldOptions,
  work: FoldWork,
  take: (members: BatchMembers, totals: Entries) => void = () => {},
): Promise<FixedLedger> {
  const { digests, secret } = options
  const totals = noTotals(digests.columns.sizes)
  const roots: bigint[] = []
  await pass(options, work, 1, 'fix', {}, { batches: allBatches(options) }, (answer, members) => {
    roots[members.index] = answer.root
    addEntries(totals, answer.totals)
    take(members, answer.totals)
  })
  assertBalanced(options, totals)
  return fixLedger(digests, roots, totals, { totals: secret.totalsBlind() })
}

async function pass<P extends Pass>(
  { plan, progress }: Pick<FoldOptions, 'plan' | 'progress'>,
  work: FoldWork,
  number: number,
  name: P,
  given: PassInputs[P],
  { batches, besides = 0 }: { batches: AsyncIterable<BatchMembers>; besides?: number },
  take: (answer: PassAnswers[P], members: BatchMembers) => void,
): Promise<void> {
  async function* jobs() {
    for await (const members of batches) yield { ...given, pass: name, members } as BatchJob
  }
  let done = besides
  await work.each<P>(jobs(), (answer, members) => {
    take(answer, members)
    progress?.({ pass: number, passes: name === 'leaves' ? 1 : PASSES, done: ++done, of: plan.batches })
  })
}

function contextOf({ digests, table, secret }: LeafOptions): FoldContext {
  return { seed: secret.toHex(), columns: digests.columns, numbers: instrumentNumbers(table) }
}

function addEntries(list: bigint[], entries: Entries, modulus?: bigint): void {
  for (const [key, value] of entries) {
    const sum = list[key]! + value
    list[key] = modulus === undefined ? sum : sum % modulus
  }
}

/** Found before anything is proven: over such a ledger no solvency ever is. */
function assertBalanced({ table, digests }: FoldOptions, totals: readonly bigint[]): void {
  const { sizes } = digests.columns
  const numbers = instrumentNumbers(table)
  const unbalanced = rowsByKind(table).derivatives.filter((row) => {
    const [long, short] = (['long', 'short'] as const).map(
      (side) => totals[keyIndex(sizes, numbers[row]!, side)!],
    )
    return long !== short
  })
  if (unbalanced.length === 0) return
  throw new StatementError(
    'LEDGER_UNBALANCED',
    unbalanced.map((row) => `${table.instruments[row]!.symbol}: longs and shorts are not equal`).join('; '),
    {
      hint: 'Every long position in a derivative has a short one: look for accounts that are missing, as those of the venue itself. `plimsoll ledger check` shows both sums.',
    },
  )
}
