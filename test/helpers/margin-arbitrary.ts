import fc from 'fast-check'
import type { Slot } from '../../src/field/index.js'
import { FACTOR_ONE, type Line, type MarginRule } from '../../src/rules/index.js'

export const SYMBOLS = ['A', 'B', 'C', 'D']
const small = fc.bigInt(-50n, 50n)
const slope = fc.bigInt(0n, 2n * FACTOR_ONE)
const line = (branched: boolean): fc.Arbitrary<Line<bigint>> =>
  fc.record(
    {
      constant: fc.bigInt(-60n, 0n),
      terms: fc
        .uniqueArray(fc.constantFrom(...SYMBOLS), { minLength: 1, maxLength: 2 })
        .chain((symbols) =>
          fc.tuple(
            ...symbols.map((symbol) => fc.record({ symbol: fc.constant(symbol), long: small, short: small })),
          ),
        ),
      ...(branched ? { branch: fc.constantFrom(0 as const, 1 as const) } : {}),
    },
    { requiredKeys: ['constant', 'terms'] },
  ) as fc.Arbitrary<Line<bigint>>

/** Rules that use every part of the form, small enough for the smallest instance. */
export const rules: fc.Arbitrary<MarginRule> = fc
  .record({
    values: fc.array(fc.record({ long: small, short: small }), { minLength: 4, maxLength: 4 }),
    changes: fc.array(fc.array(small, { minLength: 2, maxLength: 2 }), { minLength: 4, maxLength: 4 }),
    flats: fc.array(small, { minLength: 4, maxLength: 4 }),
    homes: fc.array(fc.constantFrom(-1, 0, 1), { minLength: 4, maxLength: 4 }),
    flatHomes: fc.array(fc.constantFrom(-1, -1, 0, 1), { minLength: 4, maxLength: 4 }),
    netted: fc.tuple(fc.boolean(), fc.boolean()),
    slopes: fc.array(slope, { minLength: 4, maxLength: 4 }),
    dampings: fc.array(slope, { minLength: 4, maxLength: 4 }),
    exposures: fc.array(
      fc.record({
        lines: fc.oneof(
          fc.array(line(false), { minLength: 1, maxLength: 2 }),
          fc.array(line(true), { minLength: 1, maxLength: 2 }),
        ),
        choice: fc.option(fc.constantFrom('p'), { nil: undefined }),
        adds: fc.constantFrom('s', 't', 'raises', 'bounds'),
      }),
      { maxLength: 2 },
    ),
    threshold: fc.bigInt(-500n, 500n),
    worst: fc.option(slope, { nil: undefined }),
    factors: fc.tuple(slope, slope),
    caps: fc.array(fc.record({ cap: fc.bigInt(0n, 500n), line: line(false) }), { maxLength: 1 }),
  })
  .map((parts): MarginRule => {
    const group = (g: 0 | 1) => ({
      name: `g${g}`,
      ...(parts.netted[g] ? {} : { sum: 's' }),
      gain: parts.netted[g] ? parts.slopes[2 * g]! : FACTOR_ONE,
      loss: parts.netted[g] ? parts.slopes[2 * g + 1]! : FACTOR_ONE,
      members: SYMBOLS.flatMap((symbol, i) =>
        parts.homes[i] === g ? [{ symbol, changes: parts.changes[i]! }] : [],
      ),
      flat: SYMBOLS.flatMap((symbol, i) =>
        parts.flatHomes[i] === g ? [{ symbol, change: parts.flats[i]! }] : [],
      ),
    })
    const own = parts.netted.findIndex((netted) => !netted)
    const adds = (to: string) =>
      to === 's' || to === 't'
        ? { sum: to }
        : own < 0
          ? { sum: 's' }
          : to === 'raises'
            ? { raises: `g${own}` }
            : { bounds: `g${own}` }
    const first = parts.exposures.find(({ choice }) => choice !== undefined)
    return {
      model: 'random',
      timestamp: 1_767_225_600,
      quote: 'USD',
      valueDecimals: 0,
      instruments: SYMBOLS.map((symbol, i) => ({ symbol, decimals: 0, value: parts.values[i]! })),
      scan: {
        name: 'scan',
        scenarios: ['down', 'up'].map((name, s) => ({
          name,
          gain: parts.dampings[2 * s]!,
          loss: own < 0 ? parts.dampings[2 * s + 1]! : FACTOR_ONE,
        })),
        groups: [group(0), group(1)],
      },
      exposures: [
        { name: 'zero s', lines: [], adds: { sum: 's' } },
        { name: 'zero t', lines: [], adds: { sum: 't' } },
        ...parts.exposures.map(({ lines, choice, adds: to }, i) => ({
          name: `e${i}`,
          lines: choice === undefined ? lines.map(({ branch: _, ...rest }) => rest) : lines,
          ...(choice === undefined ? {} : { choice }),
          adds: adds(choice === undefined ? to : first!.adds),
        })),
      ],
      requirements: [
        {
          name: 'maintenance',
          threshold: parts.threshold,
          ...(parts.worst === undefined ? {} : { worst: { factor: parts.worst, sums: ['t'] } }),
          charges: [
            { sum: 's', factor: parts.factors[0] },
            { sum: 't', factor: parts.factors[1] },
          ],
        },
      ],
      limits: parts.caps.map(({ cap, line: bounded }) => ({ name: 'cap', cap, lines: [bounded] })),
    }
  })

/** An account of up to three slots, in any of the rule's instruments. */
export const accounts: fc.Arbitrary<Slot[]> = fc.array(
  fc.record({ instrument: fc.nat(3), quantity: fc.bigInt(-30n, 30n) }),
  { maxLength: 3 },
)
