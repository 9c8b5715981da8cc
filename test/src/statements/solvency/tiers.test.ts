import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { InputError } from '../../../../src/errors/index.js'
import { type RiskTable, riskColumns } from '../../../../src/risk/index.js'
import {
  FULL_RESERVES,
  firstState,
  keyTotals,
  resolvePolicy,
  solvencyFigures,
  waterfallFigures,
  weakerThan,
} from '../../../../src/statements/index.js'
import { STRESS_BOOKS } from '../../../helpers/stress-books.js'

const sides = (long: bigint, short = long) => ({ long, short })
const row = (symbol: string, mark: bigint) => ({ symbol, kind: 'spot', decimals: 0, mark }) as const
/** USD, BTC in three parts, ETH in two. */
const tiered: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 0,
  instruments: [
    row('USD', 1n),
    row('BTC', 100n),
    { ...row('BTC:loan:1', 100n), tier: { list: 'loan', width: 5n } },
    { ...row('BTC:margin:1', 100n), tier: { list: 'margin', width: 7n } },
    row('ETH', 10n),
    { ...row('ETH:1', 10n), tier: { list: 'holding', width: 9n } },
  ],
  scenarios: [
    {
      name: 'collateral',
      values: [
        sides(1n),
        sides(0n, 100n),
        sides(90n, 100n),
        sides(80n, 100n),
        sides(2n, 10n),
        sides(5n, 10n),
      ],
    },
    {
      name: 'crash',
      values: [sides(1n), ...new Array(3).fill(sides(40n, 50n)), ...new Array(2).fill(sides(4n, 6n))],
    },
  ],
}
const ROWS = [0, 1, 1, 1, 2, 2]
const whole: RiskTable = {
  ...tiered,
  instruments: [0, 1, 4].map((i) => tiered.instruments[i]!),
  scenarios: [{ name: 'crash', values: [0, 1, 4].map((i) => tiered.scenarios[1]!.values[i]!) }],
}
/** By instrument what is by row. */
const merged = (rows: readonly bigint[]) =>
  whole.instruments.map((_, i) => rows.reduce((sum, n, at) => (ROWS[at] === i ? sum + n : sum), 0n))
const onRows = ([usd, btc, eth]: readonly bigint[]) => [usd!, btc!, 0n, 0n, eth!, 0n]

const amounts = (length: number) =>
  fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: length, maxLength: length })

describe('solvency of a venue with tiers (solvency.13)', () => {
  test('is that of one without, the totals of an instrument and all its tiers together', () => {
    fc.assert(
      fc.property(
        fc.tuple(amounts(6), amounts(6), amounts(3), amounts(3), fc.bigInt({ min: 0n, max: 90_000n })),
        ([longs, owed, reserves, insurance, shortfall]) => {
          // A tier has no short side.
          const shorts = owed.map((n, i) => (tiered.instruments[i]!.tier === undefined ? n : 0n))
          const zero = [0n, 0n, 0n]
          const layers = { layers: [{ layer: 'insurance' as const, cap: 500n }], cover: 2 }
          const totals = (long: readonly bigint[], short: readonly bigint[]) =>
            long.flatMap((n, i) => [n, short[i]!])
          const own = waterfallFigures(
            {
              table: whole,
              totals: totals(merged(longs), merged(shorts)),
              shortfalls: [shortfall],
              held: { reserves, insurance, capital: zero, mutual: zero },
            },
            layers,
          )
          const split = {
            table: tiered,
            totals: totals(longs, shorts),
            shortfalls: [0n, shortfall],
            held: {
              reserves: onRows(reserves),
              insurance: onRows(insurance),
              capital: onRows(zero),
              mutual: onRows(zero),
            },
          }
          expect(waterfallFigures(split, layers)).toEqual(own.map((figures) => ({ ...figures, scenario: 1 })))

          const figures = solvencyFigures({
            state: {
              ...firstState(2),
              shortfalls: split.shortfalls.map((sum) => ({ sum, accounts: 0n })),
            },
            totals: keyTotals(split.totals, tiered),
            ...{
              table: { columns: riskColumns(tiered), rowsDigest: 0n },
              policy: resolvePolicy(FULL_RESERVES, tiered),
            },
            ...{ reserves, insurance },
          })
          const [uncapped] = waterfallFigures(split, { ...layers, layers: [{ layer: 'insurance' }] })
          expect(figures.missingByScenario).toEqual([0n, uncapped!.uncovered])
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a policy over a table with tiers (solvency.2)', () => {
  const policy = {
    ...FULL_RESERVES,
    instruments: { BTC: { minimumRatio: '1.02', loanFactor: '0.5' } },
  }
  test('holds for an instrument and all its tiers alike', () => {
    const btc = { minimumRatio: 1_020_000n, loanFactor: 500_000n }
    const other = { minimumRatio: 1_000_000n, loanFactor: 0n }
    // Tiers have no thresholds of their own.
    expect(resolvePolicy(policy, tiered).instruments).toEqual([other, btc, other])
  })

  test('is called weaker once for an instrument', () => {
    const [own, full] = [policy, FULL_RESERVES].map((file) => resolvePolicy(file, tiered))
    expect(weakerThan(own!, full!, tiered)).toEqual(['BTC loanFactor 0.5'])
  })

  test('names no tier', () => {
    const named = { ...FULL_RESERVES, instruments: { 'BTC:loan:1': { minimumRatio: '2' } } }
    let error: InputError | undefined
    try {
      resolvePolicy(named, tiered)
    } catch (e) {
      error = e as InputError
    }
    expect(error).toMatchObject({ code: 'POLICY_INSTRUMENT', where: 'policy: BTC:loan:1' })
    expect(error?.hint).toContain('Name the instrument')
  })

  test('names no derivative, which nothing is held in reserve for', () => {
    const { table } = STRESS_BOOKS
    const named = { ...FULL_RESERVES, instruments: { PERP: { minimumRatio: '2' } } }
    expect(() => resolvePolicy(named, table)).toThrow('policy: PERP: is a derivative')
  })
})
