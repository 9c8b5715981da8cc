import { InputError } from '../errors/index.js'
import { scanCsv, sha256File } from '../files/index.js'
import { loadCsv, loadParquet } from './cells.js'
import { detectLayout, type Layout } from './columns.js'
import { Database } from './database.js'
import type { InstrumentKeys } from './instrument-keys.js'
import type { LedgerOptions } from './ledger.js'
import { type Places, placesOf } from './places.js'
import { type LedgerInput, lookAt, takeInput } from './source.js'

/**
 * A file of accounts whose rows are sound, its cells in the table `cells` (see `loadCsv`) and not looked at
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
  /** Looks at the layout once the header has been read, and throws when it will not do. */
  accept?: (layout: Layout) => void
  /** Gets a few words on how far the reading is. */
  progress?: (what: string) => void
}

/**
 * Reads a file of accounts into a database of its own; the caller closes it.
 *
 * @throws {InputError} `LEDGER_SYNTAX`, `LEDGER_ENCODING`, `LEDGER_ROW`, `LEDGER_HEADER`, `LEDGER_EMPTY`,
 * `LEDGER_READ`, `LEDGER_CHANGED`, `LEDGER_COMPRESSION`, `LEDGER_COLUMN_TYPE`, `FILE_ACCESS`
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
    await db.lock()
    const { layout, sha256 } = input.isParquet
      ? { sha256: await sha256File(db.input), layout: await openParquet(db, input, keys, options) }
      : await openCsv(db, input, keys, options)
    await input.assertUnchanged()
    return { db, layout, sha256, places: placesOf(input.name, input.isParquet ? 'row' : 'line') }
  } catch (error) {
    await db.close()
    throw error
  }
}

async function openParquet(
  db: Database,
  { name }: LedgerInput,
  keys: InstrumentKeys,
  { accept }: OpenOptions,
): Promise<Layout> {
  const layout = await loadParquet(db, name, keys)
  accept?.(layout)
  return layout
}

async function openCsv(
  db: Database,
  { name, size }: LedgerInput,
  keys: InstrumentKeys,
  { accept, progress }: OpenOptions,
): Promise<{ layout: Layout; sha256: string }> {
  let layout: Layout | undefined
  const { sha256, rows } = await scanCsv(name, {
    source: db.input,
    codes: 'LEDGER',
    header(names) {
      layout = detectLayout(names, keys, `${name}:1`)
      accept?.(layout)
      return { columns: layout.columns, emptyCells: layout.format === 'wide' ? 'refuse' : 'allow' }
    },
    progress: (bytes) => progress?.(`${Math.floor((100 * bytes) / Number(size))} % read`),
  })
  progress?.('sorting the cells')
  await loadCsv(db, layout!, keys)
  await assertAllRows(db, name, rows)
  return { layout: layout!, sha256 }
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
