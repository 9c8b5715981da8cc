import { PLEDGES } from '../risk/index.js'
import type { PriceColumn, QuantityColumn, WideLayout } from './columns.js'
import { headerError, quote, shortName } from './header.js'
import type { InstrumentKeys } from './instrument-keys.js'

const ACCOUNT = 1
const FIRST_ASSET = 2
/** What stands before an asset's name in the columns of its pledges, in the order of `PLEDGES`. */
const PLEDGE_PREFIXES = ['vl_', 'm_', 'pm_'] as const
/** The name of a price column. The files of one exchange spell the currency `udst`. */
const PRICE = /^(.+)_(?:usdt|udst)_price$/i

/**
 * The layout of a wide file: `rn`, the account's id under any name, of every asset `e_X,d_X,X` and, in a file
 * with pledges, `vl_X,m_X,pm_X`, then the price `X_usdt_price` of every asset or of none, then a total. Upper
 * and lower case are taken as the same.
 *
 * @throws {InputError} `LEDGER_HEADER`
 */
export function wideLayout(header: readonly string[], keys: InstrumentKeys, where: string): WideLayout {
  const fail: Fail = (message) => {
    throw headerError(message, where)
  }
  const [account, total] = [header[ACCOUNT], header.at(-1)!]
  if (!account) fail('the second column, the account id, has no name')
  const { assets, quantities, pledges, end } = assetColumns(header, keys, fail)
  if (assets.size === 0) fail(`column ${FIRST_ASSET + 1}, the e_X of the first asset X, is missing`)
  if (end >= header.length || assetOfPrice(total, assets) !== undefined) fail('the total is missing')
  if (total === '') fail('the last column, the total, has no name')
  const prices = priceColumns(header, end, assets, fail)
  return {
    format: 'wide',
    columns: header.length,
    account: ACCOUNT,
    accountName: shortName(account!),
    quantities,
    pledges: keys.pledges.length > 0 ? pledges : [],
    prices,
    notes: notesOf(total, pledges.length > 0, keys),
  }
}

type Fail = (message: string) => never

/** Columns of assets, and the first one behind them. */
interface AssetColumns {
  /** Instruments by the names of their assets in lower case. */
  assets: Map<string, number>
  quantities: QuantityColumn[]
  pledges: QuantityColumn[]
  end: number
}

function assetColumns(header: readonly string[], keys: InstrumentKeys, fail: Fail): AssetColumns {
  const instrumentOf = symbolLookup(keys, fail)
  const found: AssetColumns = { assets: new Map(), quantities: [], pledges: [], end: FIRST_ASSET }
  const { assets, quantities, pledges } = found
  let prefixes: readonly string[] = []
  for (;;) {
    const start = found.end
    const first = header[start] ?? ''
    if (!/^e_./i.test(first) || assetOfPrice(first, assets) !== undefined) return found
    const asset = first.slice('e_'.length)
    if (assets.size === 0 && isSame(header[start + 3], `${PLEDGE_PREFIXES[0]}${asset}`)) {
      prefixes = PLEDGE_PREFIXES
    }
    const names = ['e_', 'd_', '', ...prefixes].map((prefix) => prefix + asset)
    for (const [i, name] of names.entries()) {
      const there = header[start + i]
      if (isSame(there, name)) continue
      fail(
        there === undefined
          ? `the header ends where ${quote(name)} belongs`
          : `column ${start + i + 1} is ${quote(there)} where ${quote(name)} belongs`,
      )
    }
    const instrument = instrumentOf(asset)
    if (assets.has(asset.toLowerCase())) fail(`duplicate columns for the asset ${quote(asset)}`)
    assets.set(asset.toLowerCase(), instrument)
    const columnAt = (i: number, key: number): QuantityColumn => ({
      column: start + i,
      name: header[start + i]!,
      key,
    })
    for (const [i, part] of (['has', 'owes'] as const).entries()) {
      quantities.push(columnAt(i, keys.key(instrument, part)))
    }
    for (const i of prefixes.keys()) pledges.push(columnAt(3 + i, keys.key(instrument, PLEDGES[i]!)))
    found.end += names.length
  }
}

/** The prices between the columns of assets and the total: of every asset one, or none at all. */
function priceColumns(
  header: readonly string[],
  start: number,
  assets: ReadonlyMap<string, number>,
  fail: Fail,
): PriceColumn[] {
  const prices = new Map<number, PriceColumn>()
  for (let column = start; column < header.length - 1; column++) {
    const name = header[column]!
    const instrument = assetOfPrice(name, assets)
    if (instrument === undefined) {
      return fail(
        `column ${column + 1} is ${quote(name)} where e_X of another asset or the price of one above belongs`,
      )
    }
    if (prices.has(instrument)) fail(`column ${column + 1}, ${quote(name)}, is a second price of its asset`)
    prices.set(instrument, { column, name, instrument })
  }
  const missing = [...assets].find(([, instrument]) => !prices.has(instrument))
  if (prices.size > 0 && missing !== undefined) fail(`the price of the asset ${quote(missing[0])} is missing`)
  return [...prices.values()]
}

function assetOfPrice(name: string, assets: ReadonlyMap<string, number>): number | undefined {
  return assets.get(PRICE.exec(name)?.[1]?.toLowerCase() ?? '')
}

function isSame(found: string | undefined, name: string): boolean {
  return found?.toLowerCase() === name.toLowerCase()
}

function notesOf(total: string, hasPledges: boolean, keys: InstrumentKeys): string[] {
  const unused =
    keys.pledges.length > 0 || !hasPledges
      ? 'the column X (net).'
      : 'the columns X (net), vl_X (loan collateral), m_X (margin collateral) and pm_X (portfolio margin collateral).'
  const notes = [`Not used: the columns rn and ${quote(total)} and, for every asset X, ${unused}`]
  if (keys.pledges.length > 0 && !hasPledges) {
    notes.push('No account pledges anything: the file has no columns vl_X, m_X and pm_X.')
  }
  return notes
}

/** Finds instruments by symbol, upper and lower case taken as the same. */
function symbolLookup(keys: InstrumentKeys, fail: Fail): (asset: string) => number {
  const found = new Map<string, number | 'ambiguous'>()
  keys.instruments.forEach(({ symbol }, index) => {
    const key = symbol.toLowerCase()
    found.set(key, found.has(key) ? 'ambiguous' : index)
  })
  return (asset) => {
    const instrument = found.get(asset.toLowerCase())
    if (instrument === undefined) return fail(`the asset ${quote(asset)} is not in the risk table`)
    if (instrument !== 'ambiguous') return instrument
    return fail(`the asset ${quote(asset)} fits several symbols of the risk table`)
  }
}
