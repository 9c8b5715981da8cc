import { InputError } from '../../errors/index.js'
import { fits, MAGNITUDE_BITS, parseDecimal, symbolFault } from '../../field/index.js'
import { scanCsv } from '../../files/index.js'
import type { RiskTable } from '../../risk/index.js'

/** Prices of levels count 10^-18 of the quote currency for one whole unit. */
export const DEPTH_DECIMALS = 18
/** Levels of one side of a book. */
const MAX_LEVELS = 10_000
const COLUMNS = ['symbol', 'side', 'level', 'price', 'size'] as const
const SIDES = ['bid', 'ask'] as const

/** A price at which so much is wanted or offered. */
export interface DepthLevel {
  /** 10^-18 of the quote currency for one whole unit; above zero. */
  price: bigint
  /** Smallest units; above zero. */
  size: bigint
}

/** An order book of one instrument: who buys (`bid`) and who sells (`ask`), the best price first. */
export type DepthBook = Record<(typeof SIDES)[number], readonly DepthLevel[]>

/** Order books by the symbol of their instrument. */
export type Depth = ReadonlyMap<string, DepthBook>

/**
 * Reads order books: a CSV file with the columns `symbol,side,level,price,size` in any order. A side is `bid`
 * or `ask`, its levels count from 1 on with the best price first, a price is of one whole unit in the quote
 * currency, a size in whole units.
 *
 * @throws {InputError} that names file, line and column: `DEPTH_SYNTAX`, `DEPTH_ENCODING`, `DEPTH_ROW`,
 * `DEPTH_EMPTY`, `DEPTH_HEADER`, `DEPTH_SYMBOL` for a symbol that the table does not have, `DEPTH_SIDE` for a
 * side that is none or has no level, `DEPTH_LEVEL` for a level that is left out, given twice or out of place,
 * `DEPTH_PRICE` for a price that is no number above zero, or not behind the one before it, `DEPTH_SIZE`,
 * `DEPTH_CROSSED` for a best bid that is not below the best ask, `DEPTH_TOO_LONG`, `FILE_ACCESS`
 * @example
 * const depth = await readDepth('depth.csv', await readRiskTable('risk.json'))
 * console.log(depth.get('BTC')?.bid.length)
 */
export async function readDepth(path: string, table: RiskTable): Promise<Depth> {
  const decimals = new Map(
    table.instruments.filter(({ tier }) => tier === undefined).map((row) => [row.symbol, row.decimals]),
  )
  const books = new Map<string, { bid: DepthLevel[]; ask: DepthLevel[] }>()
  const lines = new Map<string, number>()
  let columns: readonly string[] = []
  await scanCsv(path, {
    codes: 'DEPTH',
    header(names) {
      columns = names
      if (names.length !== COLUMNS.length || COLUMNS.some((name) => !names.includes(name))) {
        throw new InputError('DEPTH_HEADER', 'not the columns of order books', {
          where: `${path}:1`,
          hint: `The first line is ${COLUMNS.join(',')}, in any order.`,
        })
      }
      return { columns: names.length, emptyCells: 'refuse' }
    },
    row(cells, line) {
      const cell = (column: (typeof COLUMNS)[number]) => cells[columns.indexOf(column)]!
      const at = (column: (typeof COLUMNS)[number]) => `${path}:${line}, column ${column}`
      const symbol = cell('symbol')
      const places = symbolFault(symbol) === undefined ? decimals.get(symbol) : undefined
      if (places === undefined) {
        throw new InputError('DEPTH_SYMBOL', 'the risk table has no such instrument', {
          where: at('symbol'),
          hint: 'Leave the book out, or use the symbol that the risk table has.',
        })
      }
      const side = SIDES.find((name) => name === cell('side'))
      if (side === undefined) {
        throw new InputError('DEPTH_SIDE', 'not a side of a book', {
          where: at('side'),
          hint: 'Write bid for who buys, ask for who sells.',
        })
      }
      const book = books.get(symbol) ?? { bid: [], ask: [] }
      books.set(symbol, book)
      lines.set(symbol, line)
      addLevel(book[side], side, {
        level: cell('level'),
        price: amountOf(cell('price'), 'price', DEPTH_DECIMALS, at('price')),
        size: amountOf(cell('size'), 'size', places, at('size')),
        at,
      })
    },
  })
  for (const [symbol, book] of books) assertBook(symbol, book, `${path}:${lines.get(symbol)!}`)
  return books
}

function addLevel(
  levels: DepthLevel[],
  side: (typeof SIDES)[number],
  { level, price, size, at }: DepthLevel & { level: string; at(column: (typeof COLUMNS)[number]): string },
): void {
  const next = levels.length + 1
  if (level !== `${next}`) {
    throw new InputError('DEPTH_LEVEL', `the next level of this side is ${next}`, {
      where: at('level'),
      hint: 'Give every level of a side, counted from 1 on, the best price first: a gap hides depth.',
    })
  }
  if (next > MAX_LEVELS) {
    throw new InputError('DEPTH_TOO_LONG', `more than ${MAX_LEVELS} levels of one side`, {
      where: at('level'),
      hint: 'Put levels far from the best price together.',
    })
  }
  const before = levels.at(-1)?.price
  if (before !== undefined && (side === 'bid' ? price >= before : price <= before)) {
    throw new InputError(
      'DEPTH_PRICE',
      `the price of ${side === 'bid' ? 'a bid is not below' : 'an ask is not above'} that of the level before`,
      { where: at('price'), hint: 'Order bids from high to low, asks from low to high.' },
    )
  }
  levels.push({ price, size })
}

function assertBook(symbol: string, { bid, ask }: DepthBook, where: string): void {
  const empty = bid.length === 0 ? 'bid' : ask.length === 0 ? 'ask' : undefined
  if (empty !== undefined) {
    throw new InputError('DEPTH_SIDE', `the book of ${symbol} has no ${empty}`, {
      where,
      hint: 'Give both sides: longs are sold to bids, shorts are bought back from asks.',
    })
  }
  if (bid[0]!.price >= ask[0]!.price) {
    throw new InputError('DEPTH_CROSSED', `the best bid of ${symbol} is not below its best ask`, {
      where,
      hint: 'Take both sides at one moment.',
    })
  }
}

/** An amount above zero. */
function amountOf(text: string, name: 'price' | 'size', decimals: number, where: string): bigint {
  const [code, what] =
    name === 'price'
      ? (['DEPTH_PRICE', 'the price of one whole unit, such as 97000.12'] as const)
      : (['DEPTH_SIZE', 'whole units, such as 0.25'] as const)
  let value: bigint
  try {
    value = parseDecimal(text, { decimals, signed: true })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(code, `the ${name} is ${error.message}`, {
      where,
      hint: error.hint ?? `Write ${what}.`,
    })
  }
  if (value <= 0n || !fits(value, name === 'price' ? 2 * MAGNITUDE_BITS : MAGNITUDE_BITS)) {
    throw new InputError(code, `the ${name} is not above zero, or too large`, {
      where,
      hint: `Write ${what}.`,
    })
  }
  return value
}
