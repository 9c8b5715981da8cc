import type { Command } from 'commander'
import { InputError } from '../../errors/index.js'
import type { BatchEvent, FoldStep, LedgerPlan } from '../../venue/index.js'
import { command } from '../command.js'
import {
  allStressedOption,
  type BooksOptions,
  booksOptions,
  instancesOption,
  ownInstancesOption,
  type PlanningOptions,
  privateOption,
  proverOption,
  readPlanOptions,
  required,
} from '../options.js'
import { createUi, type Ui } from '../terminal/ui.js'
import { shownTime } from '../views/time.js'

interface ProveOptions extends BooksOptions, PlanningOptions {
  out: string
  venue: string
  epoch: string
  private?: string
  prover: string
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
      privateOption(),
      instancesOption(),
      ownInstancesOption(),
      allStressedOption(),
      proverOption(),
    ],
    examples: [
      'plimsoll ledger prove --accounts examples/venue/accounts.csv --risk examples/venue/risk.json --venue "Example Venue" --epoch 2026-11-30 --out epoch',
    ],
  }).action(async (options: ProveOptions) => {
    const { ledgerProvenView } = await import('../views/proven.js')
    const { defaultPrivateFolder, proveLedger, readToProve } = await import('../../venue/index.js')
    const { chooseProver } = await import('../../proving/index.js')
    const { artifactSource } = await import('../artifacts.js')
    const { readRisk } = await import('../risk-file.js')
    const ui = createUi(options)
    const prover = chooseProver(options.prover)
    const among = await readPlanOptions(options)
    const [venue, epoch] = [await label(options.venue, '--venue'), await label(options.epoch, '--epoch')]
    const table = await readRisk(options.risk, ui, options.timestamp)
    const { ledger } = await ui.step('reading the accounts', () =>
      readToProve(options.accounts, table, among),
    )
    try {
      ui.notes(ledger.notes)
      const privateFolder = options.private ?? defaultPrivateFolder(options.out)
      if (options.private === undefined) ui.notes([besideNote(privateFolder)])
      const batches = batchLog(ui)
      const { manifest, plan, keyKind } = await proveLedger({
        folder: options.out,
        privateFolder,
        venue,
        epoch,
        table,
        ledger,
        ...among,
        artifacts: artifactSource(ui),
        prover,
        onPlan: (plan) => ui.say(planText(plan)),
        onFold: foldLog(ui),
        onBatch: batches.say,
      })
      ui.warnOfKeys(keyKind)
      const result = {
        epoch: options.out,
        private: privateFolder,
        accounts: ledger.count,
        batches: plan.batches,
        kept: batches.kept(),
        keyKind,
        state: manifest.parts.ledger.state,
      }
      ui.result(result, () => ledgerProvenView(result))
    } finally {
      await ledger.close()
    }
  })
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

/** Prints a line for each batch, and counts those whose proofs were kept. */
function batchLog(ui: Ui): { say(batch: BatchEvent): void; kept(): number } {
  let kept = 0
  return {
    kept: () => kept,
    say(batch) {
      if (batch.kept) kept++
      const what = batch.kept ? 'verified and kept' : 'proven'
      const { index, of, instance, seconds, accountsPerSecond, secondsLeft = 0 } = batch
      const line = `  batch ${index + 1} of ${of} ${what} by ${instance}  ${seconds.toFixed(1)} s`
      if (accountsPerSecond === undefined || index + 1 === of) return ui.say(line)
      ui.say(`${line} · ${accountsPerSecond.toFixed(1)} accounts/s · ${shownTime(secondsLeft)} left`)
    },
  }
}

function besideNote(privateFolder: string): string {
  return `the private folder, ${privateFolder}, is next to the epoch: do not publish the folder that contains both, or choose another place with --private`
}

async function label(text: string, option: string): Promise<string> {
  const { labelSchema } = await import('../../bundle/index.js')
  const parsed = labelSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InputError('USAGE', parsed.error.issues[0]!.message, { where: option })
}
