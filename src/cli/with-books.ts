import type { Option } from 'commander'
import { InputError } from '../errors/index.js'
import type { Ledger } from '../ledger/index.js'
import type { BooksOfEpoch, EpochBefore } from '../venue/index.js'
import { ManyOption } from './options.js'
import type { Ui } from './terminal/ui.js'

/** What names the books of an epoch on the command line. */
export interface BooksOptions {
  epoch: string
  accounts: string
  key?: string
  private?: string
  previous?: string[]
  previousAccounts?: string[]
  previousPrivate?: string[]
  activity?: string[]
}

/** What names the epochs before, for statements of account. */
export function beforeOptions(): Option[] {
  return [
    new ManyOption(
      '--previous <folder>',
      'write the statement of account, too, since this epoch before; for several epochs, the oldest first',
    ),
    new ManyOption('--previous-accounts <file>', 'the accounts of each --previous, in the same order'),
    new ManyOption(
      '--activity <folder>',
      'for each --previous, what moved up to the next epoch, as its settlement was proven with',
    ),
    new ManyOption(
      '--previous-private <folder>',
      "the private folder of each --previous (default: the epoch's folder with .private at the end)",
    ),
  ]
}

/** Batches or files between two lines of progress. */
const STEP = 1000

/** What is called with how far the work on all inclusion files is. */
export interface BooksProgress {
  onFold: (done: number, of: number) => void
  onFile: (done: number, of: number) => void
}

/** Opens the accounts of an epoch again, for as long as inclusion files are made of them. */
export async function withBooks<T>(
  ui: Ui,
  options: BooksOptions,
  work: (books: BooksOfEpoch) => Promise<T>,
): Promise<T> {
  const { defaultPrivateFolder, epochLayout, readSigningKey } = await import('../venue/index.js')
  const { readLedger } = await import('../ledger/index.js')
  const { readRiskTable } = await import('../inputs/index.js')
  const { epoch: folder, accounts, key, previous } = options
  assertEach(options)
  const opened: Ledger[] = []
  const books = async (folder: string, accounts: string, privateFolder: string | undefined) => {
    const table = await readRiskTable(epochLayout(folder).risk)
    const ledger = await readLedger(accounts, table)
    opened.push(ledger)
    return { folder, privateFolder: privateFolder ?? defaultPrivateFolder(folder), table, ledger }
  }
  const signing = key === undefined ? {} : { key: await readSigningKey(key) }
  try {
    const [own, before] = await ui.step('reading the accounts', async () => {
      const own = await books(folder, accounts, options.private)
      const before: EpochBefore[] = []
      for (const [i, place] of (previous ?? []).entries()) {
        const activity = options.activity![i]!
        before.push({
          ...(await books(place, options.previousAccounts![i]!, options.previousPrivate?.[i])),
          activity,
        })
      }
      return [own, before] as const
    })
    return await work({ ...own, ...signing, ...(before.length > 0 && { before }) })
  } finally {
    for (const ledger of opened) await ledger.close()
  }
}

/** Every epoch before needs its own accounts and activity; none of these stands alone. */
function assertEach({ previous = [], previousAccounts, previousPrivate, activity }: BooksOptions): void {
  const lists = { '--previous-accounts': previousAccounts, '--activity': activity }
  for (const [where, given] of Object.entries(lists)) {
    if ((given?.length ?? 0) === previous.length) continue
    throw new InputError('USAGE', 'give it once for each --previous, in the same order', { where })
  }
  if (previousPrivate !== undefined && previousPrivate.length !== previous.length) {
    throw new InputError('USAGE', 'give it once for each --previous, or not at all', {
      where: '--previous-private',
    })
  }
}

/** Tells of every thousandth batch and file. */
export function booksProgress(update: (what: string) => void): BooksProgress {
  return {
    onFold: (done, of) => {
      if (done % STEP === 0) update(`batch ${done} of ${of} folded`)
    },
    onFile: (done, of) => {
      if (done % STEP === 0) update(`file ${done} of ${of}`)
    },
  }
}
