import { poseidon4, poseidon6, poseidon9, poseidon12, poseidon16 } from 'poseidon-lite'
import { describe, expect, test } from 'vitest'
import { tableOf } from '../../../scripts/soundness/samples/margin-account.js'
import { HAND_RULE } from '../../../scripts/soundness/samples/margin-rule.js'
import { FIELD_ORDER, toField } from '../../../src/field/index.js'
import { sponge } from '../../../src/hash/index.js'
import { type RiskTable, riskDigests, riskRootOf } from '../../../src/risk/index.js'
import type { MarginRule } from '../../../src/rules/index.js'

const table: RiskTable = {
  timestamp: 1767225600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: [
    { symbol: 'BTC', kind: 'spot', decimals: 8, mark: 97n },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 4, mark: 98n },
  ],
  scenarios: [],
}
const stressed: RiskTable = {
  ...table,
  scenarios: [
    {
      name: 'crash',
      values: [
        { long: 50n, short: 51n },
        { long: -60n, short: 61n },
      ],
    },
  ],
}
const ascii = (text: string): bigint => BigInt(`0x${Buffer.from(text).toString('hex')}`)
const changed = (index: number, change: object): RiskTable => ({
  ...table,
  instruments: table.instruments.map((row, i) => (i === index ? { ...row, ...change } : row)),
})

