import type { BooksOfEpoch } from '../venue/index.js'
import type { Ui } from './terminal/ui.js'

/** What names the books of an epoch on the command line. */
export interface BooksOptions {
  epoch: string
  accounts: string
  key?: string
  private?: string
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
  const { epoch: folder, accounts, key } = options
  const table = await readRiskTable(epochLayout(folder).risk)
  const signing = key === undefined ? {} : { key: await readSigningKey(key) }
  const ledger = await ui.step('reading the accounts', () => readLedger(accounts, table))
  try {
    const privateFolder = options.private ?? defaultPrivateFolder(folder)
    return await work({ folder, privateFolder, table, ledger, ...signing })
  } finally {
    await ledger.close()
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
