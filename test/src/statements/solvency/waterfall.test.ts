import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LAYERS, type Layer } from '../../../../src/reserves/index.js'
import { type RiskTable, riskColumns } from '../../../../src/risk/index.js'
import {
  coverFigures,
  firstState,
  keyTotals,
  layersTogether,
  resolvePolicy,
  solvencyFigures,
  type Waterfall,
  type WaterfallBooks,
  waterfallFigures,
} from '../../../../src/statements/index.js'

const sides = (long: bigint, short = long) => ({ long, short })
const table: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 0,
  instruments: [
    { symbol: 'USD', kind: 'spot', decimals: 0, mark: 1n },
    { symbol: 'BTC', kind: 'spot', decimals: 0, mark: 100n },
    { symbol: 'BTC-PERP', kind: 'perp', decimals: 0, mark: 100n },
  ],
  scenarios: [
    { name: 'crash', values: [sides(1n), sides(40n, 50n), sides(-60n, -50n)] },
    { name: 'calm', values: [sides(1n), sides(100n), sides(0n)] },
  ],
}
const SPOT = [0, 1]

/** 1,000 USD and 10 BTC are owed and held, 300 USD are lent beside them, 5 perps are open. */
function books(change: { reserves?: bigint[]; lent?: bigint; shortfall?: bigint } = {}): WaterfallBooks {
  const { reserves = [1_000n, 10n, 0n], lent = 300n, shortfall = 900n } = change
  return {
    table,
    totals: [1_000n, lent, 10n, 0n, 5n, 5n],
    shortfalls: [shortfall, 0n],
    held: { reserves, insurance: [500n, 0n, 0n], capital: [0n, 5n, 0n], mutual: [1_000n, 0n, 0n] },
  }
}
const order = (...layers: Layer[]): Waterfall => ({ layers: layers.map((layer) => ({ layer })), cover: 2 })
const paid = (of: WaterfallBooks, waterfall: Waterfall) => {
  const [{ need, layers, uncovered }] = waterfallFigures(of, waterfall) as [
    ReturnType<typeof waterfallFigures>[number],
  ]
  return { need, ...Object.fromEntries(layers.map(({ layer, absorbed }) => [layer, absorbed])), uncovered }
}

describe('a default waterfall (solvency.13)', () => {
  test('is exhausted layer by layer, reserves beyond the balances and loans last', () => {
    // The capital of 5 BTC is worth 5 · 40.
    expect(paid(books(), order('insurance', 'capital', 'mutual'))).toEqual({
      ...{ need: 900n, insurance: 500n, capital: 200n, mutual: 200n },
      ...{ reserves: 0n, loans: 0n, uncovered: 0n },
    })
    const more = books({ shortfall: 2_100n, reserves: [1_050n, 10n, 0n] })
    expect(paid(more, order('insurance', 'capital', 'mutual'))).toEqual({
      ...{ need: 2_100n, insurance: 500n, capital: 200n, mutual: 1_000n },
      ...{ reserves: 50n, loans: 300n, uncovered: 50n },
    })
  })

  test('has nothing to do where nothing is lacking', () => {
    const [, calm] = waterfallFigures(books(), order('insurance', 'capital'))
    expect(calm!.need).toBe(0n)
    expect(calm!.layers.map(({ absorbed }) => absorbed)).toEqual([0n, 0n, 0n, 0n])
  })

  test('follows the order of the policy, and leaves the same uncovered', () => {
    const short = books({ shortfall: 600n })
    const first = { need: 600n, uncovered: 0n, reserves: 0n, loans: 0n }
    expect(paid(short, order('capital', 'insurance'))).toEqual({ ...first, capital: 200n, insurance: 400n })
    expect(paid(short, order('insurance', 'capital'))).toEqual({ ...first, insurance: 500n, capital: 100n })
  })

  test('does not count a layer that the policy does not name (solvency.7)', () => {
    const alone = paid(books({ shortfall: 1_000n }), order('insurance'))
    expect(alone).toEqual({ need: 1_000n, insurance: 500n, reserves: 0n, loans: 300n, uncovered: 200n })
    expect(layersTogether(books().held, order('insurance'))).toEqual([500n, 0n, 0n])
    expect(layersTogether(books().held, order('mutual', 'capital', 'insurance'))).toEqual([1_500n, 5n, 0n])
    expect(layersTogether(books().held, order())).toEqual([0n, 0n, 0n])
  })

  test('takes no more of a layer than its cap, and goes on with the next', () => {
    const capped: Waterfall = { layers: [{ layer: 'insurance', cap: 100n }, { layer: 'capital' }], cover: 2 }
    expect(paid(books({ lent: 0n }), capped)).toEqual({
      ...{ need: 900n, insurance: 100n, capital: 200n },
      ...{ reserves: 0n, loans: 0n, uncovered: 600n },
    })
  })

  test('also absorbs what reserves and loans lack to cover balances, where a policy allows for that', () => {
    // 2 BTC of 10 are not held: at their short value 100. The loan of 300 USD pays for that first.
    const lent = books({ reserves: [700n, 8n, 0n], shortfall: 50n })
    expect(paid(lent, order('insurance'))).toEqual({
      ...{ need: 150n, insurance: 150n, reserves: 0n, loans: 0n, uncovered: 0n },
    })
  })

  test('values a unit that fills a gap of its own instrument at what the gap costs', () => {
    const gap = books({ reserves: [1_000n, 8n, 0n], lent: 0n, shortfall: 0n })
    // Of 5 BTC two are worth 50 each, as they need not be bought, and three 40.
    const [crash] = waterfallFigures(gap, order('capital'))
    expect(crash).toMatchObject({ need: 100n, uncovered: 0n })
    expect(crash!.layers[0]).toEqual({ layer: 'capital', worth: 220n, absorbed: 100n })
  })
})

