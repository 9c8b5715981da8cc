import { InputError } from '../errors/index.js'
import { assetsOf, isTiered, PLEDGES, type Pledge, type RiskTable, type TierTable } from '../risk/index.js'
import type { LedgerFormat } from './ledger.js'

/** What a file of accounts is read with: what a risk table, of either kind, has instruments and pledges of. */
export interface InstrumentList {
  instruments: readonly {
    symbol: string
    decimals: number
    /** What it can be pledged for by a tidy file: see `TidyLayout`. */
    pledges: readonly Pledge[]
  }[]
  /** Every kind of pledge that is read; none where pledges do not count. */
  pledges: readonly Pledge[]
}

/** The instruments of a risk table, its tiers left out. */
export function instrumentsOf(table: RiskTable): InstrumentList {
  const instruments = assetsOf(table).map(({ symbol, decimals, lists }) => ({
    symbol,
    decimals,
    pledges: PLEDGES.filter((pledge) => lists.has(pledge)),
  }))
  return { instruments, pledges: isTiered(table) ? PLEDGES : [] }
}

/** The assets of a tier table, for wide files alone. */
export function assetsOfTierTable({ instruments }: TierTable): InstrumentList {
  return {
    instruments: instruments.map(({ symbol, decimals }) => ({ symbol, decimals, pledges: [] })),
    pledges: PLEDGES,
  }
}

/** Which instrument cells of a key are about (see `Layout`), and what of it: 0 has, 1 owes, 2 and on has pledged. */
export function placeOfKey(
  key: number,
  { instruments }: InstrumentList,
): { instrument: number; part: number } {
  const pledge = key - 2 * instruments.length
  return pledge < 0
    ? { instrument: key >> 1, part: key & 1 }
    : { instrument: Math.floor(pledge / PLEDGES.length), part: 2 + (pledge % PLEDGES.length) }
}

/** The key of what is pledged of an instrument. */
function pledgeKey(instrument: number, pledge: number, { instruments }: InstrumentList): number {
  return 2 * instruments.length + PLEDGES.length * instrument + pledge
}

/** One quantity column: its place in the file and the key its cells count for (see `Layout`). */
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
 * One row for each account and instrument. The key of a row is `2 · instrument`, or where the instrument is written as `BTC:loan`,
 * something held that is pledged for loans, as in a wide file.
 */
export interface TidyLayout extends LayoutBase {
  format: 'tidy'
  account: number
  instrument: number
  quantity: number
  owner: number | undefined
}

/**
 * One row for each account, its quantities side by side.
 * The key of a column is `2 · instrument` for what the account has and `2 · instrument + 1` for what it owes; of what it has
 * pledged for loans, margin and portfolio margin `2 · instruments + 3 · instrument` and the two after it.
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
export function detectLayout(header: readonly string[], table: InstrumentList, where: string): Layout {
  const isWide = header[0] === 'rn' && header[1] === 'id'
  return isWide ? wideLayout(header, table, where) : tidyLayout(header, where)
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

function wideLayout(header: readonly string[], table: InstrumentList, where: string): WideLayout {
  const assets = (header.length - 3) / 6
  if (!Number.isInteger(assets) || assets < 1) {
    throw headerError(
      'the columns after rn,id are not six for every asset and one total: some are missing or too many',
      where,
    )
  }
  const instrumentOf = symbolLookup(table)
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
    for (const side of [0, 1]) add(quantities, side, 2 * instrument + side)
    for (const use of PLEDGES.keys()) add(pledges, 3 + use, pledgeKey(instrument, use, table))
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
        table.pledges.length > 0
          ? 'the column X (net).'
          : 'the columns X (net), vl_X (loan collateral), m_X (margin collateral) and pm_X (portfolio margin collateral).'
      }`,
    ],
  }
}

/** What the instrument column of a tidy file may say, and the key that each stands for. */
export function tidyNames(list: InstrumentList): { name: string; key: number }[] {
  return list.instruments.flatMap(({ symbol, pledges }, i) => [
    { name: symbol, key: 2 * i },
    ...pledges.map((pledge) => ({
      name: `${symbol}:${pledge}`,
      key: pledgeKey(i, PLEDGES.indexOf(pledge), list),
    })),
  ])
}

/** Instrument indices by symbol, upper and lower case taken as the same. */
function symbolLookup(table: InstrumentList): (asset: string) => number | 'ambiguous' | undefined {
  const found = new Map<string, number | 'ambiguous'>()
  table.instruments.forEach(({ symbol }, index) => {
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
