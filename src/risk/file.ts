import * as z from 'zod'
import { InputError } from '../errors/index.js'
import {
  fits,
  formatDecimal,
  MAGNITUDE_BITS,
  parseDecimal,
  scenarioNameFault,
  textSchema,
  VALUE_BITS,
} from '../field/index.js'
import {
  fileOfRule,
  INSTRUMENT_KINDS,
  isDerivative,
  isSettledAtMark,
  marginRuleSchema,
  ruleOfFile,
} from '../rules/index.js'
import {
  editable,
  formatJson,
  MAX_INSTRUMENTS,
  MAX_TABLE_SCENARIOS,
  parseJsonAs,
  symbolSchema,
  timestampSchema,
} from '../schema/index.js'
import { withMargin } from './margin.js'
import { assertIndices, INDEX_DECIMALS, indexValue, type ShareIndex } from './shares.js'
import { someOf } from './some-of.js'
import { type Instrument, type RiskTable, type Scenario, TIER_LISTS } from './table.js'
import { assertTiers } from './tiers/rules.js'

const SCHEMA = 'plimsoll/risk-table/1'

/** The file of a risk table. */
export const riskTableFile = z.strictObject({
  schema: z.literal(SCHEMA),
  timestamp: timestampSchema,
  quote: symbolSchema,
  valueDecimals: z.int().min(0).max(36),
  instruments: z
    .array(
      z.strictObject({
        symbol: symbolSchema,
        kind: z.enum(INSTRUMENT_KINDS),
        decimals: z.int().min(0).max(18),
        mark: z.string(),
        /** Units that a long and a short share are: quantities, marks and values are then of shares. */
        index: z.strictObject({ long: z.string(), short: z.string() }).exactOptional(),
        /** A tier of the nearest instrument above without one; its width in whole units. */
        tier: z.strictObject({ list: z.enum(TIER_LISTS), width: z.string() }).exactOptional(),
      }),
    )
    .min(1)
    .max(MAX_INSTRUMENTS, `must not be more than ${MAX_INSTRUMENTS} instruments`),
  scenarios: z
    .array(
      z.strictObject({
        name: textSchema(scenarioNameFault),
        /** Nothing has to cover what accounts lack in it; a policy may bound it. */
        requirement: z.literal(true).exactOptional(),
        /** By symbol, for one whole unit: one number, or one for a long unit and one for a short unit. */
        values: z.record(
          z.string(),
          z.union([z.string(), z.strictObject({ long: z.string(), short: z.string() })]),
        ),
      }),
    )
    .max(MAX_TABLE_SCENARIOS, `must not be more than ${MAX_TABLE_SCENARIOS} scenarios`),
  /** The rules that accounts are checked against. */
  margin: marginRuleSchema.optional(),
})

type RiskTableFile = z.output<typeof riskTableFile>

/**
 * The risk table that a file's text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `RISK_DUPLICATE_SYMBOL`, `RISK_MARK` when a mark is no plain decimal,
 * `RISK_MARK_TOO_FINE` when a unit value is no integer, `RISK_MARK_TOO_LARGE` when it does not stay below
 * 2^64; the same of a scenario's value with `RISK_VALUE`; `RISK_DUPLICATE_SCENARIO`,
 * `RISK_SCENARIO_INSTRUMENT` when a scenario lacks an instrument or has one too many, `RISK_QUOTE` when the
 * quote currency is not marked at 1, `RISK_SCENARIO_ORDER` when a short unit costs less than a long one is
 * worth; `RISK_TIER_WIDTH`, and what `assertTiers` throws, when tiers are not sound; and what `parseJsonAs`
 * throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const table = parseRiskTable(await readFile('risk.json', 'utf8'), 'risk.json')
 */
export function parseRiskTable(text: string, where: string): RiskTable {
  return toTable(parseJsonAs(text, editable(riskTableFile), where), where)
}

/**
 * The canonical text of a risk table's file: equal tables give equal text, and reading it gives the table
 * back.
 *
 * @example
 * const text = formatRiskTable(table)
 * console.log(formatRiskTable(parseRiskTable(text, 'risk.json')) === text) // true
 */
