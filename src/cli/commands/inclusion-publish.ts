import type { Command } from 'commander'
import { command } from '../command.js'
import { accountsOption, epochOption, privateOption, required, signingKeyOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { type BooksOptions, beforeOptions, booksProgress, withBooks } from '../with-books.js'

interface PublishOptions extends BooksOptions {
  channels: string
  out: string
  json?: boolean
}

export function inclusionPublishCommand(): Command {
  return command('publish', {
    description:
      'Publish the inclusion files of all customers who gave a key or have a passphrase, each sealed to its customer, so that nobody has to ask and you cannot see who looks.',
    options: [
      epochOption(),
      accountsOption(),
      required(
        '--channels <file>',
        'who gets a file, and how: CSV with the columns account_id, and key, passphrase or both',
      ),
      required('--out <folder>', 'the public archive to make, which must not exist yet'),
      signingKeyOption(),
      privateOption(),
      ...beforeOptions(),
    ],
    notes: [
      'A key is what `plimsoll owner new` prints. A passphrase reaches its customer over a channel of your own; anyone may try passphrases on the archive, so make them at random.',
    ],
    examples: [
      'plimsoll inclusion publish --epoch epoch --accounts examples/venue/accounts.csv --channels examples/venue/channels.csv --key examples/venue/signing-key.json --out archive',
    ],
  }).action(async (options: PublishOptions) => {
    const { inclusionPublishedView } = await import('../views/inclusion.js')
    const { publishInclusion } = await import('../../venue/index.js')
    const ui = createUi(options)
    const { channels, out } = options
    await withBooks(ui, options, async (books) => {
      const { archive, ...published } = await ui.step('folding the ledger again and sealing', (update) =>
        publishInclusion({ ...books, channels, out, ...booksProgress(update) }),
      )
      const { buckets, entries, entryBytes } = archive
      const result = { archive: out, ...{ buckets, entries, entryBytes }, ...published }
      ui.result(result, () => inclusionPublishedView(result))
    })
  })
}
