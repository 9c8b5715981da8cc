import { describe, expect, test } from 'vitest'
import {
  instrumentNumbers,
  joinedInstruments,
  leafSlots,
  numberedAlike,
  numberedApart,
  rowOfNumber,
  rowPosition,
} from '../../../src/risk/index.js'
import type { Instrument } from '../../../src/risk/table.js'
import type { InstrumentKind } from '../../../src/rules/index.js'

const row = (symbol: string, kind: InstrumentKind, tier?: Instrument['tier']): Instrument => ({
  symbol,
  kind,
  decimals: 8,
  mark: 1n,
  ...(tier === undefined ? {} : { tier }),
})
const table = {
  instruments: [
    row('BTC-PERP', 'perp'),
    row('BTC', 'spot'),
    row('BTC:loan:1', 'spot', { list: 'loan', width: 5n }),
    row('USDC', 'stablecoin'),
    row('BTC-FUT', 'future'),
    row('BTC:loan:2', 'spot', { list: 'loan', width: 5n }),
    row('BTC-CALL', 'option'),
  ],
}
const NUMBERS = [32768, 0, 16384, 1, 32769, 16385, 32770]

describe('instrument numbers (risk.15)', () => {
  test('count spot rows, tier rows and derivatives apart, each in the order of the table', () => {
    expect(instrumentNumbers(table)).toEqual(NUMBERS)
    expect(instrumentNumbers({ instruments: [] })).toEqual([])
  })

  test('lead back to their rows, and none else does', () => {
    expect(NUMBERS.map((number) => rowOfNumber(table, number))).toEqual([0, 1, 2, 3, 4, 5, 6])
    for (const number of [2, 16386, 32771, 49152]) expect(rowOfNumber(table, number)).toBeUndefined()
  })

  test('have a place of their own each, below 16^n for the first rows of every kind', () => {
    const every = Array.from({ length: 2 ** 16 }, (_, number) => rowPosition(number))
    expect(new Set(every).size).toBe(2 ** 16)
    expect(Math.max(...every)).toBe(2 ** 16 - 1)
    for (const [levels, rows] of [
      [1, 4],
      [2, 64],
      [3, 1024],
    ] as const) {
      for (const first of [0, 2 ** 14, 2 ** 15]) {
        expect(rowPosition(first + rows - 1)).toBeLessThan(16 ** levels)
        expect(rowPosition(first + rows)).toBeGreaterThanOrEqual(16 ** levels)
      }
    }
    expect([0, 1, 16384, 32768, 32769].map(rowPosition)).toEqual([0, 4, 2, 1, 5])
  })

  test('are alike in tables of the same instruments, decimals and kinds in one order, whatever their prices (margin.12)', () => {
    const changed = (index: number, change: Partial<Instrument>) => ({
      instruments: table.instruments.map((own, i) => (i === index ? { ...own, ...change } : own)),
    })
    expect(numberedAlike(table, changed(0, { mark: 7n }))).toBe(true)
    expect(numberedAlike(table, changed(0, { kind: 'future' }))).toBe(true)
    // Were the perp a spot instrument, BTC would have another number, and leaves would name the perp by its.
    for (const other of [
      changed(0, { kind: 'spot' }),
      changed(1, { symbol: 'WBTC' }),
      changed(1, { decimals: 7 }),
      { instruments: table.instruments.toReversed() },
      { instruments: table.instruments.slice(1) },
    ])
      expect(numberedAlike(table, other)).toBe(false)
  })

  test('are kept by a later table, which may add rows behind those of each kind (settlement.41)', () => {
    const changed = (index: number, change: Partial<Instrument>) => ({
      instruments: table.instruments.map((own, i) => (i === index ? { ...own, ...change } : own)),
    })
    const added = { instruments: [row('NEW-PERP', 'perp'), ...table.instruments, row('NEW', 'spot')] }
    expect(numberedApart(table, changed(0, { mark: 7n }))).toBeUndefined()
    expect(numberedApart(table, { instruments: table.instruments.slice(0, -1) })).toBeUndefined()
    const spots = { instruments: [...table.instruments, row('NEW', 'spot')] }
    expect(numberedApart(table, spots)).toBeUndefined()
    expect(numberedApart(spots, table)).toBeUndefined()
    const apart: [Parameters<typeof numberedApart>[0], RegExp][] = [
      // Whatever stands at a number would become something else in every account, with no row.
      [changed(1, { symbol: 'WBTC' }), /number 0 is BTC in one and WBTC in the other/],
      [changed(1, { decimals: 7 }), /BTC has other decimals/],
      [changed(0, { kind: 'future' }), /is of another kind/],
      [changed(0, { kind: 'spot' }), /in the other/],
      [{ instruments: table.instruments.toReversed() }, /in the other|another number/],
      [added, /in the other/],
      // Gone from its number, and at another: what was at the first would be at none.
      [{ instruments: [row('NEW', 'spot'), table.instruments[1]!] }, /in the other/],
    ]
    for (const [other, reason] of apart) expect(numberedApart(table, other)).toMatch(reason)
    const [one, other] = [[row('A', 'spot'), row('B', 'spot')], [row('A', 'spot')]].map((rows) => ({
      instruments: rows,
    })) as [{ instruments: Instrument[] }, { instruments: Instrument[] }]
    expect(numberedApart(one, other)).toBeUndefined()
    expect(numberedApart({ instruments: [row('A', 'perp')] }, other)).toMatch(/A has another number/)
  })

  test('of two tables are one list, or are refused by name (settlement.41)', () => {
    const tables = (...lists: Instrument[][]) => lists.map((instruments) => ({ instruments }))
    const symbols = (list: readonly Instrument[]) => list.map(({ symbol }) => symbol)
    const [perp, coin, cash] = [row('P', 'perp'), row('A', 'spot'), row('B', 'stablecoin')]
    const [one, more] = tables([perp, coin], [coin, perp, row('Q', 'perp'), cash])
    for (const [from, to] of [
      [one!, more!],
      [more!, one!],
    ] as const) {
      const joined = joinedInstruments(from, to)
      expect(symbols(joined)).toEqual(['A', 'B', 'P', 'Q'])
      const numbers = instrumentNumbers({ instruments: joined })
      const own = instrumentNumbers(from)
      for (const [i, { symbol }] of from.instruments.entries()) {
        expect(numbers[symbols(joined).indexOf(symbol)]).toBe(own[i])
      }
    }
    expect(() => joinedInstruments(table, one!)).toThrowError(
      expect.objectContaining({ code: 'SETTLEMENT_TIERS', exitCode: 2 }),
    )
    const [other] = tables([cash, coin])
    expect(() => joinedInstruments(one!, other!)).toThrowError(
      expect.objectContaining({
        code: 'SETTLEMENT_NUMBERS',
        message: expect.stringContaining('A in one and B'),
      }),
    )
  })

  test('end where the next kind begins', () => {
    const rows = (count: number) => ({
      instruments: Array.from({ length: count }, (_, i) => row(`A${i}`, 'spot')),
    })
    expect(instrumentNumbers(rows(2 ** 14)).at(-1)).toBe(2 ** 14 - 1)
    expect(() => instrumentNumbers(rows(2 ** 14 + 1))).toThrow(
      expect.objectContaining({ code: 'RISK_TOO_MANY_INSTRUMENTS' }),
    )
  })

  test('take the place of rows in the slots of a leaf, and an empty slot is empty', () => {
    const slots = [
      { instrument: 0, quantity: -5n },
      { instrument: 3, quantity: 7n },
      { instrument: 0, quantity: 0n },
      { instrument: 4, quantity: 0n },
    ]
    expect(leafSlots(slots, NUMBERS)).toEqual([
      { instrument: 32768, quantity: -5n },
      { instrument: 1, quantity: 7n },
      { instrument: 0, quantity: 0n },
      { instrument: 0, quantity: 0n },
    ])
    expect(() => leafSlots([{ instrument: 7, quantity: 1n }], NUMBERS)).toThrow(RangeError)
  })
})
