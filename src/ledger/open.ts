import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError } from '../errors/index.js'
import { removeOnExit, scanCsv, sha256File } from '../files/index.js'
import { csvRows, type FileRows, loadCells } from './cells.js'
import { detectLayout, type Layout } from './columns.js'
import { Database } from './database.js'
import type { InstrumentKeys } from './instrument-keys.js'
import type { LedgerOptions } from './ledger.js'
import { parquetRows } from './parquet.js'
import { type Places, placesOf } from './places.js'
import { assertPrices } from './prices.js'
import { type LedgerInput, lookAt, takeInput } from './source.js'

/**
 * A file of accounts whose rows are sound, its cells in the table `cells` (see `loadCells`) and not looked at
 * yet.
 */
export interface OpenedLedger {
  db: Database
  layout: Layout
  /** SHA-256 of the file, decompressed, lower-case hex. */
  sha256: string
  places: Places
}

export interface OpenOptions extends LedgerOptions {
  /** Whether there may be no row at all. */
  noRows?: 'allow'
  /** Gets a few words on how far the reading is. */
  progress?: (what: string) => void
}

/**
 * Reads a file of accounts into a database of its own; the caller closes it.
 *
 * @throws {InputError} `LEDGER_SYNTAX`, `LEDGER_ENCODING`, `LEDGER_ROW`, `LEDGER_HEADER`, `LEDGER_EMPTY`,
 * `LEDGER_READ`, `LEDGER_CHANGED`, `LEDGER_COMPRESSION`, `LEDGER_COLUMN_TYPE`, `FILE_ACCESS`; `LEDGER_PRICE`,
 * `DECIMAL_SYNTAX` and `DECIMAL_SIGN` for a price in the file
 */
export async function openLedger(
  path: string,
  keys: InstrumentKeys,
  options: OpenOptions,
): Promise<OpenedLedger> {
  const source = await lookAt(path)
  const db = await Database.open(source.name, options)
  try {
    const input = await takeInput(source, db.input)
    const { name, isParquet } = input
    const places = placesOf(name, isParquet ? 'row' : 'line')
    await db.lock()
    const scan = isParquet ? undefined : await scanAccounts(db, input, keys, options)
    const rows = scan?.rows ?? (await parquetRows(db, name, keys))
    const { layout, query } = rows
    if (layout.format === 'wide') await assertPrices(db, query, layout.prices, keys.table, places)
    options.progress?.('sorting the cells')
    await loadCells(db, rows, keys)
    if (scan !== undefined) await assertAllRows(db, name, scan.count)
    const sha256 = scan?.sha256 ?? (await sha256File(db.input))
    await input.assertUnchanged()
    return { db, layout, sha256, places }
  } catch (error) {
    await db.close()
    throw error
  }
}

/**
 * SHA-256 of a file of accounts, decompressed, as `readLedger` gives it; its rows are not looked at.
 *
 * @throws {InputError} `LEDGER_COMPRESSION`, `LEDGER_CHANGED`, `FILE_ACCESS`
 */
export async function hashAccounts(path: string): Promise<string> {
  const source = await lookAt(path)
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-ledger-'))
  const remove = removeOnExit(folder)
  try {
    const input = join(folder, 'input')
    const { assertUnchanged } = await takeInput(source, input)
    const sha256 = await sha256File(input)
    await assertUnchanged()
    return sha256
  } finally {
    remove()
  }
}

/** Reads a CSV file once, for its layout, its form and its hash. */
async function scanAccounts(
  db: Database,
  { name, size }: LedgerInput,
  keys: InstrumentKeys,
  { progress, noRows }: OpenOptions,
): Promise<{ rows: FileRows; sha256: string; count: number }> {
  let layout: Layout | undefined
  const { sha256, rows: count } = await scanCsv(name, {
    source: db.input,
    codes: 'LEDGER',
    header(names) {
      layout = detectLayout(names, keys, `${name}:1`)
      const emptyCells = layout.format === 'wide' ? 'refuse' : 'allow'
      return { columns: layout.columns, emptyCells, ...(noRows && { noRows }) }
    },
    progress: (bytes) => progress?.(`${Math.floor((100 * bytes) / Number(size))} % read`),
  })
  return { rows: { layout: layout!, query: csvRows(layout!) }, sha256, count }
}

/** The scan and DuckDB have read the file apart from each other: they must have seen the same rows. */
async function assertAllRows(db: Database, where: string, expected: number): Promise<void> {
  const [row] = await db.rows('SELECT max(line) - 1 FROM cells')
  const count = Number(row![0])
  if (count !== expected) {
    throw new InputError('LEDGER_READ', `${count} rows were read where the file has ${expected}`, {
      where,
    })
  }
}
