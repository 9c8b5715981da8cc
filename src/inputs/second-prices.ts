import { PRICE_DECIMALS, type SecondPrices, TOLERANCE_DECIMALS } from '../audit/index.js'
import { InputError } from '../errors/index.js'
import { cutDecimal, parseDecimal, symbolFault } from '../field/index.js'
import { scanCsv } from '../files/index.js'
import { MAX_INSTRUMENTS } from '../schema/index.js'

const COLUMNS = ['symbol', 'price'] as const

/**
 * Reads prices of a second source: a CSV file with the columns `symbol,price` in any order. A price is of one
 * whole unit in the quote currency of the risk table that it is compared with, and may have an exponent.
 *
 * @param tolerance the most that a mark may differ by, as a share: `0.01` for one percent
 * @returns the prices, and the SHA-256 of the file
 * @throws {InputError} that names file, line and column: `RISK_SYNTAX`, `RISK_ENCODING`, `RISK_ROW`,
 * `RISK_EMPTY`, `RISK_HEADER`, `RISK_SYMBOL`, `RISK_DUPLICATE_SYMBOL`, `RISK_MARK`, `RISK_SIZE`,
 * `FILE_ACCESS`, and `USAGE` for a tolerance that is not below 1
 * @example
 * const { prices } = await readSecondPrices('second-prices.csv', '0.01')
 */
export async function readSecondPrices(
  path: string,
  tolerance: string,
): Promise<{ prices: SecondPrices; sha256: string }> {
  const prices = new Map<string, bigint>()
  let columns: readonly string[] = []
  const { sha256 } = await scanCsv(path, {
    codes: 'RISK',
    header(names) {
      columns = names
      if (names.length !== COLUMNS.length || COLUMNS.some((name) => !names.includes(name))) {
        throw new InputError('RISK_HEADER', 'not the columns of a list of prices', {
          where: `${path}:1`,
          hint: `The first line is ${COLUMNS.join(',')}, in any order.`,
        })
      }
      return { columns: names.length, emptyCells: 'refuse' }
    },
    row(cells, line) {
      const cell = (column: (typeof COLUMNS)[number]) => cells[columns.indexOf(column)]!
      const where = `${path}:${line}`
      if (prices.size === MAX_INSTRUMENTS) {
        throw new InputError('RISK_SIZE', `more than ${MAX_INSTRUMENTS} prices`, { where })
      }
      const symbol = cell('symbol')
      const fault = symbolFault(symbol)
      if (fault !== undefined) throw new InputError('RISK_SYMBOL', `the symbol ${fault}`, { where })
      if (prices.has(symbol)) {
        throw new InputError('RISK_DUPLICATE_SYMBOL', `${symbol} is given twice`, {
          where,
          hint: 'Leave one of the two out.',
        })
      }
      prices.set(symbol, readPrice(cell('price'), `${where}, column price`))
    },
  })
  const parts = parseDecimal(tolerance, { decimals: TOLERANCE_DECIMALS, where: '--tolerance' })
  if (parts >= 10n ** BigInt(TOLERANCE_DECIMALS)) {
    throw new InputError(
      'USAGE',
      'a tolerance has to be below 1: from there on, a mark of nothing would do',
      {
        where: '--tolerance',
        hint: 'Write a share, such as 0.01 for one percent.',
      },
    )
  }
  return { prices: { prices, tolerance: parts }, sha256 }
}

function readPrice(text: string, where: string): bigint {
  try {
    return cutDecimal(text, { decimals: PRICE_DECIMALS, signed: true }).value
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError('RISK_MARK', error.message, {
      where,
      hint: error.hint ?? 'Write the price of one whole unit, such as 97000.12 or 1.5e-7.',
    })
  }
}
