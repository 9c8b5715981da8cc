import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '../../errors/index.js'
import { fileError, flushToDisk, inFolders, writePrivateLines } from '../../files/index.js'
import { withLock } from '../epoch-lock.js'
import { assertUnpublished, privateLayout } from '../folders.js'
import { assertPrivate } from '../private-record.js'
import { type BooksOfEpoch, type FoldedBooks, foldBooks } from './books.js'
import { writeParquet } from './parquet.js'
import { finishedFiles } from './sign.js'

export interface ExportAllOptions extends BooksOfEpoch {
  /** A folder, or a file whose name ends with `.jsonl` or `.parquet`; it must not exist yet. */
  out: string
  /** Gets how many files are written, of how many. */
  onFile?: (done: number, of: number) => void
}

/** What an export of all inclusion files wrote. */
export interface ExportedAll {
  format: 'folder' | 'jsonl' | 'parquet'
  files: number
  /** Of these, how many an interrupted run had written. */
  kept: number
  /** Of a folder, the private list that says which file is whose. */
  index?: string
}

/**
 * Writes the inclusion files of all customers in one pass over the accounts, after the ledger is folded
 * again: into a folder, one file for each under a name that says nothing to whoever lacks the epoch's seed;
 * or into one file, one line or one row for each. All of it is for the venue alone to read. What is named
 * `out` is there whole or not at all; a folder that was interrupted goes on where it stopped.
 *
 * @throws {InputError} `FILE_EXISTS`, `EPOCH_BUSY` while another run works on the epoch, and what
 * `exportInclusion` throws
 * @example
 * const table = await readRiskTable('risk.json')
 * const ledger = await readLedger('accounts.csv', table)
 * try {
 *   await exportAllInclusions({ folder: 'epoch', privateFolder: 'private', table, ledger, out: 'inclusion' })
 * } finally {
 *   await ledger.close()
 * }
 */
export async function exportAllInclusions(options: ExportAllOptions): Promise<ExportedAll> {
  const { folder, out, privateFolder } = options
  assertUnpublished(folder, [out])
  if (existsSync(out)) {
    throw new InputError('FILE_EXISTS', 'exists already, and is not overwritten', {
      where: out,
      hint: 'Name another place, or move this one away.',
    })
  }
  assertPrivate(privateFolder)
  return withLock(privateLayout(privateFolder).lock, async () => {
    const books = await foldBooks(options)
    if (out.endsWith('.jsonl')) return { format: 'jsonl', ...(await writeLines(books, options)) }
    if (out.endsWith('.parquet')) return { format: 'parquet', ...(await writeTable(books, options)) }
    return { format: 'folder', ...(await writeFolder(books, options)) }
  })
}

/** Every file, counted as it is taken. */
async function* counted(books: FoldedBooks, options: ExportAllOptions) {
  const { ledger, onFile } = options
  let done = 0
  for await (const file of finishedFiles(books, options)) {
    yield file
    onFile?.(++done, ledger.count)
  }
}

type Written = Omit<ExportedAll, 'format'>

async function writeLines(books: FoldedBooks, options: ExportAllOptions): Promise<Written> {
  await writePrivateLines(options.out, async (add) => {
    for await (const { text } of counted(books, options)) add(text)
  })
  return { files: options.ledger.count, kept: 0 }
}

async function writeTable(books: FoldedBooks, options: ExportAllOptions): Promise<Written> {
  await writeParquet(options.out, async (add) => {
    for await (const { account, text } of counted(books, options)) add(account, text)
  })
  return { files: options.ledger.count, kept: 0 }
}

/**
 * Each file is compared with what an interrupted run left by its name, so that one which a power failure cut
 * off is written again.
 */
async function writeFolder(books: FoldedBooks, options: ExportAllOptions): Promise<Written> {
  const out = resolve(options.out)
  const making = join(dirname(out), `.${basename(out)}.${books.secret.exportName()}.partial`)
  const index = privateLayout(options.privateFolder).inclusionFiles
  let kept = 0
  await inFolders([{ path: making, mode: 0o700 }], () =>
    writePrivateLines(index, async (list) => {
      const folders = new Set<string>()
      for await (const { account, text } of counted(books, options)) {
        const name = books.secret.inclusionName(account)
        const file = join(name.slice(0, 2), `${name}.json`)
        if (!folders.has(name.slice(0, 2))) {
          folders.add(name.slice(0, 2))
          attempt(out, () => mkdirSync(join(making, name.slice(0, 2)), { recursive: true, mode: 0o700 }))
        }
        if (putFile(join(making, file), text)) kept++
        list(JSON.stringify({ account, file }))
      }
      await flushToDisk(making)
    }),
  )
  await rename(making, out).catch((error: unknown) => {
    throw fileError(options.out, error)
  })
  return { files: options.ledger.count, kept, index }
}

/** Writes a private file unless it is there with this very text, and says whether it was. */
function putFile(path: string, text: string): boolean {
  return attempt(path, () => {
    try {
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
      return false
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (readFileSync(path, 'utf8') === text) return true
    writeFileSync(path, text)
    return false
  })
}

function attempt<T>(where: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw fileError(where, error)
  }
}
