import type { RiskTable } from '../risk/index.js'
import { shuffledAccounts } from './accounts.js'
import { checkCells } from './check.js'
import type { Ledger, LedgerOptions } from './ledger.js'
import { openLedger } from './open.js'
import { quantityReader } from './quantity.js'

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
  const { db, layout, sha256, places } = await openLedger(path, table, options)
  try {
    const readQuantity = quantityReader(layout, table)
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
