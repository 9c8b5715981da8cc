import { InputError } from '../errors/index.js'
import { cutDecimal, symbolFault } from '../field/index.js'
import { scanCsv } from '../files/index.js'
import { type ListedInstrument, listedTable, MARK_DECIMALS, type RiskTable, someOf } from '../risk/index.js'
import { INSTRUMENT_KINDS, type InstrumentKind, isSettledAtMark } from '../rules/index.js'
import { MAX_INSTRUMENTS } from '../schema/index.js'

const COLUMNS = ['symbol', 'kind', 'decimals', 'mark'] as const
const MAX_DECIMALS = 18

/**
 * Reads a list of instruments, a CSV file with the columns `symbol,kind,decimals,mark` in any order, as a
 * risk table without scenarios. A mark is the price of one whole unit, and may have an exponent.
 *
 * @param at.timestamp of the marks, seconds since 1970-01-01 UTC: the file does not say it
 * @param at.quote the currency that marks are in
 * @returns the table, and notes on what is cut off, a sentence each
 * @example
 * const at = { timestamp: 1_767_225_600, quote: 'USDT' }
 * const { table } = await readInstrumentList('instruments.csv', at)
 *
 * @throws {InputError} that names file, line and column: `RISK_SYNTAX`, `RISK_ENCODING`, `RISK_ROW`,
 * `RISK_EMPTY`, `RISK_HEADER`, `RISK_SYMBOL`, `RISK_DUPLICATE_SYMBOL`, `RISK_KIND`, `RISK_DECIMALS`,
 * `RISK_MARK`, `RISK_QUOTE`, `RISK_SIZE`, `RISK_MARK_TOO_LARGE`, `RISK_MARK_TOO_FINE`, `FILE_ACCESS`
 */
export async function readInstrumentList(
  path: string,
  at: Pick<RiskTable, 'timestamp' | 'quote'>,
): Promise<{ table: RiskTable; notes: string[] }> {
  const list: ListedInstrument[] = []
  const lines = new Map<string, number>()
  let columns: readonly string[] = []
  await scanCsv(path, {
    codes: 'RISK',
    header(names) {
      columns = names
      if (COLUMNS.some((name) => !names.includes(name)) || names.length !== COLUMNS.length) {
        throw new InputError('RISK_HEADER', 'not the columns of a list of instruments', {
          where: `${path}:1`,
          hint: `The first line is ${COLUMNS.join(',')}, in any order. \`plimsoll risk tiers\` reads tier tables.`,
        })
      }
      return { columns: names.length, emptyCells: 'refuse' }
    },
    row(cells, line) {
      const cellOf = (column: (typeof COLUMNS)[number]): Cell => ({
        text: cells[columns.indexOf(column)]!,
        where: `${path}:${line}, column ${column}`,
      })
      if (list.length === MAX_INSTRUMENTS) {
        throw new InputError('RISK_SIZE', `more than ${MAX_INSTRUMENTS} instruments`, {
          where: `${path}:${line}`,
          hint: 'Leave out instruments that no account has.',
        })
      }
      const symbol = readSymbol(cellOf('symbol'), lines, path)
      lines.set(symbol, line)
      const kind = readKind(cellOf('kind'))
      const decimals = readDecimals(cellOf('decimals'))
      const mark = readMark(cellOf('mark'), symbol, isSettledAtMark(kind), at.quote)
      list.push({ symbol, kind, decimals, mark, where: cellOf('mark').where })
    },
  })
  const { table, cut } = listedTable(list, at)
  const notes =
    cut.length === 0 ? [] : [`Marks finer than the table can hold, cut off there: ${someOf(cut)}.`]
  return { table, notes }
}

/** A cell's text, and its place for messages. */
interface Cell {
  text: string
  where: string
}

function readSymbol({ text, where }: Cell, lines: ReadonlyMap<string, number>, path: string): string {
  const fault = symbolFault(text)
  if (fault !== undefined) {
    throw new InputError('RISK_SYMBOL', `the symbol of an instrument ${fault}`, {
      where,
      hint: 'Write the symbol as the accounts have it, 1 to 31 bytes.',
    })
  }
  const line = lines.get(text)
  if (line === undefined) return text
  throw new InputError('RISK_DUPLICATE_SYMBOL', `${text} is given twice`, {
    where,
    hint: `${path}:${line} has it too: leave one of the two out.`,
  })
}

function readKind({ text, where }: Cell): InstrumentKind {
  const kind = INSTRUMENT_KINDS.find((name) => name === text)
  if (kind !== undefined) return kind
  throw new InputError('RISK_KIND', 'not a kind of instrument', {
    where,
    hint: `Write one of ${INSTRUMENT_KINDS.join(', ')}.`,
  })
}

function readDecimals({ text, where }: Cell): number {
  if (/^(?:0|[1-9][0-9]?)$/.test(text) && Number(text) <= MAX_DECIMALS) return Number(text)
  throw new InputError('RISK_DECIMALS', `not a whole number from 0 to ${MAX_DECIMALS}`, {
    where,
    hint: 'Write how many decimals a quantity of the instrument has: 8 suits most.',
  })
}

function readMark({ text, where }: Cell, symbol: string, signed: boolean, quote: string): bigint {
  const hint = 'Write the price of one whole unit, such as 97000.12 or 1.5e-7.'
  let mark: { value: bigint; isCut: boolean }
  try {
    mark = cutDecimal(text, { decimals: MARK_DECIMALS, signed })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError('RISK_MARK', `the mark of ${symbol}: ${error.message}`, {
      where,
      hint: error.hint ?? hint,
    })
  }
  if (mark.isCut) {
    throw new InputError('RISK_MARK', `the mark of ${symbol} has more than ${MARK_DECIMALS} decimals`, {
      where,
      hint,
    })
  }
  if (symbol === quote && mark.value !== 10n ** BigInt(MARK_DECIMALS)) {
    throw new InputError('RISK_QUOTE', `${quote} is the currency that values are in, and its mark is not 1`, {
      where,
      hint: 'Mark it at 1, or name another currency with --quote.',
    })
  }
  return mark.value
}
