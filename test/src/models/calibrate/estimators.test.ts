import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  correlationMatrix,
  ewmaTail,
  ewmaVolatility,
  fitTail,
  historicalTail,
  liquidationGrowth,
  medianTradedValue,
  paretoTail,
  stressCorrelation,
} from '../../../../src/models/calibrate/index.js'
import { normalSample, paretoSample } from '../../../helpers/random.js'

const descending = (list: number[]): number[] => list.toSorted((a, b) => b - a)

describe('EWMA volatility (risk.7)', () => {
  test('agrees with a computation by hand', () => {
    // 0.94·(0.94·0.0001 + 0.06·0.0004) + 0.06·0.0009 = 0.00016492
    expect(ewmaVolatility([0.01, -0.02, 0.03], 0.94)).toBeCloseTo(Math.sqrt(0.00016492), 12)
    expect(ewmaVolatility([0.05], 0.94)).toBe(0.05)
  })

  test('gives normal quantiles', () => {
    const { value, low, high } = ewmaTail(0.02, { confidence: 0.99, decay: 0.94, level: 0.95 })
    expect(value).toBeCloseTo(0.02 * 2.3263478740408408, 9)
    // 1.96 / √(2·1.94/0.06) of it to either side
    expect(high! - value).toBeCloseTo(value * 0.24373, 5)
    expect(value - low).toBeCloseTo(high! - value, 12)
  })
})

describe('the historical quantile (risk.7)', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)

  test('is the smallest loss that enough days do not exceed', () => {
    const of = (confidence: number) => historicalTail(hundred, { confidence, level: 0.95 }).value
    expect([0.5, 0.9, 0.95, 0.99, 0.999].map(of)).toEqual([50, 90, 95, 99, 100])
  })

  test('has the band of the sign test: ranks 40 and 61 of 100 for the median', () => {
    expect(historicalTail(hundred, { confidence: 0.5, level: 0.95 })).toEqual({
      value: 50,
      low: 40,
      high: 61,
    })
  })

  test('has no upper bound when the sample is too small for the tail', () => {
    expect(historicalTail(hundred, { confidence: 0.99, level: 0.95 }).high).toBeNull()
  })

  test('has a band that holds the true quantile as often as it says', () => {
    const truth = (0.01 / 0.25) * (0.02 ** -0.25 - 1)
    let held = 0
    for (let seed = 1; seed <= 400; seed++) {
      const losses = descending(paretoSample(seed, 1000, 0.25, 0.01))
      const { low, high } = historicalTail(losses, { confidence: 0.98, level: 0.95 })
      if (low <= truth && truth <= high!) held++
    }
    expect(held / 400).toBeGreaterThan(0.93)
  })
})

describe('the tail above a threshold (risk.7)', () => {
  test.each([
    ['heavy', 0.3],
    ['exponential', 0],
    ['bounded', -0.2],
  ])('is found again when it is %s, with no bias beyond chance', (_, shape) => {
    const samples = 12
    const quantile = shape === 0 ? -0.02 * Math.log(0.001) : (0.02 / shape) * (0.001 ** -shape - 1)
    let [shapes, quantiles] = [0, 0]
    for (let seed = 1; seed <= samples; seed++) {
      const fit = fitTail(descending(paretoSample(seed, 2000, shape, 0.02)), 0.25)!
      expect(fit.exceedances).toBe(500)
      shapes += fit.shape / samples
      quantiles += paretoTail(fit, { confidence: 0.999, level: 0.5 }).value / samples
    }
    // An estimate of the shape from k excesses has the standard error (1 + shape)/√k.
    expect(Math.abs(shapes - shape)).toBeLessThan((4 * (1 + shape)) / Math.sqrt(500 * samples))
    expect(Math.abs(quantiles / quantile - 1)).toBeLessThan(0.1)
  })

  test('is where the likelihood is largest: no shape and scale nearby do better', () => {
    const fit = fitTail(descending(paretoSample(3, 1000, 0.2, 0.01)), 0.1)!
    const logLikelihood = (shape: number, scale: number): number =>
      fit.excesses.reduce(
        (sum, y) => sum - Math.log(scale) - (1 + 1 / shape) * Math.log(1 + (shape * y) / scale),
        0,
      )
    expect(logLikelihood(fit.shape, fit.scale)).toBeCloseTo(fit.logLikelihood, 6)
    for (const [a, b] of [
      [1e-3, 0],
      [-1e-3, 0],
      [0, 1e-3],
      [0, -1e-3],
      [1e-3, -1e-3],
    ] as const) {
      expect(logLikelihood(fit.shape + a, fit.scale * (1 + b))).toBeLessThan(fit.logLikelihood)
    }
  })

  test('has a band that holds the true quantile nearly as often as it says, short samples and all', () => {
    const truth = (0.01 / 0.25) * (0.005 ** -0.25 - 1)
    let held = 0
    for (let seed = 1; seed <= 120; seed++) {
      const fit = fitTail(descending(paretoSample(seed, 1000, 0.25, 0.01)), 0.1)!
      const { low, high } = paretoTail(fit, { confidence: 0.995, level: 0.95 })
      if (low <= truth && truth <= high!) held++
    }
    expect(held / 120).toBeGreaterThan(0.88)
  })

  test('is wider with fewer days, and reaches further up than down', () => {
    const band = (count: number) => {
      const fit = fitTail(descending(paretoSample(11, count, 0.2, 0.01)), 0.1)!
      const { value, low, high } = paretoTail(fit, { confidence: 0.999, level: 0.95 })
      return { up: high! / value - 1, down: 1 - low / value }
    }
    const [short, long] = [band(500), band(20_000)]
    expect(short.up).toBeGreaterThan(long.up)
    expect(short.down).toBeGreaterThan(long.down)
    expect(short.up).toBeGreaterThan(short.down)
  })

  test('is not fitted when its losses are all the same', () => {
    expect(fitTail(new Array<number>(1000).fill(0.01), 0.1)).toBeUndefined()
  })
})

