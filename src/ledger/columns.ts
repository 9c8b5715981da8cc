import { InputError } from '../errors/index.js'
import { PLEDGES } from '../risk/index.js'
import type { InstrumentKeys } from './instrument-keys.js'
import type { LedgerFormat } from './ledger.js'

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

/**
 * One row for each account, its quantities side by side: of each asset what it has, what it owes, and what it
 * has pledged.
 */
export interface WideLayout extends LayoutBase {
  format: 'wide'
  account: number
  quantities: QuantityColumn[]
  pledges: QuantityColumn[]
}

export type Layout = TidyLayout | WideLayout

const TIDY_COLUMNS = ['account_id', 'instrument', 'quantity', 'owner'] as const
const HINT =
  'Either account_id,instrument,quantity[,owner] in any order, or rn,id, then e_X,d_X,X,vl_X,m_X,pm_X for every asset X, then a total.'

/**
 * Tells from its header which format a file has, and where its columns are.
 *
 * @throws {InputError} `LEDGER_HEADER`
 */
export function detectLayout(header: readonly string[], keys: InstrumentKeys, where: string): Layout {
  const isWide = header[0] === 'rn' && header[1] === 'id'
  return isWide ? wideLayout(header, keys, where) : tidyLayout(header, where)
}

/** The layout of tidy columns in any order; also that of a Parquet file. */
export function tidyLayout(header: readonly string[], where: string): TidyLayout {
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

function wideLayout(header: readonly string[], keys: InstrumentKeys, where: string): WideLayout {
  const assets = (header.length - 3) / 6
  if (!Number.isInteger(assets) || assets < 1) {
    throw headerError(
      'the columns after rn,id are not six for every asset and one total: some are missing or too many',
      where,
    )
  }
  const instrumentOf = symbolLookup(keys)
  const seen = new Set<number>()
  const quantities: QuantityColumn[] = []
  const pledges: QuantityColumn[] = []
  for (let column = 2; column < header.length - 1; column += 6) {
    const asset = header[column + 2]!
    const expected = [`e_${asset}`, `d_${asset}`, asset, `vl_${asset}`, `m_${asset}`, `pm_${asset}`]
    expected.forEach((name, i) => {
      const found = header[column + i]!
      if (found.toLowerCase() !== name.toLowerCase()) {
        throw headerError(`column ${column + i + 1} is ${quote(found)} where ${quote(name)} belongs`, where)
      }
    })
    const instrument = instrumentOf(asset)
    if (instrument === undefined) {
      throw headerError(`the asset ${quote(asset)} is not in the risk table`, where)
    }
    if (instrument === 'ambiguous') {
      throw headerError(`the asset ${quote(asset)} fits several symbols of the risk table`, where)
    }
    if (seen.has(instrument)) throw headerError(`duplicate columns for the asset ${quote(asset)}`, where)
    seen.add(instrument)
    const add = (list: QuantityColumn[], at: number, key: number) =>
      list.push({ column: column + at, name: header[column + at]!, key })
    for (const [at, part] of (['has', 'owes'] as const).entries())
      add(quantities, at, keys.key(instrument, part))
    for (const [at, pledge] of PLEDGES.entries()) add(pledges, 3 + at, keys.key(instrument, pledge))
  }
  const total = header.at(-1)!
  if (total === '') throw headerError('the last column, the total, has no name', where)
  return {
    format: 'wide',
    columns: header.length,
    account: 1,
    quantities,
    pledges,
    notes: [
      `Not used: the columns rn and ${quote(total)} and, for every asset X, ${
        keys.pledges.length > 0
          ? 'the column X (net).'
          : 'the columns X (net), vl_X (loan collateral), m_X (margin collateral) and pm_X (portfolio margin collateral).'
      }`,
    ],
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
  return { account: 'id', quantity: (key) => byKey.get(key)! }
}

/** Instrument indices by symbol, upper and lower case taken as the same. */
function symbolLookup(keys: InstrumentKeys): (asset: string) => number | 'ambiguous' | undefined {
  const found = new Map<string, number | 'ambiguous'>()
  keys.instruments.forEach(({ symbol }, index) => {
    const key = symbol.toLowerCase()
    found.set(key, found.has(key) ? 'ambiguous' : index)
  })
  return (asset) => found.get(asset.toLowerCase())
}

function headerError(message: string, where: string): InputError {
  return new InputError('LEDGER_HEADER', message, { where, hint: HINT })
}

/** A name from the file, short and on one line. */
function quote(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name)
}
