import { InputError } from '../../errors/index.js'
import { writeNewPrivate } from '../../files/index.js'
import { type Inclusion, parseInclusion } from '../../inclusion/index.js'
import { assertUnpublished } from '../folders.js'
import { type BooksOfEpoch, foldBooks } from './books.js'
import { finishedFile } from './sign.js'

export interface ExportInclusionOptions extends BooksOfEpoch {
  accountId: string
  /** The file to write, for its owner alone to read. */
  out: string
}

/**
 * Writes one customer's inclusion file. The whole ledger is folded again, and nothing is written unless it
 * comes to the `accountsRoot` that the epoch's last state commits to.
 *
 * @throws {InputError} `INCLUSION_ACCOUNT` when the ledger has no such account, `EPOCH_OTHER_RUN` when the
 * accounts are not those of the epoch, `EPOCH_UNFINISHED`, `EPOCH_FOLDERS` when the file would be published,
 * `FILE_EXISTS`
 * @example
 * const table = await readRiskTable('risk.json')
 * const ledger = await readLedger('accounts.csv', table)
 * try {
 *   await exportInclusion({
 *     folder: 'epoch',
 *     privateFolder: 'private',
 *     table,
 *     ledger,
 *     accountId: 'alice@example.com',
 *     out: 'inclusion.json',
 *   })
 * } finally {
 *   await ledger.close()
 * }
 */
export async function exportInclusion(options: ExportInclusionOptions): Promise<Inclusion> {
  const { folder, accountId, out } = options
  assertUnpublished(folder, [out])
  const books = await foldBooks(options)
  const text = await finishedFile(books, options, accountId)
  if (text === undefined) {
    throw new InputError('INCLUSION_ACCOUNT', 'the account is not in the ledger', {
      hint: 'Write its id as the accounts file does, upper and lower case included.',
    })
  }
  const inclusion = parseInclusion(text, out)
  await writeNewPrivate(out, inclusion)
  return inclusion
}
