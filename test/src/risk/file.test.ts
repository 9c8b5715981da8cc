import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { readRiskTable } from '../../../src/inputs/index.js'
import { describeMoves, formatRiskTable, type RiskTable, type Scenario } from '../../../src/risk/index.js'
import { INSTRUMENT_KINDS } from '../../../src/rules/index.js'
import { countVisits } from '../../helpers/visits.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const read = async (text: string): Promise<RiskTable> => {
  const path = join(folder, 'risk.json')
  await writeFile(path, text)
  return readRiskTable(path)
}
const BTC = { symbol: 'BTC', kind: 'spot', decimals: 8, mark: '97000.12' }
const FILE = {
  schema: 'plimsoll/risk-table/1',
  timestamp: 1767225600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: [BTC],
  scenarios: [] as unknown[],
}
const failure = async (changes: object): Promise<InputError> => {
  const error = await read(JSON.stringify({ ...FILE, ...changes })).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(InputError)
  return error as InputError
}
const instrument = (changes: object): object => ({
  instruments: [BTC, { ...BTC, symbol: 'ETH', ...changes }],
})

const scenario = (values: object, name = 'crash'): object => ({ scenarios: [{ name, values }] })

const symbols = fc.oneof(
  fc.string({
    unit: fc
      .integer({ min: 0x21, max: 0x7e })
      .map((c) => String.fromCharCode(c))
      .filter((c) => !'"\'`,'.includes(c)),
    minLength: 1,
    maxLength: 31,
  }),
  fc.constantFrom('币安人生', 'ΕΥΡΩ', 'ТОН', 'čáp', 'q\u0323', '한국'),
)
const scenarioNames = fc
  .string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((c) => String.fromCharCode(c)),
    minLength: 1,
    maxLength: 31,
  })
  .filter((name) => name.trim() === name)
/**
 * A short value is never below the long one, and only perps and futures lose, in a requirement also options.
 */
const scenarioOf = (name: string, instruments: RiskTable['instruments']): fc.Arbitrary<Scenario> =>
  fc.boolean().chain((requirement) =>
    fc.record({
      name: fc.constant(name),
      ...(requirement ? { requirement: fc.constant(true as const) } : {}),
      values: fc.tuple(
        ...instruments.map(({ kind }) => {
          const loses = kind === 'perp' || kind === 'future' || (requirement && kind === 'option')
          const value = fc.bigInt(loses ? 1n - 2n ** 64n : 0n, 2n ** 64n - 1n)
          return fc
            .tuple(value, value)
            .map(([a, b]) => (a < b ? { long: a, short: b } : { long: b, short: a }))
        }),
      ),
    }),
  )
const tables: fc.Arbitrary<RiskTable> = fc
  .record({
    timestamp: fc.integer({ min: 0, max: 253_402_300_799 }),
    quote: symbols,
    valueDecimals: fc.integer({ min: 18, max: 36 }),
    instruments: fc.uniqueArray(
      fc.record({
        symbol: symbols,
        kind: fc.constantFrom(...INSTRUMENT_KINDS),
        decimals: fc.integer({ min: 0, max: 18 }),
        mark: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      }),
      { minLength: 1, maxLength: 20, selector: ({ symbol }) => symbol },
    ),
  })
  .filter(({ quote, instruments }) => instruments.every(({ symbol }) => symbol !== quote))
  .chain((table) =>
    fc.uniqueArray(scenarioNames, { maxLength: 3 }).chain((names) =>
      fc.tuple(...names.map((name) => scenarioOf(name, table.instruments))).map((scenarios) => ({
        ...table,
        scenarios,
      })),
    ),
  )

