import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { black76, type OptionTerms } from '../../../../src/models/index.js'

/**
 * right, forward, strike, years, volatility, discount, then value, delta, gamma, vega from 50-digit
 * arithmetic (mpmath).
 */
const VECTORS = [
  [
    'call',
    100,
    110,
    0.5,
    0.6,
    1,
    13.075799854644616,
    0.495006883479682,
    0.009402423225785562,
    28.207269677356685,
  ],
  [
    'put',
    100,
    110,
    0.5,
    0.6,
    1,
    23.075799854644615,
    -0.504993116520318,
    0.009402423225785562,
    28.207269677356685,
  ],
  [
    'call',
    65000,
    90000,
    0.02,
    0.55,
    0.99,
    0.01833476580383464,
    1.6828270232796496e-5,
    1.452532026402478e-8,
    0.6750642592705517,
  ],
  [
    'put',
    65000,
    20000,
    0.25,
    0.8,
    0.98,
    6.402121182617627,
    -0.0008092819908867285,
    1.0644293606940178e-7,
    89.94428097864451,
  ],
  [
    'call',
    3000,
    3000,
    1,
    0.0001,
    1,
    0.11968268407056203,
    0.5000199471140118,
    1.3298075996758494,
    1196.8268397082645,
  ],
  [
    'put',
    3000,
    1,
    2,
    3,
    1,
    0.5009036648224034,
    -3.056067502638771e-5,
    1.0165311990166534e-8,
    0.5489268474689928,
  ],
  [
    'call',
    0.00001,
    0.00002,
    0.1,
    2,
    1,
    5.987956893784735e-7,
    0.21777368488525956,
    46543.35955197874,
    9.30867191039575e-7,
  ],
  [
    'call',
    100,
    100,
    0.000001,
    0.5,
    1,
    0.019947113812289197,
    0.5000997355690614,
    7.978845358689733,
    0.03989422679344866,
  ],
  [
    'put',
    120,
    100,
    0.75,
    1.5,
    0.9,
    39.32285270041859,
    -0.1933215955273213,
    0.001686057405614903,
    27.314129970961428,
  ],
  ['call', 100, 100, 4, 12, 1, 100, 1, 8.943265565262751e-36, 4.292767471326121e-30],
] as const

const terms: fc.Arbitrary<OptionTerms> = fc.record({
  right: fc.constantFrom('call' as const, 'put' as const),
  forward: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
  strike: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
  years: fc.double({ min: 0, max: 5, noNaN: true }),
  volatility: fc.double({ min: 0, max: 5, noNaN: true }),
  discount: fc.double({ min: 0.5, max: 1, noNaN: true }),
})

describe("Black's formula (risk.5)", () => {
  test.each(VECTORS)('%s on %d struck at %d, %d years, %d volatility: to the last digits', (...vector) => {
    const [right, forward, strike, years, volatility, discount, value, delta, gamma, vega] = vector
    const own = black76({ right, forward, strike, years, volatility, discount })
    expect(Math.abs(own.value - value) / Math.max(forward, strike)).toBeLessThan(1e-14)
    expect(Math.abs(own.delta - delta)).toBeLessThan(1e-12)
    expect(Math.abs(own.gamma / gamma - 1)).toBeLessThan(1e-11)
    expect(Math.abs(own.vega / vega - 1)).toBeLessThan(1e-11)
  })

  test('keeps put-call parity and the bounds of an option', () => {
    fc.assert(
      fc.property(terms, (option) => {
        const { forward, strike, discount } = option
        const call = black76({ ...option, right: 'call' }).value
        const put = black76({ ...option, right: 'put' }).value
        const scale = 1e-13 * Math.max(forward, strike)
        expect(Math.abs(call - put - discount * (forward - strike))).toBeLessThanOrEqual(scale)
        expect(call).toBeGreaterThanOrEqual(Math.max(0, discount * (forward - strike)) - scale)
        expect(call).toBeLessThanOrEqual(discount * forward)
        expect(put).toBeLessThanOrEqual(discount * strike)
      }),
    )
  })

  test('has the Greeks that its own differences have', () => {
    const option: OptionTerms = {
      right: 'put',
      forward: 100,
      strike: 95,
      years: 0.4,
      volatility: 0.7,
      discount: 0.97,
    }
    const at = (change: Partial<OptionTerms>) => black76({ ...option, ...change })
    const h = 1e-4
    const slope = (up: number, down: number) => (up - down) / (2 * h)
    const { delta, gamma, vega } = at({})
    expect(slope(at({ forward: 100 + h }).value, at({ forward: 100 - h }).value)).toBeCloseTo(delta, 7)
    expect(slope(at({ forward: 100 + h }).delta, at({ forward: 100 - h }).delta)).toBeCloseTo(gamma, 7)
    expect(slope(at({ volatility: 0.7 + h }).value, at({ volatility: 0.7 - h }).value)).toBeCloseTo(vega, 5)
  })

  test('is the payoff without time, volatility, forward or strike', () => {
    const option: OptionTerms = {
      right: 'call',
      forward: 120,
      strike: 100,
      years: 0,
      volatility: 0.5,
      discount: 0.9,
    }
    expect(black76(option)).toEqual({ value: 18, delta: 0.9, gamma: 0, vega: 0 })
    expect(black76({ ...option, years: 1, volatility: 0 }).value).toBe(18)
    expect(black76({ ...option, right: 'put', forward: 0, years: 1 }).value).toBe(90)
    expect(black76({ ...option, strike: 0, years: 1 }).value).toBe(108)
    expect(black76({ ...option, right: 'put' })).toMatchObject({ value: 0, delta: 0 })
  })

  test.each(['forward', 'strike', 'years', 'volatility', 'discount'] as const)(
    'refuses a %s below zero',
    (term) => {
      const option: OptionTerms = {
        right: 'call',
        forward: 1,
        strike: 1,
        years: 1,
        volatility: 1,
        discount: 1,
      }
      for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => black76({ ...option, [term]: wrong })).toThrow(RangeError)
      }
    },
  )
})
