import { headerError, quote } from './header.js'
import type { InstrumentKeys } from './instrument-keys.js'
import type { LedgerFormat } from './ledger.js'
import { wideLayout } from './wide-columns.js'

/** One quantity column: its place in the file and the key that its cells count for (see `InstrumentKeys`). */
export interface QuantityColumn {
  column: number
  name: string
  key: number
}

interface LayoutBase {
  format: LedgerFormat
  /** Number of columns in the file. */
  columns: number
  notes: string[]
}

/**
 * One row for each account and instrument. The sign of a quantity says whether the account has or owes it. An
 * instrument that is written as `BTC:loan` is something that the account has and has pledged for loans.
 */
export interface TidyLayout extends LayoutBase {
  format: 'tidy'
  account: number
  instrument: number
  quantity: number
  owner: number | undefined
}

/** One price column: what a unit of an instrument costs, the same in every row. */
export interface PriceColumn {
  column: number
  name: string
  instrument: number
}

/**
 * One row for each account, its quantities side by side: of each asset what it has, what it owes and, in some
 * files, what it has pledged. Some files have the price of every asset behind them.
 */
export interface WideLayout extends LayoutBase {
  format: 'wide'
  account: number
  /** The name of that column. */
  accountName: string
  quantities: QuantityColumn[]
  /** Those that count under the risk table. */
  pledges: QuantityColumn[]
  prices: PriceColumn[]
}

export type Layout = TidyLayout | WideLayout

const TIDY_COLUMNS = ['account_id', 'instrument', 'quantity', 'owner'] as const

/**
 * Tells from its header which format a file has, and where its columns are.
 *
 * @throws {InputError} `LEDGER_HEADER`
 */
export function detectLayout(header: readonly string[], keys: InstrumentKeys, where: string): Layout {
  return header[0] === 'rn' ? wideLayout(header, keys, where) : tidyLayout(header, where)
}

/** The layout of tidy columns in any order. */
function tidyLayout(header: readonly string[], where: string): TidyLayout {
  const missing = TIDY_COLUMNS.slice(0, 3).filter((name) => !header.includes(name))
  if (missing.length > 0) throw headerError(`missing column ${missing.join(', ')}`, where)
  header.forEach((name, i) => {
    if (!(TIDY_COLUMNS as readonly string[]).includes(name)) {
      throw headerError(`unknown column ${quote(name)}`, where)
    }
    if (header.indexOf(name) !== i) throw headerError(`duplicate column ${name}`, where)
  })
  const owner = header.indexOf('owner')
  return {
    format: 'tidy',
    columns: header.length,
    account: header.indexOf('account_id'),
    instrument: header.indexOf('instrument'),
    quantity: header.indexOf('quantity'),
    owner: owner === -1 ? undefined : owner,
    notes: [],
  }
}

/** The values of a tidy file's instrument column, and the key of each. */
export function tidyNames(keys: InstrumentKeys): { name: string; key: number }[] {
  return keys.instruments.flatMap(({ symbol, pledges }, i) => [
    { name: symbol, key: keys.key(i, 'has') },
    ...pledges.map((pledge) => ({ name: `${symbol}:${pledge}`, key: keys.key(i, pledge) })),
  ])
}

/** The names of a file's columns in messages. */
export interface ColumnNames {
  account: string
  quantity(key: number): string
}

export function columnNames(layout: Layout): ColumnNames {
  if (layout.format === 'tidy') return { account: 'account_id', quantity: () => 'quantity' }
  const byKey = new Map([...layout.quantities, ...layout.pledges].map(({ key, name }) => [key, name]))
  return { account: layout.accountName, quantity: (key) => byKey.get(key)! }
}
