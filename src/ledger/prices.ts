import { InputError } from '../errors/index.js'
import { cutDecimal, formatDecimal } from '../field/index.js'
import { assetsOf, isTiered, type RiskTable, TIER_VALUE_DECIMALS } from '../risk/index.js'
import type { PriceColumn } from './columns.js'
import type { Database } from './database.js'
import { type Places, rowError } from './places.js'

/** What a price column has to hold. */
interface Mark {
  column: string
  symbol: string
  /** The mark of one whole unit, 10^-valueDecimals of the quote currency. */
  value: bigint
  valueDecimals: number
  /** How much higher the next mark is that the table could hold. */
  step: bigint
  /** Decimals of a mark that the table can hold. */
  decimals: number
}

/**
 * Checks that every price in a wide file is the mark of its instrument: the price itself, or where it is
 * finer than the risk table can hold, the price cut off there.
 *
 * @param rows a query of the file's rows, see `csvRows`
 * @throws {InputError} `LEDGER_PRICE`, `DECIMAL_SYNTAX`, `DECIMAL_SIGN`, at the first line with a wrong price
 */
export async function assertPrices(
  db: Database,
  rows: string,
  prices: readonly PriceColumn[],
  table: RiskTable,
  places: Places,
): Promise<void> {
  if (prices.length === 0) return
  const marks = marksOf(prices, table)
  const columns = prices.map(({ column }) => `c${column}`).join(', ')
  const select = `SELECT line::DOUBLE, ${columns} FROM (${rows})`
  const path = db.inputPattern
  const [row] = await db.rows(`${select} LIMIT 1`, { path })
  if (row === undefined) return
  const [line, ...first] = row as [number, ...string[]]
  for (const [i, text] of first.entries()) assertPrice(text, marks[i]!, line, places)
  // The others are looked at where their text differs: prices are the same in every row.
  const others = db.columns(`${select} WHERE [${columns}] <> $first`, { path, first })
  for await (const [lines, ...texts] of others) {
    for (const [r, other] of lines!.entries()) {
      for (const [i, mark] of marks.entries()) {
        assertPrice(texts[i]![r] as string, mark, other as number, places)
      }
    }
  }
}

function marksOf(prices: readonly PriceColumn[], table: RiskTable): Mark[] {
  const assets = assetsOf(table)
  const { valueDecimals } = table
  // The prices of a tier table are coarser than the values of its tiers.
  const most = isTiered(table) ? Math.min(valueDecimals, TIER_VALUE_DECIMALS) : valueDecimals
  return prices.map(({ instrument, name }) => {
    const { symbol, decimals, base } = assets[instrument]!
    const value = table.instruments[base]!.mark * 10n ** BigInt(decimals)
    const step = 10n ** BigInt(valueDecimals - most + decimals)
    return { column: name, symbol, value, step, valueDecimals, decimals: Math.max(0, most - decimals) }
  })
}

function assertPrice(text: string, mark: Mark, line: number, places: Places): void {
  const { column, symbol, value, step, valueDecimals, decimals } = mark
  const errorOf = (code: string, message: string, hint?: string): InputError =>
    rowError(places, { line, column }, code, message, hint)
  let price: bigint
  try {
    price = cutDecimal(text, { decimals: valueDecimals, signed: true }).value
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw errorOf(error.code, error.message, error.hint)
  }
  if (value <= price && price < value + step) return
  throw errorOf(
    'LEDGER_PRICE',
    `not the mark of ${symbol} in the risk table, which is ${formatDecimal(value, valueDecimals)}`,
    `Give the risk table that these accounts are valued by: a mark is the price in the file, cut off at ${decimals} decimals.`,
  )
}