describe('the digests of a risk table (risk.1)', () => {
  test('are what their definition says, computed with another Poseidon', () => {
    const rows = [
      poseidon9([12n, 7n, 0n, ascii('BTC'), 0n, 8n, 97n, ascii(table.quote), BigInt(table.valueDecimals)]),
      poseidon9([
        12n,
        7n,
        1n,
        ascii('BTC-PERP'),
        2n,
        4n,
        98n,
        ascii(table.quote),
        BigInt(table.valueDecimals),
      ]),
    ]
    let root = 0n
    for (let depth = 0, empty = 0n; depth < 4; depth++) {
      const children = depth === 0 ? rows : [root]
      root = poseidon16([...children, ...new Array(16 - children.length).fill(empty)])
      empty = poseidon16(new Array(16).fill(empty))
    }
    const valuesDigest = poseidon4([11n, 2n, 97n, 98n])
    const rowsDigest = poseidon6([17n, root, 0n, 0n, 0n, 0n])
    expect(riskDigests(table, 2)).toEqual({
      columns: { marks: [97n, 98n], scenarios: [] },
      valuesDigest,
      rowsRoot: root,
      marginRoots: [0n, 0n, 0n, 0n],
      rowsDigest,
      timestamp: 1767225600n,
      riskRoot: poseidon4([10n, valuesDigest, rowsDigest, 1767225600n]),
    })
  })

  test('pad marks to the instance, then every scenario to its name and two keys an instrument', () => {
    const { columns, valuesDigest } = riskDigests(stressed, 3)
    const first = [11n, 10n, 97n, 98n, 0n, ascii('crash'), 50n, 51n, FIELD_ORDER - 60n, 61n, 0n, 0n]
    expect(valuesDigest).toBe(poseidon12(first))
    expect(columns).toEqual({
      marks: [97n, 98n, 0n],
      scenarios: [{ name: ascii('crash'), values: [50n, 51n, -60n, 61n, 0n, 0n] }],
    })
  })

  test('take a negative mark modulo the order of the field, among the values and in its row', () => {
    const below = changed(1, { mark: -3763n })
    const { columns, valuesDigest, rowsRoot } = riskDigests(below, 2)
    expect(columns.marks).toEqual([97n, -3763n])
    expect(valuesDigest).toBe(poseidon4([11n, 2n, 97n, FIELD_ORDER - 3763n]))
    expect(rowsRoot).toBe(riskDigests(changed(1, { mark: FIELD_ORDER - 3763n }), 2).rowsRoot)
    expect(rowsRoot).not.toBe(riskDigests(changed(1, { mark: 3763n }), 2).rowsRoot)
  })

  test('pad scenarios with ones in which nothing is worth anything', () => {
    const { columns, riskRoot, ...rest } = riskDigests(stressed, 3, 2)
    expect(columns.scenarios[1]).toEqual({ name: 0n, values: new Array(6).fill(0n) })
    expect(riskRoot).not.toBe(riskDigests(stressed, 3).riskRoot)
    expect(riskRootOf({ columns, ...rest })).toBe(riskRoot)
    expect(() => riskDigests(stressed, 3, 0)).toThrow(
      expect.objectContaining({ code: 'RISK_TOO_MANY_SCENARIOS' }),
    )
  })

  test('bind the widths of a table with tiers, under a role of their own', () => {
    const [base] = stressed.instruments
    const tier = { ...base!, symbol: 'BTC:loan:1', tier: { list: 'loan', width: 5n } } as const
    const crash = stressed.scenarios[0]!
    const tiered = {
      ...stressed,
      instruments: [base!, tier],
      scenarios: [{ name: 'collateral', values: crash.values }],
    }
    const { columns, valuesDigest, riskRoot, ...rest } = riskDigests(tiered, 3)
    expect(columns.widths).toEqual([0n, 5n, 0n])
    const { values } = columns.scenarios[0]!
    const elements = [...columns.marks, ascii('collateral'), ...values.map(toField), 0n, 5n, 0n]
    expect(valuesDigest).toBe(sponge('tieredValues', elements))
    expect(riskRootOf({ columns, ...rest })).toBe(riskRoot)
    const margin = { ...tier, tier: { list: 'margin', width: 5n } } as const
    expect(riskDigests({ ...tiered, instruments: [base!, margin] }, 3).rowsRoot).not.toBe(rest.rowsRoot)
    const { widths: _, ...untiered } = columns
    expect(riskRootOf({ columns: untiered, ...rest })).not.toBe(riskRoot)
  })

  test('bind symbols of any script, no two alike', () => {
    const root = (symbol: string) => riskDigests(changed(0, { symbol }), 2).riskRoot
    const roots = ['币安人生', '币安人', '人生', 'é', 'É', '\u00c3\u00a9', 'BTC'].map(root)
    expect(new Set(roots).size).toBe(roots.length)
    expect(() => root('币'.repeat(11))).toThrow(RangeError)
    expect(() => root('\0BTC')).toThrow(RangeError)
  })

  test('bind every part of the table', () => {
    const base = riskDigests(table, 4)
    const crash = stressed.scenarios[0]!
    const others = [
      { ...table, timestamp: 1767225601 },
      { ...table, quote: 'IDR' },
      { ...table, valueDecimals: table.valueDecimals - 1 },
      changed(0, { symbol: 'BTD' }),
      changed(0, { kind: 'stablecoin' }),
      changed(1, { decimals: 5 }),
      changed(1, { mark: 99n }),
      changed(1, { mark: -98n }),
      { ...table, instruments: [...table.instruments].reverse() },
      { ...table, instruments: table.instruments.slice(0, 1) },
      stressed,
      { ...stressed, scenarios: [{ ...crash, name: 'crush' }] },
      { ...stressed, scenarios: [{ ...crash, values: crash.values.toReversed() }] },
      { ...stressed, scenarios: [crash, { ...crash, name: 'again' }] },
    ]
    const roots = [base, ...others.map((other) => riskDigests(other, 4))].map(({ riskRoot }) => riskRoot)
    expect(new Set(roots).size).toBe(others.length + 1)
  })

  test('bind all that a margin rule asks: of its leaves, only these names change nothing (margin.17)', () => {
    const labels = new Set<string>()
    const rooted = (rule: MarginRule) => riskDigests({ ...tableOf(rule), margin: rule }, 4).riskRoot
    const root = rooted(HAND_RULE)
    const walk = (node: unknown, path: (string | number)[]): void => {
      if (typeof node === 'object' && node !== null) {
        for (const [key, value] of Object.entries(node)) walk(value, [...path, key])
        return
      }
      const rule = structuredClone(HAND_RULE)
      const last = path.at(-1)!
      const parent = path.slice(0, -1).reduce((at, key) => (at as never)[key], rule as unknown) as Record<
        string,
        unknown
      >
      parent[last] =
        typeof node === 'string' ? `${node}~` : typeof node === 'number' ? node + 1 : (node as bigint) - 1n
      const line = path.map((key) => (/^\d+$/.test(`${key}`) ? '*' : key)).join('.')
      // Names that others refer to are no leaves: with one of them alone the rule does not hang together.
      const refers = /symbol|sums|(sum|raises|bounds)$|scan.groups.*.name|choice/.test(line)
      if (!refers && rooted(rule) === root) labels.add(line)
    }
    walk(HAND_RULE, [])
    expect([...labels].sort()).toEqual(['cash', 'exposures.*.name', 'limits.*.name', 'scan.name'])
  })

  test('have a root of rows that does not depend on the instance', () => {
    expect(riskDigests(table, 2).rowsRoot).toBe(riskDigests(table, 64).rowsRoot)
    expect(riskDigests(table, 2).valuesDigest).not.toBe(riskDigests(table, 64).valuesDigest)
  })

  test('are refused for an instance with too little room', () => {
    expect(() => riskDigests(table, 1)).toThrow(
      expect.objectContaining({ code: 'RISK_TOO_MANY_INSTRUMENTS' }),
    )
  })
})
