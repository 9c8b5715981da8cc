import { poseidon16 } from 'poseidon-lite'
import { describe, expect, test } from 'vitest'
import { tableOf } from '../../../scripts/soundness/samples/margin-account.js'
import { HAND_RULE } from '../../../scripts/soundness/samples/margin-rule.js'
import { FIELD_ORDER } from '../../../src/field/index.js'
import { type RiskTable, riskDigests, riskRootOf } from '../../../src/risk/index.js'
import type { Instrument } from '../../../src/risk/table.js'
import type { MarginRule } from '../../../src/rules/index.js'
import { poseidonFrom, spongeFrom } from '../../helpers/poseidon.js'

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
/** Sizes in the first element of the values: 16 bits each. */
const layout = (spots: bigint, derivatives: bigint, tiers: bigint, scenarios: bigint): bigint =>
  spots + derivatives * 2n ** 16n + tiers * 2n ** 32n + scenarios * 2n ** 48n
const ascii = (text: string): bigint => BigInt(`0x${Buffer.from(text).toString('hex')}`)
const changed = (index: number, change: object): RiskTable => ({
  ...table,
  instruments: table.instruments.map((row, i) => (i === index ? { ...row, ...change } : row)),
})

describe('the digests of a risk table (risk.1)', () => {
  test('are what their definition says, computed with another Poseidon', () => {
    const row = (number: bigint, symbol: string, ...rest: bigint[]) =>
      spongeFrom(12n, [number, ascii(symbol), ...rest, ascii(table.quote), BigInt(table.valueDecimals)])
    // The first spot row and the first derivative: numbers 0 and 2^15 have the positions 0 and 1.
    const rows = [row(0n, 'BTC', 0n, 8n, 97n), row(2n ** 15n, 'BTC-PERP', 2n, 4n, 98n)]
    let root = 0n
    for (let depth = 0, empty = 0n; depth < 4; depth++) {
      const children = depth === 0 ? rows : [root]
      root = poseidon16([...children, ...new Array(16 - children.length).fill(empty)])
      empty = poseidon16(new Array(16).fill(empty))
    }
    // The sizes, the marks of spot instruments, three of 64 bits to an element, then those of derivatives.
    const sizes = { spots: 4, derivatives: 2, tiers: 0, scenarios: 0 }
    const valuesDigest = spongeFrom(11n, [layout(4n, 2n, 0n, 0n), 97n, 0n, 98n, 0n])
    const rowsDigest = poseidonFrom(17n, [root, 0n, 0n, 0n, 0n])
    expect(riskDigests(table, sizes)).toEqual({
      columns: { sizes, marks: [97n, 0n, 0n, 0n, 98n, 0n], scenarios: [], tiers: [] },
      valuesDigest,
      rowsRoot: root,
      marginRoots: [0n, 0n, 0n, 0n],
      rowsDigest,
      timestamp: 1767225600n,
      riskRoot: poseidonFrom(10n, [valuesDigest, rowsDigest, 1767225600n]),
    })
  })

  test('pad every kind of row to the instance, then every scenario to its name and its keys', () => {
    const sizes = { spots: 2, derivatives: 1, tiers: 0, scenarios: 1 }
    const { columns, valuesDigest } = riskDigests(stressed, sizes)
    const values = [50n, 51n, 0n, 0n, FIELD_ORDER - 60n, 61n]
    expect(valuesDigest).toBe(spongeFrom(11n, [layout(2n, 1n, 0n, 1n), 97n, 98n, ascii('crash'), ...values]))
    expect(columns).toEqual({
      sizes,
      marks: [97n, 0n, 98n],
      scenarios: [{ name: ascii('crash'), requirement: false, values: [50n, 51n, 0n, 0n, -60n, 61n] }],
      tiers: [],
    })
  })

  test('take a negative mark modulo the order of the field, among the values and in its row', () => {
    const below = changed(1, { mark: -3763n })
    const { columns, valuesDigest, rowsRoot } = riskDigests(below)
    expect(columns.marks).toEqual([97n, -3763n])
    expect(valuesDigest).toBe(spongeFrom(11n, [layout(1n, 1n, 0n, 0n), 97n, FIELD_ORDER - 3763n]))
    expect(rowsRoot).toBe(riskDigests(changed(1, { mark: FIELD_ORDER - 3763n })).rowsRoot)
    expect(rowsRoot).not.toBe(riskDigests(changed(1, { mark: 3763n })).rowsRoot)
  })

  test('pad scenarios with ones in which nothing is worth anything', () => {
    const sizes = { spots: 2, derivatives: 1, tiers: 0, scenarios: 2 }
    const { columns, riskRoot, ...rest } = riskDigests(stressed, sizes)
    expect(columns.scenarios[1]).toEqual({ name: 0n, requirement: false, values: new Array(6).fill(0n) })
    expect(riskRoot).not.toBe(riskDigests(stressed, { ...sizes, scenarios: 1 }).riskRoot)
    expect(riskRootOf({ columns, ...rest })).toBe(riskRoot)
    expect(() => riskDigests(stressed, { ...sizes, scenarios: 0 })).toThrow(
      expect.objectContaining({ code: 'RISK_TOO_MANY_SCENARIOS' }),
    )
  })

  test('bind which scenarios are requirements', () => {
    const required = { ...stressed, scenarios: [{ ...stressed.scenarios[0]!, requirement: true as const }] }
    const { columns, valuesDigest, riskRoot } = riskDigests(required)
    expect(columns.scenarios[0]!.requirement).toBe(true)
    const values = [50n, 51n, FIELD_ORDER - 60n, 61n]
    const bits = layout(1n, 1n, 0n, 1n) + 2n ** 64n
    expect(valuesDigest).toBe(spongeFrom(11n, [bits, 97n, 98n, ascii('crash'), ...values]))
    expect(riskRoot).not.toBe(riskDigests(stressed).riskRoot)
  })

  test('bind the widths of a table with tiers, and whose tier a row is', () => {
    const [base, perp] = stressed.instruments
    const tier = { ...base!, symbol: 'BTC:loan:1', tier: { list: 'loan', width: 5n } } as const
    const values = [0, 7, 3].map((long) => ({ long: BigInt(long), short: 50n }))
    const tiered = {
      ...stressed,
      instruments: [perp!, base!, tier],
      scenarios: [{ name: 'collateral', values }],
    }
    const { columns, valuesDigest, riskRoot, ...rest } = riskDigests(tiered)
    expect(columns.tiers).toEqual([{ width: 5n, owner: 0 }])
    const elements = [97n, 98n, ascii('collateral'), 7n, 50n, 0n, 50n, 3n, 5n, 0n]
    // The collateral column is a requirement.
    expect(valuesDigest).toBe(spongeFrom(11n, [layout(1n, 1n, 1n, 1n) + 2n ** 64n, ...elements]))
    expect(riskRootOf({ columns, ...rest })).toBe(riskRoot)
    const margin = { ...tier, tier: { list: 'margin', width: 5n } } as const
    expect(riskDigests({ ...tiered, instruments: [perp!, base!, margin] }).rowsRoot).not.toBe(rest.rowsRoot)
  })

  test('bind symbols of any script, no two alike', () => {
    const root = (symbol: string) => riskDigests(changed(0, { symbol })).riskRoot
    const roots = ['币安人生', '币安人', '人生', 'é', 'É', '\u00c3\u00a9', 'BTC'].map(root)
    expect(new Set(roots).size).toBe(roots.length)
    expect(() => root('币'.repeat(11))).toThrow(RangeError)
    expect(() => root('\0BTC')).toThrow(RangeError)
  })

  test('bind every part of the table', () => {
    const sizes = { spots: 4, derivatives: 4, tiers: 0, scenarios: 2 }
    const base = riskDigests(table, sizes)
    const crash = stressed.scenarios[0]!
    const [btc, perp] = table.instruments as [Instrument, Instrument]
    const eth = { ...btc, symbol: 'ETH' }
    const others = [
      { ...table, timestamp: 1767225601 },
      { ...table, quote: 'IDR' },
      { ...table, valueDecimals: table.valueDecimals - 1 },
      changed(0, { symbol: 'BTD' }),
      changed(0, { kind: 'stablecoin' }),
      changed(1, { decimals: 5 }),
      changed(1, { mark: 99n }),
      changed(1, { mark: -98n }),
      { ...table, instruments: [btc, eth, perp] },
      { ...table, instruments: [eth, btc, perp] },
      { ...table, instruments: table.instruments.slice(0, 1) },
      stressed,
      { ...stressed, scenarios: [{ ...crash, name: 'crush' }] },
      { ...stressed, scenarios: [{ ...crash, values: crash.values.toReversed() }] },
      { ...stressed, scenarios: [crash, { ...crash, name: 'again' }] },
    ]
    const roots = [base, ...others.map((other) => riskDigests(other, sizes))].map(({ riskRoot }) => riskRoot)
    expect(new Set(roots).size).toBe(others.length + 1)
    // Rows are counted by kind: which kind stands first in a file is the text's matter alone.
    expect(riskDigests({ ...table, instruments: [perp, btc] }, sizes).riskRoot).toBe(base.riskRoot)
  })

  test('bind a margin rule whole: every leaf of it, names of groups, exposures and limits as well (margin.17)', () => {
    const free = new Set<string>()
    const rooted = (rule: MarginRule) => riskDigests({ ...tableOf(rule), margin: rule }).riskRoot
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
      if (!refers && rooted(rule) === root) free.add(line)
    }
    walk(HAND_RULE, [])
    expect([...free]).toEqual([])
  })

  test('have a root of rows that does not depend on the instance', () => {
    const sizes = { spots: 60, derivatives: 4, tiers: 0, scenarios: 0 }
    expect(riskDigests(table).rowsRoot).toBe(riskDigests(table, sizes).rowsRoot)
    expect(riskDigests(table).valuesDigest).not.toBe(riskDigests(table, sizes).valuesDigest)
  })

  test('are refused for an instance with too little room', () => {
    const sizes = { spots: 1, derivatives: 0, tiers: 0, scenarios: 0 }
    expect(() => riskDigests(table, sizes)).toThrow(
      expect.objectContaining({ code: 'RISK_TOO_MANY_INSTRUMENTS' }),
    )
  })
})
