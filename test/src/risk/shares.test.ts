import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../../src/errors/index.js'
import { formatReserves, parseReserves } from '../../../src/reserves/index.js'
import {
  describeIndices,
  formatRiskTable,
  parseRiskTable,
  riskDigests,
  sharesOf,
  unitsFor,
  unitsText,
} from '../../../src/risk/index.js'

const USDC = { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: '1.05' }
const FILE = {
  schema: 'plimsoll/risk-table/1',
  timestamp: 1767225600,
  quote: 'USDC',
  valueDecimals: 20,
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: '97000' },
    { ...USDC, index: { long: '1.05', short: '1.08' } },
  ],
  scenarios: [],
}
const read = (changes: object) => parseRiskTable(JSON.stringify({ ...FILE, ...changes }), 'risk.json')
const failure = (changes: object): InputError => {
  try {
    read(changes)
  } catch (error) {
    if (error instanceof InputError) return error
  }
  throw new Error('it was read')
}
const indexed = (index: object, row: object = {}): object => ({
  quote: 'USD',
  instruments: [FILE.instruments[0], { ...USDC, ...row, index }],
})
const indices = fc.bigInt({ min: 1n, max: 2n ** 48n - 1n })

describe('indices of a table (settlement.60)', () => {
  test('are read, written in their shortest form, and told', () => {
    const table = read({})
    expect(table.instruments[1]!.index).toEqual({ long: 1_050_000_000_000n, short: 1_080_000_000_000n })
    expect(formatRiskTable(parseRiskTable(formatRiskTable(table), 'risk.json'))).toBe(formatRiskTable(table))
    expect(describeIndices(table)).toEqual([
      'USDC counts shares: what is owed of one is 1.05 USDC, what is lent as one 1.08',
    ])
    expect(describeIndices(read({ quote: 'USD', instruments: [FILE.instruments[0]] }))).toEqual([])
  })

  test('are bound by the root, each side by itself, and a table without them keeps its root', () => {
    const root = (table: ReturnType<typeof read>) => riskDigests(table).riskRoot
    const [own, long, short, none] = [
      indexed({ long: '1.05', short: '1.08' }),
      indexed({ long: '1.04', short: '1.08' }),
      indexed({ long: '1.05', short: '1.07' }),
      { quote: 'USD', instruments: [FILE.instruments[0], USDC] },
    ].map((changes) => root(read(changes)))
    expect(new Set([own, long, short, none]).size).toBe(4)
  })

  test.each([
    ['zero', indexed({ long: '0', short: '1' }), 'RISK_INDEX'],
    ['2^48 and more', indexed({ long: '1', short: '281.474976710656' }), 'RISK_INDEX'],
    ['a short index below the long one', indexed({ long: '1.1', short: '1.09' }), 'RISK_INDEX'],
    ['thirteen decimals', indexed({ long: '1.0000000000001', short: '2' }), 'RISK_INDEX'],
    ['no number', indexed({ long: 'one', short: '2' }), 'RISK_INDEX'],
    ['a derivative', indexed({ long: '1', short: '1' }, { kind: 'perp' }), 'RISK_INDEX'],
    ['one side alone', indexed({ long: '1' }), 'JSON_SCHEMA'],
    ['a quote that is marked at 1', { instruments: [{ ...FILE.instruments[1], mark: '1' }] }, 'RISK_QUOTE'],
  ])('%s is refused, by its place', (_, changes, code) => {
    const error = failure(changes)
    expect(error.code).toBe(code)
    expect(error.where).toMatch(/^risk\.json: instruments\[[01]\]/)
  })

  test('2^48 − 1 is the largest, and equal indices are taken', () => {
    const most = '281.474976710655'
    expect(read(indexed({ long: most, short: most })).instruments[1]!.index!.long).toBe(2n ** 48n - 1n)
  })
})

describe('shares and units (settlement.61)', () => {
  test('units cover the shares that they are, and one smallest unit less covers fewer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 98n - 1n }), indices, (units, long) => {
        const row = { index: { long, short: long } }
        const shares = sharesOf(units, row)
        expect(shares * long <= units * 10n ** 12n).toBe(true)
        expect((shares + 1n) * long > units * 10n ** 12n).toBe(true)
        const needed = unitsFor(shares, row)
        expect(needed <= units).toBe(true)
        expect(sharesOf(needed, row) >= shares).toBe(true)
        if (needed > 0n) expect(sharesOf(needed - 1n, row) < shares || shares === 0n).toBe(true)
      }),
    )
  })

  test('reserves are given in units and count in shares; written again, they count the same', () => {
    const table = read({ scenarios: [{ name: 'halved', values: { BTC: '48500', USDC: '1.05' } }] })
    const text = JSON.stringify({
      schema: 'plimsoll/reserves/1',
      reserves: { BTC: '2', USDC: '1000' },
      insurance: { USDC: '10.5' },
    })
    const held = parseReserves(text, table, 'reserves.json')
    // 1000 / 1.05 = 952.380952…
    expect(held.reserves).toEqual([200_000_000n, 952_380_952n])
    expect(held.insurance).toEqual([0n, 10_000_000n])
    expect(parseReserves(formatReserves(held, table), table, 'reserves.json')).toEqual(held)
  })

  test('what comes to 2^98 shares is refused', () => {
    const table = read(indexed({ long: '0.000001', short: '1' }))
    const most = (2n ** 98n / 10n ** 6n).toString()
    const text = JSON.stringify({ schema: 'plimsoll/reserves/1', reserves: { USDC: most } })
    expect(() => parseReserves(text, table, 'reserves.json')).toThrow(/2\^98/)
  })

  test('a balance is told in units by the long index, a loan by the short one (settlement.63)', () => {
    const index = { long: 1_050_000_000_000n, short: 1_080_000_000_000n }
    expect(unitsText(100_000_001n, 6, index)).toBe('105.00000105')
    expect(unitsText(-100_000_000n, 6, index)).toBe('-108')
  })
})
