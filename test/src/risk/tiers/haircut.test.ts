import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Rational } from '../../../../src/field/index.js'
import { haircutValue, splitOverKeys, type Tier, tierKeys } from '../../../../src/risk/index.js'

const USDT = 10n ** 16n
/** Ten tiers of 10,000 USDT each, from 100 percent down to 10. */
const TEN: Tier[] = Array.from({ length: 10 }, (_, i) => ({
  bound: BigInt(10_000 * (i + 1)) * USDT,
  percent: BigInt(100 - 10 * i),
}))

describe('N03: what a pledged value counts for (risk.6)', () => {
  test.each([
    [0n, 0n],
    [9_999n, 9_999n],
    [10_000n, 10_000n],
    [15_000n, 14_500n],
    [20_000n, 19_000n],
    [95_000n, 54_500n],
    [100_000n, 55_000n],
    [100_001n, 55_000n],
    [10n ** 18n, 55_000n],
  ])('%s USDT over ten tiers', (value, counted) => {
    expect(haircutValue(value * USDT, TEN)).toBe(counted * USDT)
  })

  test('changes its slope just above a bound', () => {
    expect(haircutValue(10_000n * USDT + 10n, TEN)).toBe(10_000n * USDT + 9n)
    expect(haircutValue(10_000n * USDT + 9n, TEN)).toBe(10_000n * USDT + 8n)
  })

  test('is nothing without tiers', () => {
    expect(haircutValue(123n, [])).toBe(0n)
  })

  test('rounds down, tier by tier', () => {
    const tiers = [
      { bound: 155n, percent: 33n },
      { bound: 300n, percent: 10n },
    ]
    expect(haircutValue(3n, tiers)).toBe(0n)
    expect(haircutValue(4n, tiers)).toBe(1n)
    expect(haircutValue(155n, tiers)).toBe(51n)
    expect(haircutValue(164n, tiers)).toBe(51n)
    expect(haircutValue(165n, tiers)).toBe(52n)
  })
})

const percents = fc.uniqueArray(fc.bigInt({ min: 0n, max: 100n }), { minLength: 1, maxLength: 12 })
const tierLists: fc.Arbitrary<Tier[]> = fc
  .tuple(percents, fc.array(fc.bigInt({ min: 1n, max: 10n ** 9n }), { minLength: 12, maxLength: 12 }))
  .map(([list, widths]) => {
    let bound = 0n
    return list
      .sort((a, b) => (a > b ? -1 : 1))
      .map((percent, i) => {
        bound += widths[i]! * USDT
        return { bound, percent }
      })
  })
const values = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 27n }), fc.bigInt({ min: 0n, max: 1000n }))

/** The same in exact fractions, as an integral of the marginal percentage. */
function exact(value: bigint, tiers: readonly Tier[]): Rational {
  let sum = Rational.ZERO
  for (const [i, { bound, percent }] of tiers.entries()) {
    const lower = tiers[i - 1]?.bound ?? 0n
    const inside = Rational.of(value).min(Rational.of(bound)).sub(Rational.of(lower)).max(Rational.ZERO)
    sum = sum.add(inside.mul(Rational.of(percent, 100n)))
  }
  return sum
}

describe('a haircut (risk.6)', () => {
  test('is the exact one rounded down once, for bounds in whole USDT', () => {
    fc.assert(
      fc.property(values, tierLists, (value, tiers) => {
        expect(haircutValue(value, tiers)).toBe(exact(value, tiers).floor())
      }),
    )
  })

  test('never falls as the value rises, and never counts more than the value', () => {
    fc.assert(
      fc.property(values, values, tierLists, (a, b, tiers) => {
        const [low, high] = a < b ? [a, b] : [b, a]
        expect(haircutValue(low, tiers)).toBeLessThanOrEqual(haircutValue(high, tiers))
        expect(haircutValue(high, tiers)).toBeLessThanOrEqual(high)
        expect(haircutValue(low, tiers)).toBeGreaterThanOrEqual(0n)
      }),
    )
  })

  test('counts each further part for less: splitting a pledge over two accounts never lowers it', () => {
    fc.assert(
      fc.property(values, values, tierLists, (a, b, tiers) => {
        const [x, y] = [a * 100n, b * 100n]
        const halves = haircutValue(x, tiers) + haircutValue(y, tiers)
        expect(2n * haircutValue((x + y) / 2n, tiers)).toBeGreaterThanOrEqual(halves - 2n)
        expect(haircutValue(x + y, tiers)).toBeLessThanOrEqual(halves)
      }),
    )
  })

  test('has no jump at a bound', () => {
    fc.assert(
      fc.property(tierLists, (tiers) => {
        for (const { bound } of tiers) {
          const [below, at, above] = [bound - 1n, bound, bound + 1n].map((v) => haircutValue(v, tiers))
          expect(at! - below!).toBeLessThanOrEqual(1n)
          expect(above! - at!).toBeLessThanOrEqual(1n)
        }
      }),
    )
  })
})

