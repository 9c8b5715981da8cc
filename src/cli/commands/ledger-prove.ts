import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import {
  allStressedOption,
  type BooksOptions,
  booksOptions,
  instancesOption,
  ownInstancesOption,
  type PlanningOptions,
  type PoolOptions,
  poolOptions,
  privateOption,
  readKeyPins,
  readPlanOptions,
  required,
} from '../options.js'
import { createUi } from '../terminal/ui.js'

interface ProveOptions extends BooksOptions, PlanningOptions, PoolOptions {
  out: string
  venue: string
  epoch: string
  previous?: string
  private?: string
  pins?: string
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
      ...poolOptions(),
    ],
    examples: [
      'plimsoll ledger prove --accounts examples/venue/accounts.csv --risk examples/venue/risk.json --venue "Example Venue" --epoch 2026-11-30 --out epoch',
    ],
  }).action(async (options: ProveOptions) => {
    const { ledgerProvenView } = await import('../views/proven.js')
    const { defaultPrivateFolder, readToProve } = await import('../../venue/index.js')
    const { artifactSource } = await import('../artifacts.js')
    const { assertPool, proveWithProgress } = await import('../prove-with-progress.js')
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
      const { proven, log } = await proveWithProgress(ui, options, {
        folder: options.out,
        privateFolder,
        venue,
        epoch,
        ...previous,
        table,
        ledger,
        ...among,
        artifacts: artifactSource(ui, await readKeyPins(options.pins)),
      })
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
