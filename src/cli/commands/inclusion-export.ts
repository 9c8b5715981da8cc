import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { accountsOption, epochOption, privateOption, required, signingKeyOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { type BooksOptions, beforeOptions, booksProgress, withBooks } from '../with-books.js'

interface ExportOptions extends BooksOptions {
  account?: string
  all?: boolean
  out: string
  json?: boolean
}

export function inclusionExportCommand(): Command {
  return command('export', {
    description: 'Write inclusion files, each for its customer only: of one account, or of all.',
    options: [
      epochOption(),
      new Option('--account <id>', "the customer's identifier, as the accounts file has it"),
      new Option('--all', 'write the files of all accounts in one pass'),
      accountsOption(),
      required(
        '--out <path>',
        'the file to write; with --all a folder, or a file that ends with .jsonl or .parquet; it must not exist yet',
      ),
      signingKeyOption(),
      privateOption(),
      ...beforeOptions(),
    ],
    notes: [
      'The accounts must be those that the epoch was made from.',
      'With --all, no name of a file in the folder gives its account away: inclusion-files.jsonl in the private folder says which is whose. A folder that was interrupted goes on where it stopped.',
    ],
    examples: [
      'plimsoll inclusion export --epoch epoch --account desk-000001 --accounts examples/venue/accounts.csv --key examples/venue/signing-key.json --out inclusion.json',
      'plimsoll inclusion export --epoch epoch --all --accounts examples/venue/accounts.csv --out inclusion',
    ],
  }).action(async (options: ExportOptions) => {
    const { account, all, out } = options
    if ((account === undefined) === (all === undefined)) {
      throw new InputError('USAGE', 'give --account or --all, one of them')
    }
    const { inclusionExportView, inclusionExportAllView } = await import('../views/inclusion.js')
    const { exportAllInclusions, exportInclusion } = await import('../../venue/index.js')
    const ui = createUi(options)
    await withBooks(ui, options, async (books) => {
      if (account !== undefined) {
        await ui.step('folding the ledger again', () =>
          exportInclusion({ ...books, out, accountId: account }),
        )
        const { epoch, previous } = options
        const result = { inclusion: out, epoch, ...(previous && { previous }) }
        return ui.result(result, () => inclusionExportView(result))
      }
      const written = await ui.step('folding the ledger again and writing', (update) =>
        exportAllInclusions({ ...books, out, ...booksProgress(update) }),
      )
      const result = { inclusion: out, epoch: options.epoch, ...written }
      ui.result(result, () => inclusionExportAllView(result))
    })
  })
}
