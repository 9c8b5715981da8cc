import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { OpenPool, PoolNotice } from '../../proving/index.js'
import type { FoldStep, LedgerPlan } from '../../venue/index.js'
import { command } from '../command.js'
import {
  allStressedOption,
  assertThreads,
  type BooksOptions,
  booksOptions,
  instancesOption,
  keyPinsOption,
  leaseOption,
  ownInstancesOption,
  type PlanningOptions,
  privateOption,
  proverOption,
  queueOption,
  readKeyPins,
  readPlanOptions,
  required,
  threadsOption,
  workersOption,
} from '../options.js'
import type { ProvingLog } from '../proving-log.js'
import { createUi, type Ui } from '../terminal/ui.js'

interface ProveOptions extends BooksOptions, PlanningOptions {
  out: string
  venue: string
  epoch: string
  previous?: string
  private?: string
  prover: string
  pins?: string
  workers?: number
  threads?: number
  queue?: string
  workersKey?: string
  lease?: number
  json?: boolean
}

export function ledgerProveCommand(): Command {
  return command('prove', {
    description:
      'Fold every account into the ledger, and prove each batch. Run again, it continues where it stopped.',
    options: [
      ...booksOptions(),
      required('--out <folder>', 'the public epoch to make'),
      required('--venue <name>', 'name of the venue, bound into the proof of solvency'),
      required('--epoch <id>', 'name of the epoch, such as its date, bound into the proof of solvency'),
      new Option(
        '--previous <place>',
        'the epoch that was published before this one: a folder, a ZIP archive or an https address; leave it out for the first',
      ),
      privateOption(),
      instancesOption(),
      ownInstancesOption(),
      allStressedOption(),
      keyPinsOption(),
      proverOption(),
      workersOption(),
      threadsOption(),
      queueOption(),
      new Option('--workers-key <key>', 'public key of the workers that take jobs out of the queue'),
      leaseOption(),
    ],
    examples: [
      'plimsoll ledger prove --accounts examples/venue/accounts.csv --risk examples/venue/risk.json --venue "Example Venue" --epoch 2026-11-30 --out epoch',
    ],
  }).action(async (options: ProveOptions) => {
    const { ledgerProvenView } = await import('../views/proven.js')
    const { defaultPrivateFolder, proveLedger, readToProve } = await import('../../venue/index.js')
    const { ProvingLog } = await import('../proving-log.js')
    const { artifactSource } = await import('../artifacts.js')
    const { openSource } = await import('../../inputs/index.js')
    const { readRisk } = await import('../risk-file.js')
    const ui = createUi(options)
    assertPool(options)
    const among = await readPlanOptions(options)
    const [venue, epoch] = [await label(options.venue, '--venue'), await label(options.epoch, '--epoch')]
    const { previous: before } = options
    const previous = before === undefined ? {} : { previous: await openSource(before) }
    const table = await readRisk(options.risk, ui, options.timestamp)
    const { ledger } = await ui.step('reading the accounts', () =>
      readToProve(options.accounts, table, among),
    )
    try {
      ui.notes(ledger.notes)
      const privateFolder = options.private ?? defaultPrivateFolder(options.out)
      if (options.private === undefined) ui.notes([besideNote(privateFolder)])
      if (before === undefined) ui.notes([FIRST_NOTE])
      const log = new ProvingLog(ui)
      let batches = 0
      const pool = await openPool(options, log, () => batches)
      const proven = await proveLedger({
        folder: options.out,
        privateFolder,
        venue,
        epoch,
        ...previous,
        table,
        ledger,
        ...among,
        artifacts: artifactSource(ui, await readKeyPins(options.pins)),
        prover: pool,
        onPlan: (plan) => {
          batches = plan.batches
          ui.say(planText(plan))
        },
        onFold: foldLog(ui),
        onBatch: (event) => log.batch(event),
      }).finally(() => pool.close())
      log.end()
      const { manifest, plan, keyKind } = proven
      ui.warnOfKeys(keyKind)
      const result = {
        epoch: options.out,
        private: privateFolder,
        accounts: ledger.count,
        batches: plan.batches,
        kept: log.kept,
        keyKind,
        state: manifest.parts.ledger.state,
        ...(manifest.previous === undefined ? {} : { previous: manifest.previous }),
        ...log.summary(),
      }
      ui.result(result, () => ledgerProvenView(result))
    } finally {
      await ledger.close()
    }
  })
}

/** From so many batches on, a process of its own is worth its start. */
const BATCHES_OF_A_POOL = 8

/** @throws {InputError} `USAGE` when it is not said who proves */
function assertPool({ prover, workers, threads, queue, workersKey }: ProveOptions): void {
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
  { prover, workers, threads, queue, workersKey, lease }: ProveOptions,
  log: ProvingLog,
  batches: () => number,
): Promise<OpenPool> {
  const { chooseProver, openQueue, parseWorkersKey, poolOf, startPool } = await import(
    '../../proving/index.js'
  )
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

const FIRST_NOTE =
  'this epoch is the first of a history: it names none before it. If there is one, name it with --previous'

function besideNote(privateFolder: string): string {
  return `the private folder, ${privateFolder}, is next to the epoch: do not publish the folder that contains both, or choose another place with --private`
}

async function label(text: string, option: string): Promise<string> {
  const { labelSchema } = await import('../../bundle/index.js')
  const parsed = labelSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InputError('USAGE', parsed.error.issues[0]!.message, { where: option })
}
