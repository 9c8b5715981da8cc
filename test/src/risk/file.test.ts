import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { formatRiskTable, INSTRUMENT_KINDS, type RiskTable, readRiskTable } from '../../../src/risk/index.js'

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

const symbols = fc.string({
  unit: fc
    .integer({ min: 0x21, max: 0x7e })
    .map((c) => String.fromCharCode(c))
    .filter((c) => !'"\'`,'.includes(c)),
  minLength: 1,
  maxLength: 31,
})
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
  .map((table) => ({ ...table, scenarios: [] }))

describe('a risk table file', () => {
  it('gives the value of one smallest unit, exactly', async () => {
    const table = await read(JSON.stringify(FILE))
    expect(table.instruments).toEqual([{ symbol: 'BTC', kind: 'spot', decimals: 8, mark: 970001200000000n }])
    expect(table).toMatchObject({ timestamp: 1767225600, quote: 'USD', valueDecimals: 18, scenarios: [] })
  })

  it('round-trips through its canonical text', async () => {
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

  it('has one canonical text, however its marks and fields were written', async () => {
    const loose = await read(
      JSON.stringify({
        ...FILE,
        instruments: [{ mark: '97000.1200', kind: 'spot', decimals: 8, symbol: 'BTC' }],
      }),
    )
    expect(formatRiskTable(loose)).toBe(formatRiskTable(await read(JSON.stringify(FILE))))
  })

  it.each([
    ['a missing field', { quote: undefined }, /quote/],
    ['an unknown field', { note: 1 }, /note/],
    ['another schema', { schema: 'plimsoll/risk-table/2' }, /schema/],
    ['a scenario, for now', { scenarios: [{}] }, /scenarios/],
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
  ])('is refused with %s', async (_, changes, place) => {
    const error = await failure(changes)
    expect(error.code).toBe('JSON_SCHEMA')
    expect(error.message).toMatch(place)
  })

  it('is refused when two instruments have one symbol', async () => {
    const error = await failure(instrument({ symbol: 'BTC' }))
    expect(error.code).toBe('RISK_DUPLICATE_SYMBOL')
    expect(error.where).toMatch(/instruments\[1\]\.symbol$/)
  })

  it.each(['-1', '+1', '1e3', '', ' 1', '1,5', '0x10', 'NaN', '01'])(
    'is refused with the mark "%s"',
    async (mark) => {
      const error = await failure(instrument({ mark }))
      expect(error.code).toBe('RISK_MARK')
      expect(error.where).toMatch(/instruments\[1\]\.mark$/)
    },
  )

  it('is refused when a unit value is too fine, with what to do about it', async () => {
    const below = await failure(instrument({ decimals: 18, mark: '3312.75' }))
    const digits = await failure(instrument({ mark: '0.0000000000000000001' }))
    for (const error of [below, digits]) {
      expect(error.code).toBe('RISK_MARK_TOO_FINE')
      expect(error.message).toContain('ETH')
      expect(error.where).toMatch(/instruments\[1\]\.mark$/)
      expect(error.hint).toBeDefined()
    }
  })

  it('takes the largest unit value below 2^64 and refuses the next', async () => {
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

  it('is refused when a field is given twice', async () => {
    const text = JSON.stringify(FILE).replace('"quote":"USD"', '"quote":"EUR","quote":"USD"')
    await expect(read(text)).rejects.toMatchObject({ code: 'JSON_DUPLICATE_KEY' })
  })
})
