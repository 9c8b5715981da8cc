import { InputError } from '../errors/index.js'
import {
  chooseProver,
  type OpenPool,
  openQueue,
  type PoolNotice,
  parseWorkersKey,
  poolOf,
  startPool,
} from '../proving/index.js'
import {
  type BatchEvent,
  type FoldStep,
  type LedgerPlan,
  type ProveLedgerOptions,
  type ProvenLedger,
  type ProvenSettlement,
  type ProveSettlementOptions,
  proveLedger,
  proveSettlement,
} from '../venue/index.js'
import { assertThreads, type PoolOptions } from './options.js'
import { ProvingLog } from './proving-log.js'
import type { Ui } from './terminal/ui.js'

/** Proves a ledger and says how far it is. */
export function proveWithProgress(
  ui: Ui,
  options: PoolOptions,
  given: Omit<ProveLedgerOptions, keyof Progress | 'onPlan' | 'onBatch'>,
): Promise<Logged<ProvenLedger>> {
  return logged(ui, options, 'batch', (progress, planned, onBatch) =>
    proveLedger({
      ...given,
      ...progress,
      onBatch,
      onPlan: (plan) => planned(plan.batches, planText(plan)),
    }),
  )
}

/** Proves a settlement and says how far it is. */
export function settleWithProgress(
  ui: Ui,
  options: PoolOptions,
  given: Omit<ProveSettlementOptions, keyof Progress | 'onPlan' | 'onChunk'>,
): Promise<Logged<ProvenSettlement>> {
  return logged(ui, options, 'chunk', (progress, planned, onChunk) =>
    proveSettlement({
      ...given,
      ...progress,
      onChunk,
      onPlan: ({ chunks, instance }) =>
        planned(chunks, `plan: ${chunks} ${chunks === 1 ? 'chunk' : 'chunks'}, then ${instance}`),
    }),
  )
}

/** What was proven, and the log that adds up what it took. */
interface Logged<Proven> {
  proven: Proven
  log: ProvingLog
}

/** Who proves batches or chunks, and what is told of the fold before it. */
interface Progress {
  prover: OpenPool
  onFold: (step: FoldStep) => void
}

/**
 * Proves with those whom the command line names, and says how far it is.
 *
 * @param prove is to call `planned` once there is a plan, and `done` with each batch or chunk
 */
async function logged<Proven>(
  ui: Ui,
  options: PoolOptions,
  unit: 'batch' | 'chunk',
  prove: (
    progress: Progress,
    planned: (count: number, text: string) => void,
    done: (event: BatchEvent) => void,
  ) => Promise<Proven>,
): Promise<Logged<Proven>> {
  const log = new ProvingLog(ui, unit)
  let planned = 0
  const pool = await openPool(options, log, () => planned)
  const proven = await prove(
    { prover: pool, onFold: foldLog(ui) },
    (count, text) => {
      planned = count
      ui.say(text)
    },
    (event) => log.batch(event),
  ).finally(() => pool.close())
  log.end()
  return { proven, log }
}

/** From so many batches on, a process of its own is worth its start. */
const BATCHES_OF_A_POOL = 8

/** @throws {InputError} `USAGE` when it is not said who proves */
export function assertPool({ prover, workers, threads, queue, workersKey }: PoolOptions): void {
  assertThreads({ prover, threads })
  if ((queue === undefined) !== (workersKey === undefined)) {
    throw new InputError('USAGE', 'give --queue and --workers-key together')
  }
  if (queue !== undefined && (workers ?? threads) !== undefined) {
    throw new InputError('USAGE', 'give --queue, or --workers and --threads: others prove what is in a queue')
  }
}

/**
 * What proves the batches: workers elsewhere, processes of this machine, or this process alone, which is
 * enough for few.
 *
 * @param batches how many there are, known once there is a plan
 */
async function openPool(
  { prover, workers, threads, queue, workersKey, lease }: PoolOptions,
  log: ProvingLog,
  batches: () => number,
): Promise<OpenPool> {
  const onNotice = (notice: PoolNotice) => log.notice(notice)
  if (queue !== undefined && workersKey !== undefined) {
    const publicKey = parseWorkersKey(workersKey)
    const onSay = (what: string) => log.say(what)
    return openQueue({ queue, publicKey, onNotice, onSay, ...(lease === undefined ? {} : { lease }) })
  }
  const here = poolOf(chooseProver(prover, threads))
  if (workers === 0) return { ...here, close: async () => {} }
  const processes = await startPool({ workers, threads, prover, onNotice })
  const chosen = () => (workers === undefined && batches() < BATCHES_OF_A_POOL ? here : processes)
  return {
    get room() {
      return chosen().room
    },
    prove: (task) => chosen().prove(task),
    finish: (run) => chosen().finish(run),
    close: () => processes.close(),
  }
}

/** What is about to be proven. */
function planText({ batches, runs, solvency }: LedgerPlan): string {
  const each = runs.map((run) => `${run.batches} by ${run.instance.name}`).join(', ')
  return `plan: ${batches} ${batches === 1 ? 'batch' : 'batches'} (${each}), then solvency by ${solvency.name}`
}

/** Prints how far the fold is, at the end of each pass and now and then in a long one. */
function foldLog(ui: Ui): (step: FoldStep) => void {
  let last = performance.now()
  return ({ pass, passes, done, of }) => {
    const now = performance.now()
    if (now - last < FOLD_INTERVAL_MS) return
    last = now
    ui.say(`  folding, pass ${pass} of ${passes}: batch ${done} of ${of}`)
  }
}

const FOLD_INTERVAL_MS = 5000
