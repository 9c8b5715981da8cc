import { assetsOf, type RiskTable } from '../risk/index.js'
import { tableJudge } from './account-rules.js'
import { instrumentsOf } from './columns.js'
import { holdingsOf, slotsOf } from './holdings.js'
import { columnNames } from './identifiers.js'
import type { Holdings } from './judge.js'
import type { Ledger, LedgerOptions } from './ledger.js'
import { openLedger } from './open.js'
import { quantityReader } from './quantity.js'
import { shuffledAccounts } from './shuffled-accounts.js'
import { stopError } from './stop-error.js'
import { AccountWalk } from './walk.js'

/**
 * Reads and checks a venue's accounts: CSV in one of two formats, told apart by the header, or Parquet (`.parquet`)
 * with the columns of the first. Files may be larger than the memory.
 *
 * - **tidy**: `account_id,instrument,quantity` and optionally `owner`, columns and rows in any order, one row for each
 *   account and instrument. A quantity is an exact decimal with at most the instrument's decimals, negative for a
 *   loan or a short. An owner is an owner's commitment as a decimal field element, the same on every row of its
 *   account; blank or 0 for none.
 * - **wide**: `rn,id`, then `e_X,d_X,X,vl_X,m_X,pm_X` for every asset X, then a total, one row for each account.
 *   `e_X` is what the venue owes, `d_X` what the account owes, and of `e_X` `vl_X`, `m_X` and `pm_X` are pledged.
 *
 * By a table with tiers each account is split over the rows of its instruments: what is pledged fills the tiers of its list in order,
 * and what no tier takes is as if it were not pledged. Then amounts of a wide file are cut off at the asset's decimals; in a
 * tidy file the instrument `BTC:loan` is BTC that is held and pledged for loans, apart from what is in the row of BTC. By any
 * other table pledges are not used.
 *
 * @example
 * const ledger = await readLedger('examples/venue/accounts.csv', await readRiskTable('examples/venue/risk.json'))
 * try {
 *   for await (const account of ledger.accounts({ shuffleSeed: randomBytes(32) })) console.log(account.slots.length)
 * } finally {
 *   await ledger.close()
 * }
 *
 * @throws {InputError} that names file, line and column; its codes start with `LEDGER_`, `DECIMAL_` or `FILE_`, or are
 * `COLLATERAL_ABOVE_EQUITY` for an account that has pledged more than it has, by a table with tiers
 * @throws {StatementError} `DEBT_ABOVE_COLLATERAL` for an account whose collateral is short, by a table with tiers
 */
export async function readLedger(
  path: string,
  table: RiskTable,
  options: LedgerOptions = {},
): Promise<Ledger> {
  const list = instrumentsOf(table)
  const { db, layout, sha256, places } = await openLedger(path, list, options)
  try {
    const { format } = layout
    const judge = tableJudge(table, layout, {
      largest: 0,
      maxSlots: Number.POSITIVE_INFINITY,
      valued: false,
    })
    const walk = new AccountWalk(judge, columnNames(layout), 0)
    await walk.run(db, places.path, 'any')
    if (walk.stop) throw await stopError(walk.stop, db, places)
    const { accounts: count, slotCounts } = walk
    const readQuantity = quantityReader(layout, list)
    const assets = assetsOf(table)
    const toSlots = (held: Holdings) => slotsOf(holdingsOf(held, list, format), assets)
    return {
      count,
      maxSlots: Math.max(...slotCounts.keys()),
      slotCounts,
      format,
      sha256,
      notes: judge.notes(),
      accounts: (order) => shuffledAccounts(db, { readQuantity, toSlots, count, where: places.path }, order),
      close: () => db.close(),
    }
  } catch (error) {
    await db.close()
    throw error
  }
}
