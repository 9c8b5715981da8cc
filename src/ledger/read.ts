import { resolve } from 'node:path'
import { InputError } from '../errors/index.js'
import { type RegularFile, sha256File, statFile } from '../files/index.js'
import type { RiskTable } from '../risk/index.js'
import { shuffledAccounts } from './accounts.js'
import { checkCells } from './check.js'
import { Database } from './database.js'
import { placesOf } from './errors.js'
import { detectLayout, type Layout } from './layout.js'
import type { Ledger, LedgerOptions } from './ledger.js'
import { loadCsv, loadParquet } from './load.js'
import { quantityReader } from './quantity.js'
import { scanCsv } from './scan.js'

/**
 * Reads and checks a venue's accounts: CSV in one of two formats, told apart by the header, or Parquet (`.parquet`)
 * with the columns of the first. Files may be larger than the memory.
 *
 * - **tidy**: `account_id,instrument,quantity` and optionally `owner`, columns and rows in any order, one row for each
 *   account and instrument. A quantity is an exact decimal with at most the instrument's decimals, negative for a
 *   loan or a short. An owner is an owner's commitment as a decimal field element, the same on every row of its
 *   account; blank or 0 for none.
 * - **wide**: `rn,id`, then `e_X,d_X,X,vl_X,m_X,pm_X` for every asset X, then a total, one row for each account.
 *   `e_X` is what the venue owes, `d_X` what the account owes; the rest is not used yet.
 *
 * @example
 * const ledger = await readLedger('examples/venue/accounts.csv', await readRiskTable('examples/venue/risk.json'))
 * try {
 *   for await (const account of ledger.accounts({ shuffleSeed: randomBytes(32) })) console.log(account.slots.length)
 * } finally {
 *   await ledger.close()
 * }
 *
 * @throws {InputError} that names file, line and column; its codes start with `LEDGER_`, `DECIMAL_` or `FILE_`
 */
export async function readLedger(
  path: string,
  table: RiskTable,
  options: LedgerOptions = {},
): Promise<Ledger> {
  const isParquet = path.toLowerCase().endsWith('.parquet')
  const before = await statFile(path)
  const db = await Database.open(path, options)
  try {
    const { layout, sha256 } = isParquet
      ? { sha256: await sha256File(path), layout: await loadParquet(db, resolve(path), table) }
      : await readCsv(db, path, table)
    await refuseChange(path, before)
    const readQuantity = quantityReader(layout, table)
    const places = placesOf(path, isParquet ? 'row' : 'line')
    const shape = await checkCells(db, { layout, places, readQuantity, options })
    return {
      ...shape,
      format: layout.format,
      sha256,
      notes: layout.notes,
      accounts: (order) => shuffledAccounts(db, readQuantity, order),
      close: () => db.close(),
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

async function readCsv(
  db: Database,
  path: string,
  table: RiskTable,
): Promise<{ layout: Layout; sha256: string }> {
  let layout: Layout | undefined
  const { sha256, rows } = await scanCsv(path, placesOf(path, 'line'), (header) => {
    layout = detectLayout(header, table, `${path}:1`)
    return { columns: layout.columns, emptyCells: layout.format === 'wide' ? 'refuse' : 'allow' }
  })
  await loadCsv(db, resolve(path), layout!, table)
  await refuseMissingRows(db, path, rows)
  return { layout: layout!, sha256 }
}

/** The scan and DuckDB have read the file apart from each other: they must have seen the same rows. */
async function refuseMissingRows(db: Database, path: string, expected: number): Promise<void> {
  const [row] = await db.rows('SELECT max(line) - 1 FROM cells')
  const count = Number(row![0])
  if (count !== expected) {
    throw new InputError('LEDGER_READ', `${count} rows were read where the file has ${expected}`, {
      where: path,
    })
  }
}

async function refuseChange(path: string, before: RegularFile): Promise<void> {
  if ((await statFile(path)).version !== before.version) {
    throw new InputError('LEDGER_CHANGED', 'the file changed while it was read', { where: path })
  }
}
