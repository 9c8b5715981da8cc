import { open } from 'node:fs/promises'
import { InputError } from '../errors/index.js'
import { cutDecimal, symbolFault, VALUE_BITS } from '../field/index.js'
import { fileError, scanCsv, statFile } from '../files/index.js'
import {
  PLEDGES,
  parseTiers,
  someOf,
  TIER_VALUE_DECIMALS,
  type TierInstrument,
  type TierTable,
} from '../risk/index.js'

/** Symbol, price, and the lists in the order of `PLEDGES`, under either set of names. */
const HEADERS: readonly (readonly string[])[] = [
  ['symbol', 'usdt_price', 'loan_tiers_ratio', 'margin_tiers_ratio', 'portfolio_tiers_ratio'],
  [
    'token',
    'asset_usdt_price',
    'collateral_vip_loan_ratio_tiers',
    'collateral_margin_ratio_tiers',
    'collateral_portfolio_margin_ratio_tiers',
  ],
]
/**
 * Assets whose amounts have two decimals; all others have eight (src/utils/constants.go of
 * zkmerkle-proof-of-solvency).
 */
const TWO_DECIMALS = new Set(
  'bttc shib lunc xec win bidr spell hot doge pepe floki idr idrt dogs bonk 1000sats neiro 1000pepper not nft bome 1mbabydoge hmstr wlfi pump monky 1000cheems'.split(
    ' ',
  ),
)
/** Characters that start a formula in a spreadsheet. */
const FORMULA = /^[=+\-@]/

/** Whether a risk file is meant as a tier table (CSV): it is, unless it starts as JSON does or is empty. */
export async function isTierTableFile(path: string): Promise<boolean> {
  await statFile(path)
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0)
      const start = buffer
        .toString('utf8', 0, bytesRead)
        .replace(/^\ufeff/, '')
        .trimStart()
      return start !== '' && !/^[[{]/.test(start)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

/**
 * Reads a tier table as wide exchanges' proof-of-reserves tooling has it, a CSV file with the columns
 * `symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio`, or the same named as in
 * published files, `token,asset_usdt_price,collateral_vip_loan_ratio_tiers,…`; a list of tiers is
 * `[FROM-TO:PERCENT,…]`.
 *
 * Decimals are that tooling's: amounts have eight, of some assets two, prices the rest of sixteen. What a
 * price has beyond is cut off, and a note says so.
 *
 * @example
 * const { instruments } = await readTierTable('tiers.csv')
 *
 * @throws {InputError} that names file, line and column: `TIERS_SYNTAX`, `TIERS_ENCODING`, `TIERS_ROW`,
 * `TIERS_EMPTY`, `TIERS_HEADER`, `TIERS_SYMBOL`, `TIERS_DUPLICATE_SYMBOL`, `TIERS_PRICE`, `FILE_ACCESS`, and
 * the codes of `parseTiers`
 */
export async function readTierTable(path: string): Promise<TierTable> {
  const instruments: TierInstrument[] = []
  const lines = new Map<string, number>()
  const cut: string[] = []
  let columns: readonly string[] | undefined
  await scanCsv(path, {
    codes: 'TIERS',
    header(names) {
      columns = HEADERS.find((header) => header.join() === names.join())
      if (columns === undefined) {
        throw new InputError('TIERS_HEADER', 'not the columns of a tier table', {
          where: `${path}:1`,
          hint: `The first line is ${HEADERS.map((header) => header.join()).join(' or ')}. A risk table is a JSON file.`,
        })
      }
      return { columns: names.length, emptyCells: 'allow' }
    },
    row([symbol, price, ...lists], line) {
      const at = (column: number): string => `${path}:${line}, column ${columns![column]!}`
      assertSymbol(symbol!, lines, at(0), path)
      lines.set(symbol!.toLowerCase(), line)
      const decimals = TWO_DECIMALS.has(symbol!.toLowerCase()) ? 2 : 8
      const { mark, isCut } = readPrice(price!, decimals, at(1))
      if (isCut) cut.push(symbol!)
      const [loan, margin, portfolio] = PLEDGES.map((_, i) => parseTiers(lists[i]!, at(2 + i)))
      const tiers = { loan: loan!, margin: margin!, portfolio: portfolio! }
      instruments.push({ symbol: symbol!, decimals, mark, tiers })
    },
  })
  const notes =
    cut.length === 0 ? [] : [`Prices with more decimals than are used, cut off there: ${someOf(cut)}.`]
  return { quote: 'USDT', valueDecimals: TIER_VALUE_DECIMALS, instruments, notes }
}

function assertSymbol(symbol: string, lines: ReadonlyMap<string, number>, where: string, path: string): void {
  const fault = FORMULA.test(symbol) ? 'must not start with one of = + - @' : symbolFault(symbol)
  if (fault !== undefined) {
    throw new InputError('TIERS_SYMBOL', `the symbol of an asset ${fault}`, {
      where,
      hint: 'Write the symbol as the columns of the accounts have it, 1 to 31 bytes.',
    })
  }
  const line = lines.get(symbol.toLowerCase())
  if (line !== undefined) {
    throw new InputError('TIERS_DUPLICATE_SYMBOL', `${symbol} is given twice`, {
      where,
      hint: `${path}:${line} has it too, upper and lower case taken as the same: leave one of the two out.`,
    })
  }
}

/** Price of one smallest unit in 10^-16 of the quote currency, cut off there. */
function readPrice(text: string, decimals: number, where: string): { mark: bigint; isCut: boolean } {
  let price: { value: bigint; isCut: boolean }
  try {
    price = cutDecimal(text, { decimals: TIER_VALUE_DECIMALS - decimals })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError('TIERS_PRICE', error.message, {
      where,
      hint: error.hint ?? 'Write the price of one unit in USDT, zero or above.',
    })
  }
  const { value: mark, isCut } = price
  if (mark >> BigInt(VALUE_BITS)) {
    throw new InputError(
      'TIERS_PRICE',
      `the price of one smallest unit does not stay below 2^${VALUE_BITS}`,
      {
        where,
        hint: `In 10^-${TIER_VALUE_DECIMALS} USDT, for an amount of ${decimals} decimals.`,
      },
    )
  }
  return { mark, isCut }
}
