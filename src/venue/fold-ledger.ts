import { availableParallelism } from 'node:os'
import { StatementError } from '../errors/index.js'
import { FIELD_ORDER } from '../field/index.js'
import type { Account, Ledger } from '../ledger/index.js'
import { instrumentNumbers, keyIndex, type RiskTable, rowsByKind } from '../risk/index.js'
import {
  type BatchSums,
  batchSums,
  type FixedLedger,
  fixLedger,
  LedgerChain,
  type LedgerTable,
  type LedgerWitness,
  noTotals,
  type SolvencyLedger,
  solvencyLedger,
  type WeighedLedger,
  weighLedger,
} from '../statements/index.js'
import type { EpochSecret } from './epoch-secret.js'
import {
  type BatchJob,
  BatchWork,
  type Entries,
  type FoldContext,
  type Pass,
  type PassAnswers,
  type PassInputs,
  type PlacedBatch,
} from './fold/batch-work.js'
import { type BatchMembers, batchesOf } from './fold/batches.js'
import { FoldThreads } from './fold/threads.js'
import type { LedgerInstance, LedgerPlan } from './plan-ledger.js'

/** What a ledger is folded from. The same gives the same fold, whenever and on how many threads it is run. */
export interface FoldOptions {
  plan: LedgerPlan
  table: RiskTable
  /** Its digests at the plan's sizes: see `riskDigests`. */
  digests: LedgerTable
  ledger: Pick<Ledger, 'accounts'>
  secret: EpochSecret
  /** Threads that compute; default: one for each processor, none for a small ledger. */
  threads?: number
  /** Gets which of the passes it is in, and how many batches of it are done. */
  progress?: (step: FoldStep) => void
}

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

/**
 * Folds a ledger: fixes its leaves and totals, then its weighted totals, then adds up what each batch
 * contributes to the states. Accounts are read again in each pass; what is kept of a batch is its root and
 * its sums.
 *
 * @throws {StatementError} `LEDGER_UNBALANCED` when the longs and the shorts of a derivative differ
 */
export async function foldLedger(options: FoldOptions): Promise<FoldedLedger> {
  return withThreads(options, async (threads) => {
    const fixed = await fix(options, threads)
    const { sizes } = options.digests.columns
    const weighted = noTotals(sizes)
    await pass(options, threads, 2, 'weigh', { accountPoint: fixed.points.accountPoint }, (entries) =>
      addEntries(weighted, entries, FIELD_ORDER),
    )
    const ledger = weighLedger(fixed, weighted, { weightedTotals: options.secret.weightedTotalsBlind() })
    const sums: BatchSums[] = []
    await pass(options, threads, PASSES, 'sum', { points: ledger.points }, (own, { index }) => {
      sums[index] = own
    })
    const chain = new LedgerChain(ledger)
    const states = [chain.commitment]
    for (const [index, own] of sums.entries()) {
      chain.advance(own, options.secret.stateBlind(index + 1))
      states.push(chain.commitment)
    }
    return { ledger, states, opening: solvencyLedger(chain) }
  })
}

/** The tree over the roots of a ledger's batches, as `foldLedger` fixes it. */
export async function foldRoots(options: FoldOptions): Promise<WeighedLedger['tree']> {
  return withThreads(options, async (threads) => (await fix(options, threads)).tree)
}

/** The batches of a folded ledger, in order, each ready to be proven. */
export async function* foldedBatches(
  options: FoldOptions,
  { ledger }: Pick<FoldedLedger, 'ledger'>,
): AsyncGenerator<FoldedBatch, void, undefined> {
  const { plan, secret } = options
  const work = new BatchWork(contextOf(options))
  const chain = new LedgerChain(ledger)
  for (const run of plan.runs.keys()) {
    for await (const members of batchesOf(plan, options.table, options.ledger, secret.shuffleSeed(), run)) {
      const { index, instance } = members
      const { accounts, batch } = work.place(members)
      const witness = chain.step(batch, batchSums(batch, index, ledger.points), secret.stateBlind(index + 1))
      yield { index, instance, accounts, witness }
    }
  }
}

/** The batch of an account, its members at their places; `undefined` when the ledger has no such account. */
export async function batchOf(
  options: FoldOptions,
  accountId: string,
): Promise<(PlacedBatch & Pick<FoldedBatch, 'index' | 'instance'>) | undefined> {
  const { plan, table, ledger, secret } = options
  for await (const members of batchesOf(plan, table, ledger, secret.shuffleSeed())) {
    if (!members.accounts.some(({ id }) => id === accountId)) continue
    const { index, instance } = members
    return { index, instance, ...new BatchWork(contextOf(options)).place(members) }
  }
  return undefined
}

async function withThreads<T>(options: FoldOptions, use: (threads: FoldThreads) => Promise<T>): Promise<T> {
  const worth = Math.floor(options.plan.batches / BATCHES_OF_A_THREAD)
  const { threads: count = Math.min(availableParallelism(), worth) } = options
  const threads = await FoldThreads.start(contextOf(options), count > 1 ? count : 0)
  try {
    return await use(threads)
  } finally {
    await threads.close()
  }
}

async function fix(options: FoldOptions, threads: FoldThreads): Promise<FixedLedger> {
  const { digests, secret } = options
  const totals = noTotals(digests.columns.sizes)
  const roots: bigint[] = []
  await pass(options, threads, 1, 'fix', {}, (answer, { index }) => {
    roots[index] = answer.root
    addEntries(totals, answer.totals)
  })
  assertBalanced(options, totals)
  return fixLedger(digests, roots, totals, { totals: secret.totalsBlind() })
}

async function pass<P extends Pass>(
  options: FoldOptions,
  threads: FoldThreads,
  number: number,
  name: P,
  given: PassInputs[P],
  take: (answer: PassAnswers[P], members: BatchMembers) => void,
): Promise<void> {
  const { plan, table, ledger, secret, progress } = options
  async function* jobs() {
    for await (const members of batchesOf(plan, table, ledger, secret.shuffleSeed())) {
      // A plain batch has nothing that is weighed.
      if (name === 'weigh' && members.instance.sizes.scenarios === 0) continue
      yield { ...given, pass: name, members } as BatchJob
    }
  }
  let done = 0
  await threads.each<P>(jobs(), (answer, members) => {
    take(answer, members)
    progress?.({ pass: number, passes: PASSES, done: ++done, of: plan.batches })
  })
}

function contextOf({ digests, table, secret }: FoldOptions): FoldContext {
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
