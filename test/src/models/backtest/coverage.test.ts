import { describe, expect, test } from 'vitest'
import {
  binomialTail,
  judgeAlarms,
  largeMoves,
  warningBefore,
} from '../../../../src/models/backtest/alarms.js'
import { aboveChiSquare, testCoverage } from '../../../../src/models/backtest/coverage.js'

/** So many breaches in so many periods, none after another. */
const apart = (breaches: number, periods: number) =>
  Array.from({ length: periods }, (_, i) => i % 2 === 0 && i < 2 * breaches)

describe('tests of coverage have their published values (risk.18)', () => {
  test.each([
    // Abramowitz and Stegun, table 26.8.
    [2.70554, 1, 0.1],
    [3.84146, 1, 0.05],
    [6.6349, 1, 0.01],
    [10.828, 1, 0.001],
    [4.60517, 2, 0.1],
    [5.99147, 2, 0.05],
    [9.21034, 2, 0.01],
    [13.816, 2, 0.001],
  ] as const)('χ² is above %f with %i degrees with probability %f', (value, degrees, probability) => {
    expect(aboveChiSquare(value, degrees) / probability).toBeCloseTo(1, 3)
  })

  test.each([
    // P. H. Kupiec, 1995, table 3: with how many failures a level is not rejected, at 5 %.
    [0.01, 255, 0, 7],
    [0.01, 510, 1, 11],
    [0.01, 1000, 4, 17],
    [0.025, 255, 2, 12],
    [0.025, 510, 6, 21],
    [0.025, 1000, 15, 36],
    [0.05, 255, 6, 21],
    [0.05, 510, 16, 36],
    [0.05, 1000, 37, 65],
    [0.1, 255, 16, 36],
    [0.1, 510, 38, 65],
    [0.1, 1000, 81, 120],
  ])(
    'a share of %f is not rejected in %i periods for more than %i and fewer than %i breaches',
    (share, periods, low, high) => {
      const isRejected = (breaches: number) =>
        testCoverage(apart(breaches, periods), 1 - share).frequency.probability < 0.05
      const kept = Array.from({ length: periods / 2 }, (_, i) => i).filter(
        (breaches) => !isRejected(breaches),
      )
      // The table has no lower end for one per cent of 255 days: none at all is too few only by the ratio.
      expect([kept[0]! - 1, kept.at(-1)! + 1]).toEqual([low, high])
    },
  )

  test('the year 1998 of J. P. Morgan: 20 exceptions in 252 days, 6 of them after another (Jorion, 2007, chapter 6)', () => {
    expect(testCoverage(apart(20, 252), 0.95).frequency.statistic).toBeCloseTo(3.91, 2)
    // 218 steps from calm to calm, 14 to an exception, 14 back, 6 from one to the next.
    const days = [
      false,
      ...Array.from({ length: 13 }, () => [true, false]).flat(),
      ...Array.from({ length: 7 }, () => true),
      ...Array.from({ length: 219 }, () => false),
    ]
    expect(days.length).toBe(253)
    const { independence, conditional, frequency } = testCoverage(days, 0.95)
    expect(independence.statistic).toBeCloseTo(9.53, 2)
    expect(conditional.statistic).toBeCloseTo(frequency.statistic + independence.statistic, 12)
    expect(conditional.probability).toBeCloseTo(Math.exp(-conditional.statistic / 2), 12)
  })

  test('no breach at all, and nothing but breaches, are no faults of arithmetic', () => {
    const none = testCoverage(apart(0, 100), 0.99)
    expect(none).toMatchObject({ breaches: 0, independence: { statistic: 0, probability: 1 } })
    expect(none.frequency.statistic).toBeCloseTo(-200 * Math.log(0.99), 12)
    const all = testCoverage(
      Array.from({ length: 50 }, () => true),
      0.99,
    )
    expect(all.frequency.statistic).toBeCloseTo(-100 * Math.log(0.01), 9)
    expect(all.independence).toEqual({ statistic: 0, probability: 1 })
    expect(testCoverage([true], 0.99).independence.probability).toBe(1)
  })
})

describe('alarms are judged by what comes after them (risk.19)', () => {
  //             0    1    2   3   4   5   6    7    8    9   10   11  12   13
  const closes = [100, 100, 99, 95, 90, 90, 100, 100, 100, 100, 100, 89, 100, 100]
  const rule = { move: 0.09, horizon: 2 }
  const range = { start: 0, end: 12 }
  const at = (...places: number[]) => closes.map((_, i) => places.includes(i))

  test('one that the move follows counts with its lead, and one that tells of it afterwards does not', () => {
    const judged = judgeAlarms(closes, at(2, 4, 10), { side: 'down', rule, range })
    // 99 to 90 after two periods; at 90 it is over; 100 to 89 in one. Those within two periods are one alarm.
    expect(judged).toMatchObject({ alarms: 2, followed: 2, leads: [1, 2] })
    expect(judgeAlarms(closes, at(4, 7), { side: 'down', rule, range })).toMatchObject({
      alarms: 2,
      followed: 0,
    })
    // After 2, 9 and 10 it falls so far: three of twelve.
    expect(judged.baseRate).toBeCloseTo(3 / 12, 12)
    expect(judged.chance).toBeCloseTo((3 / 12) ** 2, 12)
  })

  test('rises are judged by rises', () => {
    expect(judgeAlarms(closes, at(4, 11), { side: 'up', rule, range })).toMatchObject({
      followed: 2,
      leads: [1, 2],
    })
    expect(judgeAlarms(closes, at(2, 10), { side: 'up', rule, range })).toMatchObject({
      alarms: 2,
      followed: 0,
    })
  })

  test('large moves are found once each, and what rang before them by its lead', () => {
    const found = largeMoves(closes, { side: 'down', rule, range })
    expect(found).toEqual([4, 11])
    expect(warningBefore(at(9), 11, 2)).toBe(2)
    expect(warningBefore(at(9, 10), 11, 2)).toBe(2)
    expect(warningBefore(at(8), 11, 2)).toBeUndefined()
    expect(warningBefore(at(11), 11, 2)).toBeUndefined()
  })

  test('chance is the binomial tail', () => {
    expect(binomialTail(2, 3, 0.5)).toBeCloseTo(0.5, 12)
    expect(binomialTail(3, 10, 0.1)).toBeCloseTo(0.0701908264, 10)
    expect([binomialTail(0, 5, 0.3), binomialTail(1, 5, 0), binomialTail(5, 5, 1)]).toEqual([1, 0, 1])
  })

  test('detectors are carried only by both halves', () => {
    const one = Array.from({ length: 400 }, (_, i) => (i < 200 && i % 20 === 10 ? 80 : 100))
    const early = one.map((_, i) => i < 200 && i % 20 === 9)
    const both = Array.from({ length: 400 }, (_, i) => (i % 20 === 10 ? 80 : 100))
    const all = { side: 'down' as const, rule: { move: 0.1, horizon: 1 }, range: { start: 0, end: 399 } }
    expect(judgeAlarms(one, early, all)).toMatchObject({ followed: 10, alarms: 10, isCarried: false })
    expect(
      judgeAlarms(
        both,
        both.map((_, i) => i % 20 === 9),
        all,
      ).isCarried,
    ).toBe(true)
  })
})
