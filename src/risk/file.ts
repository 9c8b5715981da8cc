import { z } from 'zod'
import { InputError } from '../errors/index.js'
import { formatDecimal, INSTRUMENT_BITS, parseDecimal, VALUE_BITS } from '../field/index.js'
import { readJsonFile } from '../files/index.js'
import { INSTRUMENT_KINDS } from './kinds.js'
import type { Instrument, RiskTable } from './table.js'

const SCHEMA = 'plimsoll/risk-table/1'
const MAX_INSTRUMENTS = 2 ** INSTRUMENT_BITS - 1
/** The last second of the year 9999. */
export const MAX_TIMESTAMP = 253_402_300_799

/** 1 to 31 bytes of printable ASCII without comma, space or quotes. */
export const symbolSchema = z
  .string()
  .regex(
    /^[!#-&(-+\--_a-~]{1,31}$/,
    'must be 1 to 31 printable ASCII characters without comma, space or quotes',
  )
  .refine((text) => text !== '__proto__', 'is not a symbol')

const riskTableFile = z.strictObject({
  schema: z.literal(SCHEMA),
  timestamp: z.int().min(0).max(MAX_TIMESTAMP),
  quote: symbolSchema,
  valueDecimals: z.int().min(0).max(36),
  instruments: z
    .array(
      z.strictObject({
        symbol: symbolSchema,
        kind: z.enum(INSTRUMENT_KINDS),
        decimals: z.int().min(0).max(18),
        mark: z.string(),
      }),
    )
    .min(1)
    .max(MAX_INSTRUMENTS),
  scenarios: z.tuple([], 'must be an empty list'),
})

type RiskTableFile = z.output<typeof riskTableFile>

/**
 * Reads a risk table file.
 *
 * @example
 * const table = await readRiskTable('examples/venue/risk.json')
 *
 * @throws {InputError} `RISK_DUPLICATE_SYMBOL`, `RISK_MARK` when a mark is no plain decimal, `RISK_MARK_TOO_FINE`
 * when a unit value is no integer, `RISK_MARK_TOO_LARGE` when it does not stay below 2^64, and what `readJsonFile` throws
 */
export async function readRiskTable(path: string): Promise<RiskTable> {
  return toTable(await readJsonFile(path, riskTableFile), path)
}

/** The canonical text of a risk table's file: equal tables give equal text, and reading it gives the table back. */
export function formatRiskTable(table: RiskTable): string {
  const file: RiskTableFile = {
    schema: SCHEMA,
    timestamp: table.timestamp,
    quote: table.quote,
    valueDecimals: table.valueDecimals,
    instruments: table.instruments.map(({ symbol, kind, decimals, mark }) => ({
      symbol,
      kind,
      decimals,
      mark: formatDecimal(mark * 10n ** BigInt(decimals), table.valueDecimals),
    })),
    scenarios: [],
  }
  return `${JSON.stringify(file, null, 2)}\n`
}

function toTable(file: RiskTableFile, where: string): RiskTable {
  const seen = new Set<string>()
  const instruments = file.instruments.map((row, index): Instrument => {
    if (seen.has(row.symbol)) {
      throw new InputError('RISK_DUPLICATE_SYMBOL', `${row.symbol} is given twice`, {
        where: `${where}: instruments[${index}].symbol`,
      })
    }
    seen.add(row.symbol)
    const mark = unitValue(row, file.valueDecimals, `${where}: instruments[${index}].mark`)
    return { symbol: row.symbol, kind: row.kind, decimals: row.decimals, mark }
  })
  const { timestamp, quote, valueDecimals } = file
  return { timestamp, quote, valueDecimals, instruments, scenarios: [] }
}

/** `mark × 10^valueDecimals / 10^decimals`, exactly. */
function unitValue(row: RiskTableFile['instruments'][number], valueDecimals: number, where: string): bigint {
  const tooFine = (): InputError =>
    new InputError(
      'RISK_MARK_TOO_FINE',
      `the value of one smallest unit of ${row.symbol} is not a whole number`,
      {
        where,
        hint: 'Raise valueDecimals, give the instrument fewer decimals, or round the mark.',
      },
    )
  let scaled: bigint
  try {
    scaled = parseDecimal(row.mark, { decimals: valueDecimals })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    if (error.code === 'DECIMAL_PRECISION') throw tooFine()
    throw new InputError('RISK_MARK', `the mark of ${row.symbol}: ${error.message}`, {
      where,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
  const units = 10n ** BigInt(row.decimals)
  if (scaled % units !== 0n) throw tooFine()
  const value = scaled / units
  if (value >> BigInt(VALUE_BITS)) {
    throw new InputError(
      'RISK_MARK_TOO_LARGE',
      `the value of one smallest unit of ${row.symbol} does not stay below 2^${VALUE_BITS}`,
      { where, hint: 'Lower valueDecimals, or give the instrument more decimals.' },
    )
  }
  return value
}
