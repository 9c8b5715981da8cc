import { beforeAll, describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { tampered } from '../../scripts/soundness/bench/tamper.js'
import { witnessOf } from '../../scripts/soundness/samples/margin-account.js'
import { FIELD_ORDER, type Slot } from '../../src/field/index.js'
import { assertRule, FACTOR_ONE, type Line, type MarginRule } from '../../src/rules/index.js'
import { type MarginSizes, marginInputs } from '../../src/statements/index.js'
import { SWEEPING } from '../helpers/sweep.js'

const mainOf = ({ slots, scenarios, groups, lines, links, levels }: MarginSizes) =>
  `Margin(${[slots, scenarios, groups, lines, links, levels].join(', ')})`
const compile = (sizes: MarginSizes) => Circuit.compile({ include: 'margin.circom', main: mainOf(sizes) })

/** The largest quantity, coefficient and factor, and the largest damping beside such a slope. */
const [Q, C, F, D] = [(1n << 64n) - 1n, (1n << 63n) - 1n, (1n << 40n) - 1n, 1n << 36n]
const CONSTANT = (1n << 127n) - 1n
const LONG: Slot[] = [0, 1].map((instrument) => ({ instrument, quantity: Q }))
const SHORT: Slot[] = [0, 1].map((instrument) => ({ instrument, quantity: -Q }))

/**
 * Two instruments of the largest numbers, under a requirement that asks for nothing unless `parts` say so.
 */
function largest(parts: Partial<MarginRule> = {}): MarginRule {
  const rule: MarginRule = {
    model: 'largest',
    timestamp: 1,
    quote: 'USD',
    valueDecimals: 0,
    instruments: ['A', 'B'].map((symbol) => ({ symbol, decimals: 0, value: { long: C, short: -C } })),
    exposures: [],
    requirements: [{ name: 'none', threshold: -CONSTANT, worst: { factor: 0n, sums: [] }, charges: [] }],
    limits: [],
    ...parts,
  }
  assertRule(rule)
  return rule
}
const both = (long: bigint, short = long) => ['A', 'B'].map((symbol) => ({ symbol, long, short }))
const scenarios = (factor: bigint) => ['down', 'up'].map((name) => ({ name, gain: factor, loss: factor }))
const nettedScan = (
  changes: [bigint, bigint],
  flat?: bigint,
  [slope, damping] = [F, D],
): Partial<MarginRule> => ({
  scan: {
    name: 'scan',
    scenarios: scenarios(damping),
    groups: [
      {
        name: 'netted',
        gain: slope,
        loss: slope,
        members: ['A', 'B'].map((symbol) => ({ symbol, changes })),
        flat: flat === undefined ? [] : ['A', 'B'].map((symbol) => ({ symbol, change: flat })),
      },
    ],
  },
})

/** Sizes that leave no width any slack: every count is a power of two. */
describe('margin at the edge of its widths: an honest account gets a witness (margin.8)', () => {
  const sizes: MarginSizes = { slots: 2, scenarios: 2, groups: 1, lines: 8, links: 2, levels: 1 }
  let circuit: Circuit
  beforeAll(async () => {
    circuit = await compile(sizes)
  })
  const inputsOf = (rule: MarginRule, slots: readonly Slot[]) =>
    marginInputs(witnessOf(rule, slots, { sizes, leafSlots: 4 }))
  const accepts = (rule: MarginRule, slots: readonly Slot[]) => circuit.accepts(inputsOf(rule, slots))

  test('with the largest equity and the lowest threshold', async () => {
    for (const slots of [LONG, SHORT]) expect(await accepts(largest(), slots)).toBe(true)
  })

  test('with the largest loss in one scenario beside the largest gain in the other', async () => {
    for (const slots of [LONG, SHORT]) {
      for (const flat of [-C, undefined, C]) {
        const rule = largest(nettedScan([-C, C], flat))
        expect(await accepts(rule, slots)).toBe(true)
        const inputs = inputsOf(rule, slots)
        const worst = (inputs.worst as bigint) - 1n
        expect(await circuit.accepts(tampered(inputs, { worst }))).toBe(false)
      }
    }
  })

  test('with all that it has lost in the worst scenario, to the unit', async () => {
    const rule = (threshold: bigint) =>
      largest({
        ...nettedScan([-C, C], undefined, [FACTOR_ONE, FACTOR_ONE]),
        requirements: [{ name: 'all', threshold, worst: { factor: FACTOR_ONE, sums: [] }, charges: [] }],
      })
    expect(await accepts(rule(0n), LONG)).toBe(true)
    expect(await accepts(rule(1n), LONG)).toBe(false)
    expect(await accepts(rule(-2n * Q), SHORT)).toBe(true)
    expect(await accepts(rule(-2n * Q + 1n), SHORT)).toBe(false)
  })

  test('with the largest values on every line, raising and bounding an own loss', async () => {
    for (const bounding of [0, 3, 7, 8]) {
      const rule = largest({
        scan: {
          name: 'scan',
          scenarios: scenarios(FACTOR_ONE),
          groups: [
            {
              name: 'own',
              sum: 's',
              gain: FACTOR_ONE,
              loss: FACTOR_ONE,
              members: ['A', 'B'].map((symbol) => ({ symbol, changes: [C, C] })),
              flat: ['A', 'B'].map((symbol) => ({ symbol, change: C })),
            },
          ],
        },
        exposures: Array.from({ length: 8 }, (_, e) => ({
          name: `e${e}`,
          lines: [{ constant: 0n, terms: both(C) }],
          adds: e < bounding ? { bounds: 'own' } : { raises: 'own' },
        })),
        requirements: [
          {
            name: 'none',
            threshold: -CONSTANT,
            worst: { factor: 0n, sums: ['s'] },
            charges: [{ sum: 's', factor: 0n }],
          },
        ],
      })
      for (const slots of [LONG, SHORT]) {
        const inputs = inputsOf(rule, slots)
        expect(await circuit.accepts(inputs)).toBe(true)
        const [charge] = inputs.groupCharge as bigint[]
        expect(await circuit.accepts(tampered(inputs, { 'groupCharge[0]': charge! - 1n }))).toBe(false)
      }
    }
  })

  test('with the smallest line and the largest deduction beside the largest value, and the largest cap', async () => {
    const line = (sign: bigint, constant: bigint): Line<bigint> => ({ constant, terms: both(sign * C) })
    const rule = largest({
      exposures: [{ name: 'e', lines: [line(1n, 0n), line(-1n, -CONSTANT)], adds: { sum: 's' } }],
      requirements: [{ name: 'none', threshold: -CONSTANT, charges: [{ sum: 's', factor: 0n }] }],
      limits: [{ name: 'cap', cap: CONSTANT, lines: [line(-1n, 0n), { constant: 0n, terms: both(1n) }] }],
    })
    for (const slots of [LONG, SHORT]) expect(await accepts(rule, slots)).toBe(true)
  })

  test('and none with a requirement of the largest numbers, which does not wrap around to one that it meets', async () => {
    const exposures = Array.from({ length: 8 }, (_, e) => ({
      name: `e${e}`,
      lines: [{ constant: 0n, terms: both(C) }],
      adds: { sum: `s${e % 6}` },
    }))
    const names = ['s0', 's1', 's2', 's3', 's4', 's5']
    const rule = largest({
      ...nettedScan([-C, C], -C),
      exposures,
      requirements: [
        {
          name: 'all',
          threshold: CONSTANT,
          worst: { factor: F, sums: names },
          charges: names.map((sum) => ({ sum, factor: F })),
        },
      ],
    })
    for (const slots of [LONG, SHORT]) {
      expect(await accepts(rule, slots)).toBe(false)
      const inputs = inputsOf(rule, slots)
      for (const worst of [(1n << 212n) - 1n, 1n << 212n, FIELD_ORDER / F + 1n]) {
        expect(await circuit.accepts(tampered(inputs, { worst }))).toBe(false)
      }
    }
  })
})

describe.runIf(SWEEPING)('margin of 33 scenarios and 256 instruments (margin.8)', () => {
  const sizes: MarginSizes = { slots: 2, scenarios: 33, groups: 1, lines: 5, links: 1, levels: 3 }
  const symbols = Array.from({ length: 256 }, (_, i) => `I${i}`)
  const rule = (worst: number, threshold: bigint): MarginRule => ({
    model: 'wide',
    timestamp: 1,
    quote: 'USD',
    valueDecimals: 0,
    instruments: symbols.map((symbol, i) => ({
      symbol,
      decimals: 0,
      value: { long: BigInt(i), short: BigInt(i) },
    })),
    scan: {
      name: 'scan',
      scenarios: Array.from({ length: 33 }, (_, s) => ({
        name: `s${s}`,
        gain: FACTOR_ONE,
        loss: FACTOR_ONE,
      })),
      groups: [
        {
          name: 'g',
          gain: FACTOR_ONE,
          loss: FACTOR_ONE,
          members: [255, 16].map((i) => ({
            symbol: symbols[i]!,
            changes: Array.from({ length: 33 }, (_, s) => (s === worst ? -9n : 1n)),
          })),
          flat: [],
        },
      ],
    },
    exposures: [],
    requirements: [{ name: 'm', threshold, worst: { factor: FACTOR_ONE, sums: [] }, charges: [] }],
    limits: [],
  })
  const slots = [255, 16].map((instrument) => ({ instrument, quantity: 10n }))
  let circuit: Circuit
  beforeAll(async () => {
    circuit = await compile(sizes)
  })

  test('each scenario counts, the first and the last as well', async () => {
    for (const worst of [0, 7, 31, 32]) {
      const left = 10n * (255n + 16n) - 180n
      for (const more of [0n, 1n]) {
        const witness = witnessOf(rule(worst, left + more), slots, { sizes })
        expect(await circuit.accepts(marginInputs(witness))).toBe(more === 0n)
      }
    }
  })
})

test.runIf(SWEEPING)('margin of a single scenario (margin.8)', async () => {
  const sizes: MarginSizes = { slots: 1, scenarios: 1, groups: 1, lines: 5, links: 1, levels: 1 }
  const circuit = await compile(sizes)
  const rule = largest({
    scan: {
      name: 'scan',
      scenarios: [{ name: 'only', gain: FACTOR_ONE, loss: FACTOR_ONE }],
      groups: [
        {
          name: 'g',
          gain: FACTOR_ONE,
          loss: FACTOR_ONE,
          members: [{ symbol: 'A', changes: [-C] }],
          flat: [],
        },
      ],
    },
    requirements: [{ name: 'all', threshold: 0n, worst: { factor: FACTOR_ONE, sums: [] }, charges: [] }],
  })
  const inputs = marginInputs(witnessOf(rule, LONG.slice(0, 1), { sizes }))
  expect(await circuit.accepts(inputs)).toBe(true)
  expect(await circuit.accepts(tampered(inputs, { worst: (inputs.worst as bigint) - 1n }))).toBe(false)
})

test('sizes whose sums could outgrow the widths do not compile (margin.8)', async () => {
  const small: MarginSizes = { slots: 1, scenarios: 1, groups: 1, lines: 5, links: 1, levels: 1 }
  for (const sizes of [
    { ...small, slots: 65 },
    { ...small, groups: 65 },
    { ...small, lines: 257 },
  ]) {
    await expect(compile(sizes), mainOf(sizes)).rejects.toThrow(/assert/i)
  }
  for (const main of ['MarginRowsRoot(1, 5)', 'MarginRowsRoot(1, 0)']) {
    await expect(Circuit.compile({ include: 'margin-rows-root.circom', main })).rejects.toThrow(/assert/i)
  }
})