describe('tiers as keys (risk.6)', () => {
  const marks = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
  const amounts = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: 0n, max: 10n ** 12n }),
  )
  const worth = (amount: bigint, mark: bigint, tiers: readonly Tier[]): bigint => {
    const keys = tierKeys(mark, tiers)
    const { parts } = splitOverKeys(amount, keys)
    return parts.reduce((sum, part, i) => sum + part * keys[i]!.unitValue, 0n)
  }

  test('have the values and widths that prices and bounds give', () => {
    const mark = 3n * 10n ** 15n
    const tiers = [
      { bound: USDT, percent: 100n },
      { bound: 2n * USDT, percent: 90n },
      { bound: 3n * USDT, percent: 90n },
      { bound: 4n * USDT, percent: 0n },
    ]
    expect(tierKeys(mark, tiers)).toEqual([
      { unitValue: 100n * mark, width: 3n },
      { unitValue: 90n * mark, width: 7n },
    ])
    expect(splitOverKeys(12n, tierKeys(mark, tiers))).toEqual({ parts: [3n, 7n], unpledged: 2n })
  })

  test('are none where nothing counts, and end at the largest amount', () => {
    expect(tierKeys(0n, TEN)).toEqual([])
    expect(tierKeys(5n, [])).toEqual([])
    expect(tierKeys(1n, [{ bound: 10n ** 35n, percent: 70n }])).toEqual([
      { unitValue: 70n, width: 2n ** 64n - 1n },
    ])
  })

  test('fall in value, are wider than nothing, and take every amount apart without loss', () => {
    fc.assert(
      fc.property(amounts, marks, tierLists, (amount, mark, tiers) => {
        const keys = tierKeys(mark, tiers)
        for (const [i, { unitValue, width }] of keys.entries()) {
          expect(width).toBeGreaterThan(0n)
          expect(unitValue).toBeGreaterThan(0n)
          if (i > 0) expect(unitValue).toBeLessThan(keys[i - 1]!.unitValue)
        }
        const { parts, unpledged } = splitOverKeys(amount, keys)
        expect(parts.reduce((sum, part) => sum + part, unpledged)).toBe(amount)
        for (const [i, part] of parts.entries()) expect(part).toBeLessThanOrEqual(keys[i]!.width)
      }),
    )
  })

  test('never count more than the haircut, and less by less than the price of one smallest unit', () => {
    fc.assert(
      fc.property(amounts, marks, tierLists, (amount, mark, tiers) => {
        const byKeys = Rational.of(worth(amount, mark, tiers), 100n)
        const gap = exact(amount * mark, tiers).sub(byKeys)
        expect(gap.compare(Rational.ZERO)).toBeGreaterThanOrEqual(0)
        expect(mark === 0n || gap.compare(Rational.of(mark)) < 0).toBe(true)
        expect(byKeys.floor()).toBeLessThanOrEqual(haircutValue(amount * mark, tiers))
      }),
      { numRuns: 500 },
    )
  })

  test('count exactly the haircut where every bound is a whole number of smallest units', () => {
    fc.assert(
      fc.property(amounts, tierLists, (amount, tiers) => {
        const mark = 10n ** 8n
        expect(Rational.of(worth(amount, mark, tiers), 100n)).toEqual(exact(amount * mark, tiers))
      }),
    )
  })
})