describe('a risk table file (risk.2)', () => {
  test('gives the value of one smallest unit, exactly', async () => {
    const table = await read(JSON.stringify(FILE))
    expect(table.instruments).toEqual([{ symbol: 'BTC', kind: 'spot', decimals: 8, mark: 970001200000000n }])
    expect(table).toMatchObject({ timestamp: 1767225600, quote: 'USD', valueDecimals: 18, scenarios: [] })
  })

  test('round-trips through its canonical text', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (table) => {
        const text = formatRiskTable(table)
        const again = await read(text)
        expect(again).toEqual(table)
        expect(formatRiskTable(again)).toBe(text)
      }),
      { numRuns: 100 },
    )
  })

  test('has one canonical text, however its marks and fields were written', async () => {
    const loose = await read(
      JSON.stringify({
        ...FILE,
        instruments: [{ mark: '97000.1200', kind: 'spot', decimals: 8, symbol: 'BTC' }],
      }),
    )
    expect(formatRiskTable(loose)).toBe(formatRiskTable(await read(JSON.stringify(FILE))))
  })

  test.each([
    ['a missing field', { quote: undefined }, /quote/],
    ['an unknown field', { note: 1 }, /note/],
    ['another schema', { schema: 'plimsoll/risk-table/2' }, /schema/],
    ['a scenario without a name', { scenarios: [{ values: { BTC: '1' } }] }, /scenarios\[0\]\.name/],
    ['a scenario of a name of 32 bytes', scenario({}, 'x'.repeat(32)), /scenarios\[0\]\.name/],
    ['a scenario of a name with an outer space', scenario({}, 'crash '), /scenarios\[0\]\.name/],
    ['a scenario with an unknown field', { scenarios: [{ name: 'x', values: {}, p: 1 }] }, /scenarios\[0\]/],
    ['a scenario whose value is a number', scenario({ BTC: 1 }), /scenarios\[0\]\.values/],
    ['a scenario with half a value', scenario({ BTC: { long: '1' } }), /scenarios\[0\]\.values/],
    ['no instruments', { instruments: [] }, /instruments/],
    ['a fractional timestamp', { timestamp: 1.5 }, /timestamp/],
    ['an unknown kind', instrument({ kind: 'swap' }), /instruments\[1\]\.kind/],
    ['too many decimals', instrument({ decimals: 19 }), /instruments\[1\]\.decimals/],
    ['a mark that is a number', instrument({ mark: 97000.12 }), /instruments\[1\]\.mark/],
    ['an unknown field of an instrument', instrument({ weight: 1 }), /instruments\[1\]/],
    ['an empty symbol', instrument({ symbol: '' }), /instruments\[1\]\.symbol/],
    ['a symbol of 32 bytes', instrument({ symbol: 'A'.repeat(32) }), /instruments\[1\]\.symbol/],
    ['a symbol with a comma', instrument({ symbol: 'A,B' }), /instruments\[1\]\.symbol/],
    ['a symbol with a space', instrument({ symbol: 'A B' }), /instruments\[1\]\.symbol/],
    ['a symbol with a quote', instrument({ symbol: 'A"' }), /instruments\[1\]\.symbol/],
    ['a symbol with a line feed', instrument({ symbol: 'AB\n' }), /instruments\[1\]\.symbol/],
    ['a symbol that only looks like ASCII', instrument({ symbol: 'ВTC' }), /instruments\[1\]\.symbol/],
    ['a time in milliseconds', { timestamp: 1_767_225_600_000 }, /timestamp: .*milliseconds/],
    ['a time before 1970', { timestamp: -1 }, /timestamp: must not be before 1970/],
  ])('is refused with %s', async (_, changes, place) => {
    const error = await failure(changes)
    expect(error.code).toBe('JSON_SCHEMA')
    expect(error.message).toMatch(place)
  })

  test('costs work in proportion to its size, whatever symbols its scenarios have', async () => {
    const work = async (size: number): Promise<number> => {
      const rows = Array.from({ length: size }, (_, i) => ({ ...BTC, symbol: `T${i}` }))
      const values = Object.fromEntries(rows.map(({ symbol }) => [symbol, '1']))
      const scenarios = ['a', 'b'].map((name) => ({ name, values }))
      const good = JSON.stringify({ ...FILE, instruments: rows, scenarios })
      const bad = JSON.stringify({
        ...FILE,
        instruments: rows,
        scenarios: [{ name: 'a', values: { ...values, X: '1' } }],
      })
      return countVisits(async () => {
        await read(good)
        expect(((await read(bad).catch((e: InputError) => e)) as InputError).code).toBe(
          'RISK_SCENARIO_INSTRUMENT',
        )
      })
    }
    expect(await work(800)).toBeLessThan(5 * (await work(200)))
  })

  test('is refused with more instruments than any instance will have, before they are compared', async () => {
    const instruments = Array.from({ length: 16_385 }, (_, i) => ({ ...BTC, symbol: `T${i}` }))
    expect((await failure({ instruments })).message).toMatch(/instruments: must not be more than 16384/)
  })

  test('N12: is refused when two instruments have one symbol', async () => {
    const error = await failure(instrument({ symbol: 'BTC' }))
    expect(error.code).toBe('RISK_DUPLICATE_SYMBOL')
    expect(error.where).toMatch(/instruments\[1\]\.symbol$/)
  })

  test.each(['-1', '+1', '1e3', '', ' 1', '1,5', '0x10', 'NaN', '01'])(
    'is refused with the mark "%s"',
    async (mark) => {
      const error = await failure(instrument({ mark }))
      expect(error.code).toBe('RISK_MARK')
      expect(error.where).toMatch(/instruments\[1\]\.mark$/)
    },
  )

  test('is refused when a unit value is too fine, with what to do about it', async () => {
    const below = await failure(instrument({ decimals: 18, mark: '3312.75' }))
    const digits = await failure(instrument({ mark: '0.0000000000000000001' }))
    for (const error of [below, digits]) {
      expect(error.code).toBe('RISK_MARK_TOO_FINE')
      expect(error.message).toContain('ETH')
      expect(error.where).toMatch(/instruments\[1\]\.mark$/)
      expect(error.hint).toBeDefined()
    }
  })

  test('takes the largest unit value below 2^64 and refuses the next', async () => {
    const changes = (mark: bigint): object => ({
      valueDecimals: 0,
      instruments: [{ ...BTC, decimals: 0, mark: mark.toString() }],
    })
    const largest = 2n ** 64n - 1n
    expect((await read(JSON.stringify({ ...FILE, ...changes(largest) }))).instruments[0]!.mark).toBe(largest)
    const error = await failure(changes(largest + 1n))
    expect(error.code).toBe('RISK_MARK_TOO_LARGE')
    expect(error.hint).toBeDefined()
  })

  test('takes a negative mark of a perp or a future, which is settled at it, and of nothing else (solvency.16)', async () => {
    const at = (kind: string, mark: string) => ({
      valueDecimals: 2,
      instruments: [{ symbol: 'CL-MAY20', kind, decimals: 0, mark }],
    })
    for (const kind of ['perp', 'future']) {
      const table = await read(JSON.stringify({ ...FILE, ...at(kind, '-37.63') }))
      expect(table.instruments[0]!.mark).toBe(-3763n)
      expect(await read(formatRiskTable(table))).toEqual(table)
    }
    for (const kind of ['spot', 'stablecoin', 'option']) {
      const error = await failure(at(kind, '-37.63'))
      expect(error.code).toBe('RISK_MARK')
      expect(error.where).toMatch(/instruments\[0\]\.mark$/)
    }
    const smallest = (mark: bigint) => ({
      valueDecimals: 0,
      instruments: [{ symbol: 'F', kind: 'future', decimals: 0, mark: mark.toString() }],
    })
    const least = 1n - 2n ** 64n
    expect((await read(JSON.stringify({ ...FILE, ...smallest(least) }))).instruments[0]!.mark).toBe(least)
    expect((await failure(smallest(least - 1n))).code).toBe('RISK_MARK_TOO_LARGE')
  })

  test('is refused when a field is given twice', async () => {
    const text = JSON.stringify(FILE).replace('"quote":"USD"', '"quote":"EUR","quote":"USD"')
    await expect(read(text)).rejects.toMatchObject({ code: 'JSON_DUPLICATE_KEY' })
  })

  test('gives the values of a scenario in the order of the instruments, exactly', async () => {
    const perp = { symbol: 'BTC-PERP', kind: 'perp', decimals: 3, mark: '97000' }
    const values = { 'BTC-PERP': { long: '-58200.5', short: '-48500' }, BTC: '38800.25' }
    const table = await read(
      JSON.stringify({ ...FILE, instruments: [BTC, perp], ...scenario(values), valueDecimals: 8 }),
    ).catch((e: unknown) => e)
    expect(table).toMatchObject({ code: 'RISK_MARK_TOO_FINE' })
    const { scenarios } = await read(
      JSON.stringify({ ...FILE, instruments: [BTC, perp], ...scenario(values), valueDecimals: 12 }),
    )
    expect(scenarios).toEqual([
      {
        name: 'crash',
        values: [
          { long: 388_002_500n, short: 388_002_500n },
          { long: -58_200_500_000_000n, short: -48_500_000_000_000n },
        ],
      },
    ])
  })

  const PERP = { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: '97000' }
  const OPTION = { symbol: 'BTC-CALL', kind: 'option', decimals: 8, mark: '900' }
  const all = { BTC: '1', 'BTC-PERP': '1', 'BTC-CALL': '1' }
  test.each([
    ['lacks an instrument', { BTC: '1' }, 'RISK_SCENARIO_INSTRUMENT', /BTC-PERP, BTC-CALL/],
    ['has one that the table has not', { ...all, ETH: '1' }, 'RISK_SCENARIO_INSTRUMENT', /ETH/],
    [
      'has an inherited name for one',
      { ...all, constructor: '1' },
      'RISK_SCENARIO_INSTRUMENT',
      /constructor/,
    ],
    ['values spot below zero', { ...all, BTC: '-1' }, 'RISK_VALUE', /BTC/],
    [
      'values an option below zero',
      { ...all, 'BTC-CALL': { long: '-1', short: '1' } },
      'RISK_VALUE',
      /BTC-CALL/,
    ],
    ['has a value that is no plain number', { ...all, BTC: '1e3' }, 'RISK_VALUE', /long value of BTC/],
    ['has a negative zero', { ...all, 'BTC-PERP': '-0' }, 'RISK_VALUE', /BTC-PERP/],
    ['lets a short cost less', { ...all, BTC: { long: '2', short: '1' } }, 'RISK_SCENARIO_ORDER', /BTC/],
    [
      'lets a short of a perp cost less',
      { ...all, 'BTC-PERP': { long: '-1', short: '-2' } },
      'RISK_SCENARIO_ORDER',
      /BTC-PERP/,
    ],
    ['is too fine', { ...all, BTC: '0.00000000001' }, 'RISK_VALUE_TOO_FINE', /BTC/],
    ['is too large', { ...all, BTC: '1844674407.3709551616' }, 'RISK_VALUE_TOO_LARGE', /BTC/],
    ['loses too much', { ...all, 'BTC-PERP': '-1844674407.3709551616' }, 'RISK_VALUE_TOO_LARGE', /BTC-PERP/],
  ])('is refused when a scenario %s', async (_, values, code, message) => {
    const error = await failure({ instruments: [BTC, PERP, OPTION], ...scenario(values) })
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.where).toMatch(/scenarios\[0\]\.values/)
  })

  test('is refused when a requirement values what is no derivative below zero, or is not called true', async () => {
    const requirement = (values: object, is: unknown = true) => ({
      instruments: [BTC, PERP, OPTION],
      scenarios: [{ name: 'initial', requirement: is, values: { ...all, ...values } }],
    })
    const error = await failure(requirement({ BTC: { long: '-1', short: '1' } }))
    expect(error.code).toBe('RISK_VALUE')
    expect(error.where).toMatch(/scenarios\[0\]\.values\.BTC$/)
    const charged = requirement({ 'BTC-CALL': { long: '-1', short: '1' } })
    const { scenarios } = await read(JSON.stringify({ ...FILE, ...charged }))
    expect(scenarios[0]!.values[2]!.long, 'the control: an option may be charged more than it is worth').toBe(
      -10_000_000_000n,
    )
    for (const is of [false, 'true', 1]) {
      expect((await failure(requirement({}, is))).where).toMatch(/scenarios\[0\]\.requirement$/)
    }
  })

  test('is refused when two scenarios have one name', async () => {
    const crash = { name: 'crash', values: { BTC: '1' } }
    const error = await failure({ scenarios: [crash, crash] })
    expect(error.code).toBe('RISK_DUPLICATE_SCENARIO')
    expect(error.where).toMatch(/scenarios\[1\]\.name$/)
  })
})

