import { describe, expect, test } from 'vitest'
import { STRESS_SIZES, STRESS_TABLE } from '../../../../scripts/soundness/samples/ledger.js'
import { policy } from '../../../../scripts/soundness/samples/solvency.js'
import { FIELD_ORDER } from '../../../../src/field/index.js'
import {
  NO_LIMIT,
  padPolicy,
  policyDigest,
  reservesCommitment,
  tableAtPoint,
  tablePoint,
} from '../../../../src/statements/index.js'

const { columns } = STRESS_TABLE

describe('the point at which a table is shown (solvency.17)', () => {
  const others = [
    { ...columns, marks: columns.marks.with(0, 101n) },
    { ...columns, marks: columns.marks.with(4, -97n) },
    { ...columns, scenarios: columns.scenarios.toReversed() },
    { ...columns, scenarios: columns.scenarios.map((s) => ({ ...s, requirement: true })) },
    { ...columns, sizes: { ...columns.sizes, spots: 3, derivatives: 3 } },
  ]

  test('is another for another root, time, mark, name, flag or layout', () => {
    const tables = [
      STRESS_TABLE,
      { ...STRESS_TABLE, riskRoot: STRESS_TABLE.riskRoot + 1n },
      { ...STRESS_TABLE, timestamp: STRESS_TABLE.timestamp + 1n },
      ...others.map((changed) => ({ ...STRESS_TABLE, columns: changed })),
    ]
    const points = tables.map(tablePoint)
    expect(new Set(points).size).toBe(tables.length)
    expect(points.every((point) => point < FIELD_ORDER)).toBe(true)
  })

  test('has as its value there a polynomial of the layout, the marks and the names, the layout highest', () => {
    const point = 12_345n
    const layout = 4n + (2n << 16n) + (2n << 48n)
    const terms = [layout, ...columns.marks, ...columns.scenarios.map(({ name }) => name)]
    const expected = terms.reduce((sum, term, i) => sum + term * point ** BigInt(terms.length - 1 - i), 0n)
    expect(tableAtPoint(columns, point)).toBe(expected % FIELD_ORDER)
    for (const other of others) expect(tableAtPoint(other, point)).not.toBe(tableAtPoint(columns, point))
  })
})

describe('the digest of a policy (solvency.1, solvency.18)', () => {
  const rules = policy(STRESS_SIZES, { scenarios: [{ mostShortfall: 5n, mostAccounts: 6n }, NO_LIMIT] })

  test('binds every threshold, every bound, and which scenario each is of', () => {
    const digest = (own = rules, scenarios = columns.scenarios) => policyDigest(own, scenarios)
    const others = [
      { ...rules, valueRatio: 1n },
      ...rules.instruments.flatMap((own, i) => [
        { ...rules, instruments: rules.instruments.with(i, { ...own, minimumRatio: 7n }) },
        { ...rules, instruments: rules.instruments.with(i, { ...own, loanFactor: 7n }) },
      ]),
      ...rules.scenarios.flatMap((own, s) => [
        { ...rules, scenarios: rules.scenarios.with(s, { ...own, mostShortfall: 7n }) },
        { ...rules, scenarios: rules.scenarios.with(s, { ...own, mostAccounts: 7n }) },
      ]),
      { ...rules, instruments: rules.instruments.slice(0, 3) },
    ]
    const digests = [
      digest(),
      ...others.map((other) => digest(other)),
      digest(rules, columns.scenarios.toReversed()),
      digest(
        rules,
        columns.scenarios.map((s) => ({ ...s, requirement: true })),
      ),
    ]
    expect(new Set(digests).size).toBe(digests.length)
  })

  test('at the sizes of an instance asks full reserves of what is beyond the table, and bounds nothing there', () => {
    const padded = padPolicy(
      { ...rules, instruments: rules.instruments.slice(0, 1), scenarios: [] },
      STRESS_SIZES,
    )
    const rest = { minimumRatio: 1_000_000n, loanFactor: 0n }
    expect(padded.instruments).toEqual([rules.instruments[0], rest, rest, rest])
    expect(padded.scenarios).toEqual([NO_LIMIT, NO_LIMIT])
  })
})

test('a commitment to reserves binds them, the insurance fund and the blind, each at its place (solvency.1)', () => {
  const commitments = [
    reservesCommitment([1n, 2n], [3n, 4n], 5n),
    reservesCommitment([2n, 1n], [3n, 4n], 5n),
    reservesCommitment([1n, 2n], [4n, 3n], 5n),
    reservesCommitment([3n, 4n], [1n, 2n], 5n),
    reservesCommitment([1n, 2n], [3n, 4n], 6n),
    reservesCommitment([1n, 2n, 0n], [3n, 4n, 0n], 5n),
  ]
  expect(new Set(commitments).size).toBe(commitments.length)
  expect(reservesCommitment([1n, 2n], [], 5n)).toBe(reservesCommitment([1n, 2n], [0n, 0n], 5n))
})
