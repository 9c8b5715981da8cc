import { describe, expect, test } from 'vitest'
import { valuesDigestOf } from '../../../src/risk/columns.js'
import {
  DERIVATIVE_NUMBERS,
  keyCount,
  keyIndex,
  type RiskTable,
  riskColumns,
  rowsByKind,
  TIER_NUMBERS,
  tableLayout,
  tableSizes,
} from '../../../src/risk/index.js'
import { packText } from '../../../src/risk/text.js'

const spot = { kind: 'spot', decimals: 2 } as const
const sides = (long: bigint, short = long) => ({ long, short })
/** Rows of every kind, out of the order in which circuits have them. */
const table: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 4,
  instruments: [
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 2, mark: -97n },
    { symbol: 'BTC', ...spot, mark: 100n },
    { symbol: 'BTC:loan:1', ...spot, mark: 100n, tier: { list: 'loan', width: 1_000n } },
    { symbol: 'BTC-CALL', kind: 'option', decimals: 2, mark: 5n },
    { symbol: 'USDT', kind: 'stablecoin', decimals: 2, mark: 1n },
    { symbol: 'USDT:margin:1', ...spot, mark: 1n, tier: { list: 'margin', width: 70n } },
  ],
  scenarios: [
    { name: 'collateral', values: [11n, 12n, 13n, 14n, 15n, 16n].map((v) => sides(v, v + 100n)) },
    { name: 'crash', values: [21n, 22n, 23n, 24n, 25n, 26n].map((v) => sides(-v, v)) },
    { name: 'charged', requirement: true, values: [31n, 32n, 33n, 34n, 35n, 36n].map((v) => sides(v)) },
  ],
}
const roomy = { spots: 4, derivatives: 3, tiers: 5, scenarios: 4 }

describe('columns of a table (ledger.9)', () => {
  test('tell rows apart by kind, each kind in the order of the table', () => {
    expect(rowsByKind(table)).toEqual({ spots: [1, 4], derivatives: [0, 3], tiers: [2, 5] })
    expect(tableSizes(table)).toEqual({ spots: 2, derivatives: 2, tiers: 2, scenarios: 3 })
    expect(keyCount(tableSizes(table))).toBe(10)
  })

  test('have marks, values by key, widths and owners at their places', () => {
    const columns = riskColumns(table)
    expect(columns.marks).toEqual([100n, 1n, -97n, 5n])
    expect(columns.scenarios.map(({ name, requirement }) => [name, requirement])).toEqual([
      [packText('collateral'), true],
      [packText('crash'), false],
      [packText('charged'), true],
    ])
    // Long, short of BTC, USDT, BTC-PERP and BTC-CALL, then long of each tier.
    expect(columns.scenarios[0]!.values).toEqual([12n, 112n, 15n, 115n, 11n, 111n, 14n, 114n, 13n, 16n])
    expect(columns.scenarios[1]!.values).toEqual([-22n, 22n, -25n, 25n, -21n, 21n, -24n, 24n, -23n, -26n])
    expect(columns.tiers).toEqual([
      { width: 1_000n, owner: 0 },
      { width: 70n, owner: 1 },
    ])
  })

  test('are filled up with rows and scenarios that are worth nothing', () => {
    const { marks, scenarios, tiers } = riskColumns(table, roomy)
    expect(marks).toEqual([100n, 1n, 0n, 0n, -97n, 5n, 0n])
    expect(scenarios[0]!.values).toEqual([
      ...[12n, 112n, 15n, 115n, 0n, 0n, 0n, 0n],
      ...[11n, 111n, 14n, 114n, 0n, 0n],
      ...[13n, 16n, 0n, 0n, 0n],
    ])
    expect(scenarios[3]).toEqual({ name: packText(''), requirement: false, values: new Array(19).fill(0n) })
    expect(tiers.slice(2)).toEqual(new Array(3).fill({ width: 0n, owner: 0 }))
  })

  test('of more rows or scenarios than there is room for are refused, by kind', () => {
    for (const [change, message] of [
      [{ spots: 1 }, /2 spot instruments, the instance has room for 1/],
      [{ derivatives: 1 }, /2 derivatives/],
      [{ tiers: 0 }, /2 tiers/],
      [{ scenarios: 2 }, /3 scenarios, the instance has room for 2/],
    ] as const) {
      expect(() => riskColumns(table, { ...roomy, ...change })).toThrow(message)
    }
  })
})

test('a key is of a number and a side; of what a table of these sizes lacks there is none (ledger.6)', () => {
  const index = (number: number, side: 'long' | 'short' = 'long') => keyIndex(roomy, number, side)
  expect([index(0), index(0, 'short'), index(3, 'short'), index(4)]).toEqual([0, 1, 7, undefined])
  expect([index(DERIVATIVE_NUMBERS), index(DERIVATIVE_NUMBERS + 2, 'short')]).toEqual([8, 13])
  expect(index(DERIVATIVE_NUMBERS + 3)).toBeUndefined()
  expect([index(TIER_NUMBERS), index(TIER_NUMBERS + 4)]).toEqual([14, 18])
  expect([index(TIER_NUMBERS + 5), index(TIER_NUMBERS, 'short')]).toEqual([undefined, undefined])
})

test('a digest binds every number of the columns, their sizes and the flags of requirements (solvency.1)', () => {
  const columns = riskColumns(table, roomy)
  const changed = (change: (copy: typeof columns) => void) => {
    const copy = structuredClone(columns)
    change(copy)
    return copy
  }
  const others = [
    ...columns.marks.map((_, i) => changed(({ marks }) => marks.splice(i, 1, marks[i]! + 1n))),
    ...columns.scenarios.flatMap((scenario, s) => [
      changed(({ scenarios }) => {
        scenarios[s]!.name += 1n
      }),
      changed(({ scenarios }) => {
        scenarios[s]!.requirement = !scenarios[s]!.requirement
      }),
      ...scenario.values.map((_, k) =>
        changed(({ scenarios }) => {
          scenarios[s]!.values[k]! += 1n
        }),
      ),
    ]),
    ...columns.tiers.flatMap((_, t) => [
      changed(({ tiers }) => {
        tiers[t]!.width += 1n
      }),
      changed(({ tiers }) => {
        tiers[t]!.owner += 1
      }),
    ]),
    ...(['spots', 'derivatives', 'tiers', 'scenarios'] as const).map((size) =>
      changed((copy) => {
        copy.sizes = { ...copy.sizes, [size]: copy.sizes[size] + 1 }
      }),
    ),
  ]
  expect(new Set([columns, ...others].map(valuesDigestOf)).size).toBe(others.length + 1)
  expect(tableLayout(columns)).toBe(4n + (3n << 16n) + (5n << 32n) + (4n << 48n) + (0b101n << 64n))
})