export function formatRiskTable(table: RiskTable): string {
  const file: RiskTableFile = {
    schema: SCHEMA,
    timestamp: table.timestamp,
    quote: table.quote,
    valueDecimals: table.valueDecimals,
    instruments: table.instruments.map(({ symbol, kind, decimals, mark, index, tier }) => ({
      symbol,
      kind,
      decimals,
      mark: formatUnitValue(mark, decimals, table.valueDecimals),
      ...(index === undefined
        ? {}
        : {
            index: {
              long: formatDecimal(index.long, INDEX_DECIMALS),
              short: formatDecimal(index.short, INDEX_DECIMALS),
            },
          }),
      ...(tier === undefined
        ? {}
        : { tier: { list: tier.list, width: formatDecimal(tier.width, decimals) } }),
    })),
    scenarios: table.scenarios.map(({ name, requirement, values }) => ({
      name,
      ...(requirement === true ? { requirement } : {}),
      values: Object.fromEntries(
        table.instruments.map(({ symbol, decimals }, i) => {
          const [long, short] = [values[i]!.long, values[i]!.short].map((value) =>
            formatUnitValue(value, decimals, table.valueDecimals),
          )
          return [symbol, long === short ? long! : { long: long!, short: short! }]
        }),
      ),
    })),
  }
  const margin = table.margin === undefined ? {} : { margin: fileOfRule(table.margin) }
  return formatJson({ ...file, ...margin })
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
    const mark = unitValue(row.mark, row, file.valueDecimals, {
      code: 'RISK_MARK',
      name: 'the mark',
      signed: isSettledAtMark(row.kind),
      where: `${where}: instruments[${index}].mark`,
    })
    const { symbol, kind, decimals, tier } = row
    const shares = row.index && { index: shareIndex(row.index, `${where}: instruments[${index}].index`) }
    if (tier === undefined) return { symbol, kind, decimals, mark, ...shares }
    const width = tierWidth(tier.width, decimals, `${where}: instruments[${index}].tier.width`)
    return { symbol, kind, decimals, mark, ...shares, tier: { list: tier.list, width } }
  })
  const { timestamp, quote, valueDecimals } = file
  const names = new Set<string>()
  const scenarios = file.scenarios.map((scenario, index) => {
    const at = `${where}: scenarios[${index}]`
    if (names.has(scenario.name)) {
      throw new InputError('RISK_DUPLICATE_SCENARIO', `${scenario.name} is given twice`, {
        where: `${at}.name`,
      })
    }
    names.add(scenario.name)
    return toScenario(scenario, file, seen, at)
  })
  assertQuote(instruments, file, where)
  const bare = { timestamp, quote, valueDecimals, instruments, scenarios }
  const table = file.margin === undefined ? bare : withMargin(bare, ruleOfFile(file.margin, where), where)
  assertTiers(table, where)
  assertIndices(table, where)
  return table
}

/** The quote currency, where accounts hold it, is worth one of itself; a share of it what its index says. */
function assertQuote(
  instruments: readonly Instrument[],
  { quote, valueDecimals }: RiskTableFile,
  where: string,
): void {
  const index = instruments.findIndex(({ symbol }) => symbol === quote)
  if (index < 0) return
  const { mark, decimals, index: shares } = instruments[index]!
  const one = 10n ** BigInt(valueDecimals)
  if (shares === undefined && mark * 10n ** BigInt(decimals) === one) return
  if (shares !== undefined && mark === indexValue(shares.long, decimals, valueDecimals)) return
  const due = shares === undefined ? '1' : 'its long index'
  throw new InputError(
    'RISK_QUOTE',
    `${quote} is the currency that values are in, and its mark is not ${due}`,
    {
      where: `${where}: instruments[${index}].mark`,
      hint: `Mark it at ${due}${shares === undefined ? '' : ', rounded down'}, or give values in another currency.`,
    },
  )
}

function shareIndex(given: { long: string; short: string }, where: string): ShareIndex {
  const read = (side: 'long' | 'short'): bigint => {
    try {
      return parseDecimal(given[side], { decimals: INDEX_DECIMALS })
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      throw new InputError('RISK_INDEX', `the index of a ${side} share: ${error.message}`, {
        where: `${where}.${side}`,
        hint: error.hint ?? `Write units of a share, with at most ${INDEX_DECIMALS} decimals.`,
      })
    }
  }
  return { long: read('long'), short: read('short') }
}

