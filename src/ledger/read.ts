import type { RiskTable } from '../risk/index.js'
import { AccountRules } from './account-rules.js'
import { type PlacedFault, stopsProof } from './findings.js'
import { InstrumentKeys } from './instrument-keys.js'
import type { Ledger, LedgerOptions } from './ledger.js'
import { openLedger } from './open.js'
import { shuffledAccounts, sortedAccounts } from './ordered-accounts.js'
import { accountRows } from './rows.js'
import { ShapeCounts } from './shape.js'
import { stopError } from './stop-error.js'

/**
 * Reads and checks a venue's accounts: CSV or Parquet (`.parquet`) in one of two formats, told apart by the
 * header. Files may be larger than the memory.
 *
 * - **tidy**: `account_id,instrument,quantity` and optionally `owner`, columns and rows in any order, one row
 *   for each account and instrument. A quantity is an exact decimal with at most the instrument's decimals,
 *   negative for a loan or a short. An owner is an owner's commitment as a decimal field element, the same on
 *   every row of its account; blank or 0 for none.
 * - **wide**: `rn,id`, then `e_X,d_X,X` or `e_X,d_X,X,vl_X,m_X,pm_X` for every asset X, then either no price
 *   or `X_usdt_price` for every asset X, then a total, one row for each account. `e_X` is what the venue
 *   owes, `d_X` what the account owes, and of `e_X` `vl_X`, `m_X` and `pm_X` are pledged. Prices have to be
 *   the marks of the table.
 *
 * Amounts of a wide file may have exponents, and are cut off at the instrument's decimals; a note counts
 * those that lose something.
 *
 * By a table with tiers each account is split over the rows of its instruments: what is pledged fills the
 * tiers of its list in order, and what no tier takes is as if it were not pledged. Then in a tidy file the
 * instrument `BTC:loan` is BTC that is held and pledged for loans, apart from what is in the row of BTC. By
 * any other table pledges are not used.
 *
 * @example
 * import { randomBytes } from 'node:crypto'
 *
 * const ledger = await readLedger('accounts.csv', await readRiskTable('risk.json'))
 * try {
 *   const order = { shuffleSeed: randomBytes(32) }
 *   for await (const account of ledger.accounts(order)) console.log(account.slots.length)
 * } finally {
 *   await ledger.close()
 * }
 *
 * @throws {InputError} that names file, line and column; its codes start with `LEDGER_`, `DECIMAL_` or
 * `FILE_`, or are `COLLATERAL_ABOVE_EQUITY` for an account that has pledged more than it has, by a table with
 * tiers
 * @throws {StatementError} `DEBT_ABOVE_COLLATERAL` for an account whose collateral is short, by a table with
 * tiers
 */
export async function readLedger(
  path: string,
  table: RiskTable,
  options: LedgerOptions = {},
): Promise<Ledger> {
  const keys = new InstrumentKeys(table)
  const { db, layout, sha256, places } = await openLedger(path, keys, options)
  try {
    const { misfit } = options
    const rules = new AccountRules(table, keys, layout, {
      valued: false,
      ...(misfit === undefined ? {} : { misfit }),
    })
    const shapes = new ShapeCounts()
    let count = 0
    let stop: PlacedFault | undefined
    for await (const accounts of accountRows(db, { order: 'sorted', where: places.path })) {
      for (const account of accounts) {
        const { faults, readable } = rules.check(account)
        count++
        if (readable !== undefined) shapes.add(readable.shape)
        for (const fault of faults) {
          if (stopsProof(fault) && (stop === undefined || fault.line < stop.line)) stop = fault
        }
      }
    }
    if (stop) throw await stopError(stop, db, places)
    const slotCounts = shapes.bySlots()
    return {
      count,
      maxSlots: Math.max(...slotCounts.keys()),
      slotCounts,
      shapes: shapes.sorted(),
      format: layout.format,
      sha256,
      notes: rules.notes(),
      accounts: (order) => shuffledAccounts(db, rules, places.path, order),
      sorted: () => sortedAccounts(db, rules, places.path),
      close: () => db.close(),
    }
  } catch (error) {
    await db.close()
    throw error
  }
}