describe('cover of the largest shortfalls (solvency.13)', () => {
  test('is by the layers alone, whatever reserves and loans come to', () => {
    for (const rich of [books(), books({ reserves: [9_000n, 90n, 0n] }), books({ lent: 0n })]) {
      const [crash] = waterfallFigures(rich, order('insurance', 'capital'))
      expect(crash!.fund).toBe(700n)
      expect(coverFigures(crash!, [400n, 300n])).toEqual({ needed: 700n, covered: true })
      expect(coverFigures(crash!, [401n, 300n])).toEqual({ needed: 701n, covered: false })
      expect(coverFigures(crash!, [])).toEqual({ needed: 0n, covered: true })
    }
  })

  test('counts a layer up to its cap', () => {
    const capped: Waterfall = {
      layers: [
        { layer: 'insurance', cap: 100n },
        { layer: 'capital', cap: 10_000n },
      ],
      cover: 2,
    }
    expect(waterfallFigures(books(), capped)[0]!.fund).toBe(300n)
  })
})

const units = fc.bigInt(0n, 40n)
const spot = fc.tuple(units, units, fc.constant(0n)).map((held) => [...held])
const wedge = (min: bigint) =>
  fc.tuple(fc.bigInt(min, 50n), fc.bigInt(0n, 20n)).map(([long, by]) => sides(long, long + by))
const anyBooks: fc.Arbitrary<WaterfallBooks> = fc
  .record({
    values: fc.tuple(wedge(0n), wedge(0n), wedge(-50n)),
    totals: fc.tuple(units, units, units, units, units),
    shortfall: fc.bigInt(0n, 4_000n),
    held: fc.record({ reserves: spot, insurance: spot, capital: spot, mutual: spot }),
  })
  .map(({ values, totals: [usd, usdLent, btc, btcLent, open], shortfall, held }) => ({
    table: { ...table, scenarios: [{ name: 'any', values }] },
    totals: [usd, usdLent, btc, btcLent, open, open],
    shortfalls: [shortfall],
    held,
  }))