/** An exact decimal of whole units, 1 to 2^64 − 1 of the smallest. */
function tierWidth(text: string, decimals: number, where: string): bigint {
  let width: bigint
  try {
    width = parseDecimal(text, { decimals })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError('RISK_TIER_WIDTH', `the width of a tier: ${error.message}`, {
      where,
      hint: error.hint ?? 'Write how many units of the instrument the tier takes.',
    })
  }
  if (width === 0n || width >> BigInt(MAGNITUDE_BITS)) {
    throw new InputError(
      'RISK_TIER_WIDTH',
      'the width of a tier is above zero and below 2^64 smallest units',
      {
        where,
        hint: 'Leave out a tier that takes nothing; one without end has the largest width.',
      },
    )
  }
  return width
}

function toScenario(
  { name, requirement, values }: RiskTableFile['scenarios'][number],
  { instruments, valueDecimals }: RiskTableFile,
  symbols: ReadonlySet<string>,
  where: string,
): Scenario {
  const missing = instruments.map(({ symbol }) => symbol).filter((symbol) => !Object.hasOwn(values, symbol))
  const unknown = Object.keys(values).filter((key) => !symbols.has(key))
  if (missing.length + unknown.length > 0) {
    const message =
      missing.length > 0
        ? `gives no value of ${someOf(missing)}`
        : `gives a value of ${someOf(unknown)}, which the table does not have`
    throw new InputError('RISK_SCENARIO_INSTRUMENT', message, {
      where: `${where}.values`,
      hint: 'Give every instrument of the table a value, and no other.',
    })
  }
  const read = (row: InstrumentRow, text: string, side: 'long' | 'short'): bigint =>
    unitValue(text, row, valueDecimals, {
      code: 'RISK_VALUE',
      name: `the ${side} value`,
      // A charge can be more than an option is worth.
      signed: isSettledAtMark(row.kind) || (requirement === true && isDerivative(row.kind)),
      where: `${where}.values.${row.symbol}`,
    })
  return {
    name,
    ...(requirement === true ? { requirement } : {}),
    values: instruments.map((row) => {
      const given = values[row.symbol]!
      const sides = typeof given === 'string' ? { long: given, short: given } : given
      const [long, short] = [read(row, sides.long, 'long'), read(row, sides.short, 'short')]
      if (short < long) {
        throw new InputError(
          'RISK_SCENARIO_ORDER',
          `a short unit of ${row.symbol} costs less than a long unit is worth`,
          {
            where: `${where}.values.${row.symbol}`,
            hint: 'A haircut lowers the long value, a mark-up raises the short value.',
          },
        )
      }
      return { long, short }
    }),
  }
}

type InstrumentRow = RiskTableFile['instruments'][number]

function formatUnitValue(value: bigint, decimals: number, valueDecimals: number): string {
  return formatDecimal(value * 10n ** BigInt(decimals), valueDecimals)
}

/** `value × 10^valueDecimals / 10^decimals`, exactly. */
function unitValue(
  text: string,
  { symbol, decimals }: InstrumentRow,
  valueDecimals: number,
  field: { code: 'RISK_MARK' | 'RISK_VALUE'; name: string; signed: boolean; where: string },
): bigint {
  const { code, name, signed, where } = field
  const tooFine = (): InputError =>
    new InputError(`${code}_TOO_FINE`, `the value of one smallest unit of ${symbol} is not a whole number`, {
      where,
      hint: 'Raise valueDecimals, give the instrument fewer decimals, or round the number.',
    })
  let scaled: bigint
  try {
    scaled = parseDecimal(text, { decimals: valueDecimals, signed })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    if (error.code === 'DECIMAL_PRECISION') throw tooFine()
    throw new InputError(code, `${name} of ${symbol}: ${error.message}`, {
      where,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
  const units = 10n ** BigInt(decimals)
  if (scaled % units !== 0n) throw tooFine()
  const value = scaled / units
  if (!fits(value, VALUE_BITS)) {
    throw new InputError(
      `${code}_TOO_LARGE`,
      `the value of one smallest unit of ${symbol} does not stay below 2^${VALUE_BITS}`,
      { where, hint: 'Lower valueDecimals, or give the instrument more decimals.' },
    )
  }
  return value
}