describe('what a scenario does (risk.2)', () => {
  test('is told by the lowest and the highest move of spot instruments, and of derivatives', async () => {
    const eth = { symbol: 'ETH', kind: 'spot', decimals: 8, mark: '3000' }
    const perp = { symbol: 'P', kind: 'perp', decimals: 8, mark: '3000' }
    const values = { BTC: { long: '48500.06', short: '97000.12' }, ETH: '3001', P: '-2999' }
    const file = { ...FILE, instruments: [BTC, eth, perp], ...scenario(values) }
    const table = await read(JSON.stringify(file))
    expect(describeMoves(table, table.scenarios[0]!)).toBe('BTC -50 % to ETH 0.03 %, derivatives P -99.96 %')
    const oil = { ...perp, mark: '-40' }
    const below = { ...FILE, instruments: [BTC, oil], ...scenario({ BTC: '97000.12', P: '-10' }) }
    const negative = await read(JSON.stringify(below))
    expect(describeMoves(negative, negative.scenarios[0]!)).toBe('BTC 0 %, derivatives P -25 %')
    const single = await read(JSON.stringify({ ...FILE, ...scenario({ BTC: '97000.12' }) }))
    expect(describeMoves(single, single.scenarios[0]!)).toBe('BTC 0 %')
  })
})