const orders = fc.shuffledSubarray([...LAYERS])
const withCaps = orders.chain((layers) =>
  fc
    .array(fc.option(fc.bigInt(0n, 1_000n)), { minLength: layers.length, maxLength: layers.length })
    .map((caps): Waterfall => {
      const capped = layers.map((layer, i) => ({ layer, ...(caps[i] == null ? {} : { cap: caps[i] }) }))
      return { layers: capped, cover: 2 }
    }),
)
const sum = (values: bigint[]) => values.reduce((a, b) => a + b, 0n)
const policy = resolvePolicy(
  { schema: 'plimsoll/policy/1', valueRatio: '0', minimumRatio: '0', loanFactor: '0', instruments: {} },
  table,
)

describe('on random books (solvency.13)', () => {
  test('what is absorbed and what is left is what there was to absorb; no layer gives more than it has or may', () => {
    let partly = 0
    fc.assert(
      fc.property(anyBooks, withCaps, (of, waterfall) => {
        const [{ need, layers, uncovered }] = waterfallFigures(of, waterfall) as [
          ReturnType<typeof waterfallFigures>[number],
        ]
        expect(sum(layers.map(({ absorbed }) => absorbed)) + uncovered).toBe(need)
        expect(uncovered >= 0n).toBe(true)
        const { values } = of.table.scenarios[0]!
        for (const [k, { layer, worth, absorbed }] of layers.entries()) {
          const cap = waterfall.layers[k]?.cap
          expect(absorbed >= 0n && absorbed <= worth).toBe(true)
          expect(cap === undefined || absorbed <= cap).toBe(true)
          if (layer !== 'reserves' && layer !== 'loans') {
            const dearest = sum(SPOT.map((i) => of.held[layer][i]! * values[i]!.short))
            expect(worth <= dearest).toBe(true)
          }
          // Whoever pays comes after layers that have given all that they may.
          if (absorbed > 0n) {
            for (const [j, before] of layers.slice(0, k).entries()) {
              const most = waterfall.layers[j]?.cap
              const all = most !== undefined && most < before.worth ? most : before.worth
              expect(before.absorbed).toBe(all)
            }
          }
        }
        if (uncovered > 0n && uncovered < need) partly++
      }),
      { numRuns: 2_000 },
    )
    expect(partly).toBeGreaterThan(100)
  })

  test('without caps, what is left in any order is what the proof of all named layers together finds missing', () => {
    let short = 0
    fc.assert(
      fc.property(anyBooks, orders, fc.nat(5), (of, layers, turn) => {
        const named = order(...layers)
        const [{ uncovered, need }] = waterfallFigures(of, named) as [
          ReturnType<typeof waterfallFigures>[number],
        ]
        const figures = solvencyFigures({
          state: { ...firstState(1), shortfalls: of.shortfalls.map((sum) => ({ sum, accounts: 0n })) },
          totals: keyTotals(of.totals, of.table),
          reserves: of.held.reserves,
          insurance: layersTogether(of.held, named),
          policy: { ...policy, scenarios: policy.scenarios.slice(0, 1) },
          table: { columns: riskColumns(of.table), rowsDigest: 0n },
        })
        expect(figures.missingByScenario).toEqual([uncovered])
        const turned = layers.map((_, i) => layers[(i + turn) % layers.length]!).toReversed()
        expect(waterfallFigures(of, order(...turned))[0]).toMatchObject({ uncovered, need })
        if (uncovered > 0n) short++
      }),
      { numRuns: 2_000 },
    )
    expect(short).toBeGreaterThan(100)
  })

  test('a cap never leaves less uncovered, and a layer that is not named changes nothing', () => {
    fc.assert(
      fc.property(anyBooks, withCaps, spot, (of, waterfall, other) => {
        const free = order(...waterfall.layers.map(({ layer }) => layer))
        const capped = waterfallFigures(of, waterfall)[0]!
        expect(waterfallFigures(of, free)[0]!.uncovered <= capped.uncovered).toBe(true)
        const held = { ...of.held }
        for (const layer of LAYERS) if (!free.layers.some((l) => l.layer === layer)) held[layer] = other
        expect(waterfallFigures({ ...of, held }, waterfall)[0]).toEqual(capped)
      }),
      { numRuns: 500 },
    )
  })
})
