import { Command } from 'commander'
import { InputError } from '../../errors/index.js'
import { createUi, DEVELOPMENT_WARNING, table } from '../terminal/ui.js'
import { TIMESTAMP_OPTION } from '../timestamp.js'
import { ledgerCheckCommand } from './ledger-check.js'

interface ProveOptions {
  accounts: string
  risk: string
  timestamp?: string
  out: string
  venue: string
  epoch: string
  private?: string
  instance?: string[]
  json?: boolean
}

export function ledgerCommand(): Command {
  const prove = new Command('prove')
    .description(
      'Fold every account into the ledger and prove each batch. Run again, it goes on where it stopped.',
    )
    .requiredOption('--accounts <file>', 'accounts: CSV (also .gz, or - for standard input) or Parquet')
    .requiredOption('--risk <file>', 'risk table (JSON), or tier table (CSV) for accounts with pledges')
    .option(...TIMESTAMP_OPTION)
    .requiredOption('--out <folder>', 'the epoch: a public folder')
    .requiredOption('--venue <name>', 'name of the venue, bound into the solvency proof')
    .requiredOption('--epoch <id>', 'name of the epoch, such as its date, bound into the solvency proof')
    .option('--private <folder>', 'what must stay with the venue (default: <out>.private)')
    .option('--instance <names...>', 'choose among these instances only')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll ledger prove --accounts examples/venue/accounts.csv --risk examples/venue/risk.json \\\n    --venue "Example Venue" --epoch 2026-11-30 --out epoch',
    )
    .action(async (options: ProveOptions) => {
      const { defaultPrivateFolder, proveLedger } = await import('../../venue/index.js')
      const { readLedger } = await import('../../ledger/index.js')
      const { findInstance, snarkjsProver } = await import('../../proving/index.js')
      const { artifactSource } = await import('../artifacts.js')
      const { readRisk } = await import('../risk-file.js')
      const ui = createUi(options.json ?? false)
      for (const name of options.instance ?? []) findInstance(name)
      const [venue, epoch] = [await label(options.venue, '--venue'), await label(options.epoch, '--epoch')]
      const riskTable = await readRisk(options.risk, ui, options.timestamp)
      const ledger = await ui.step('reading the accounts', () => readLedger(options.accounts, riskTable))
      try {
        for (const note of ledger.notes) ui.say(`note: ${note}`)
        const privateFolder = options.private ?? defaultPrivateFolder(options.out)
        if (options.private === undefined) {
          ui.say(
            `note: the private folder, ${privateFolder}, lies beside the epoch: do not publish the folder that both are in, or name another place with --private`,
          )
        }
        let kept = 0
        const { manifest, keyKind } = await proveLedger({
          folder: options.out,
          privateFolder,
          venue,
          epoch,
          table: riskTable,
          ledger,
          ...(options.instance ? { instances: options.instance } : {}),
          artifacts: artifactSource(ui),
          prover: snarkjsProver,
          onBatch: (batch) => {
            if (batch.kept) kept++
            const what = batch.kept ? 'verified and kept' : 'proven'
            ui.say(
              `  batch ${batch.index + 1} of ${batch.of} ${what} by ${batch.instance}  ${batch.seconds.toFixed(1)} s`,
            )
          },
        })
        if (keyKind === 'development') ui.say(DEVELOPMENT_WARNING)
        const summary = {
          epoch: options.out,
          private: privateFolder,
          accounts: ledger.count,
          batches: manifest.batches.length,
          kept,
          keyKind,
          state: manifest.states.at(-1),
        }
        ui.result(summary, () =>
          table(
            ['what', 'how it came out'],
            [
              ['accounts folded', ledger.count],
              ['batches proven', `${manifest.batches.length} (${kept} kept from an earlier run)`],
              ['public epoch', options.out],
              ['private folder', privateFolder],
              ['next', `plimsoll solvency prove --epoch ${options.out} --reserves FILE`],
            ],
          ),
        )
      } finally {
        await ledger.close()
      }
    })
  return new Command('ledger')
    .description("A venue's accounts.")
    .addCommand(ledgerCheckCommand())
    .addCommand(prove)
}

async function label(text: string, option: string): Promise<string> {
  const { labelSchema } = await import('../../bundle/index.js')
  const parsed = labelSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new InputError('USAGE', parsed.error.issues[0]!.message, { where: option })
}