describe('correlations (risk.7)', () => {
  const returns = fc
    .tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 3, max: 40 }), fc.integer())
    .map(([assets, days, seed]) => {
      const common = normalSample(seed, days)
      return Array.from({ length: assets }, (_, a) =>
        normalSample(seed + 1 + a, days).map((z, t) => (a % 2 ? z : -0.5 * z) + common[t]!),
      )
    })

  test('are one for the same asset, minus one for its mirror, and known in between', () => {
    const up = [0.01, -0.02, 0.03, 0]
    const matrix = correlationMatrix([up, up.map((r) => -2 * r), [0.01, 0.01, -0.01, -0.01]])
    expect(matrix[0]![1]).toBeCloseTo(-1, 12)
    // covariance −0.0004 of deviations whose squares add to 0.0013 and 0.0004
    expect(matrix[0]![2]).toBeCloseTo(-0.0004 / Math.sqrt(0.0013 * 0.0004), 12)
    expect(matrix.map((row, i) => row[i])).toEqual([1, 1, 1])
  })

  test('stay symmetric and positive semi-definite under stress, with ones on the diagonal', () => {
    fc.assert(
      fc.property(
        returns,
        fc.constantFrom('one', 'zero'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (r, target, w) => {
          const matrix = stressCorrelation(correlationMatrix(r), target, w)
          expect(smallestPivot(matrix)).toBeGreaterThan(0)
          for (const [i, row] of matrix.entries()) {
            expect(row[i]).toBe(1)
            for (const [j, value] of row.entries()) {
              expect(Math.abs(value)).toBeLessThanOrEqual(1)
              expect(value).toBeCloseTo(matrix[j]![i]!, 12)
            }
          }
        },
      ),
      { numRuns: 200 },
    )
  })

  test('are told from a matrix that is not positive semi-definite', () => {
    expect(
      smallestPivot([
        [1, 0.9, -0.9],
        [0.9, 1, 0.9],
        [-0.9, 0.9, 1],
      ]),
    ).toBeLessThan(0)
  })

  test('move the whole way, half the way or not at all', () => {
    const matrix = [
      [1, -0.4],
      [-0.4, 1],
    ]
    expect(stressCorrelation(matrix, 'one', 1)[0]![1]).toBe(1)
    expect(stressCorrelation(matrix, 'one', 0.5)[0]![1]).toBeCloseTo(0.3, 12)
    expect(stressCorrelation(matrix, 'zero', 0.5)[0]![1]).toBeCloseTo(-0.2, 12)
    expect(stressCorrelation(matrix, 'zero', 0)).toEqual(matrix)
  })

  /**
   * Of Gauss elimination on the matrix with 1e-9 added to its diagonal: above zero when no eigenvalue is
   * below −1e-9.
   */
  function smallestPivot(matrix: readonly (readonly number[])[]): number {
    const a = matrix.map((row, i) => row.map((value, j) => (i === j ? value + 1e-9 : value)))
    let smallest = Number.POSITIVE_INFINITY
    for (let k = 0; k < a.length; k++) {
      const pivot = a[k]![k]!
      smallest = Math.min(smallest, pivot)
      for (let i = k + 1; i < a.length; i++) {
        const factor = a[i]![k]! / pivot
        for (let j = k; j < a.length; j++) a[i]![j]! -= factor * a[k]![j]!
      }
    }
    return smallest
  }
})

describe('liquidity (risk.7)', () => {
  test('grows a quantile by what is still held on each day', () => {
    expect(liquidationGrowth(0.3)).toBe(1)
    expect(liquidationGrowth(1)).toBe(1)
    // (1 + (2/3)² + (1/3)²) = 14/9
    expect(liquidationGrowth(3)).toBeCloseTo(Math.sqrt(14 / 9), 12)
    // towards √(n/3)
    expect(liquidationGrowth(10_000) / Math.sqrt(10_000 / 3)).toBeCloseTo(1, 3)
  })

  test('takes the median of the last days, the lower one of two', () => {
    expect(medianTradedValue([9, 1, 2, 3, 4], [9, 10, 10, 10, 10], 4)).toBe(20)
    expect(medianTradedValue([1, 2, 3], [1, 1, 1], 30)).toBe(2)
  })
})
