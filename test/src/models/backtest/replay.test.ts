import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import {
  detectorSettings,
  type PriceSeries,
  type ReplaySettings,
  readHistory,
  replay,
} from '../../../../src/models/index.js'
import { normalSample, seriesOf } from '../../../helpers/random.js'

const SETTINGS: ReplaySettings = {
  detectors: detectorSettings({ tail: { window: 250 } }),
  floor: { kind: 'none' },
  rule: { move: 0.05, horizon: 5 },
  tableEvery: 5,
}
const BUFFER = { kind: 'buffer', share: '0.25' } as const

/** Moves of one per cent, down and up by turns: their volatility is one per cent exactly. */
const turns = (count: number) => Array.from({ length: count }, (_, i) => (i % 2 === 0 ? -0.01 : 0.01))

function one(series: PriceSeries, settings = SETTINGS) {
  const [result] = replay([series], settings)
  const of = (detector: string, side: string) =>
    result!.detectors.find((row) => row.detector === detector && row.side === side)!
  const requirement = (method: string, side: string, confidence: number) =>
    result!.requirements.find(
      (row) => row.method === method && row.side === side && row.confidence === confidence,
    )!
  return { result: result!, of, requirement }
}

/** Tails of turns alone are all the same: some noise makes them tails, and moves no figure that is compared. */
const noisy = (returns: readonly number[], seed = 1) => {
  const noise = normalSample(seed, returns.length)
  return returns.map((r, i) => r + 1e-5 * noise[i]!)
}

describe('made-up crashes have the answers that arithmetic gives (risk.19)', () => {
  test('a crash in one period is foretold by nothing, and exceeds every requirement once', () => {
    const { result, of, requirement } = one(seriesOf('X', noisy([...turns(400), -0.3, ...turns(100)])))
    const day = result.prices.at[401 - 271]!
    expect(of('volatility', 'down').warned).toEqual([])
    expect(of('jumps', 'down').warned).toEqual([])
    expect(of('speed', 'down').warned).toEqual([])
    expect(of('jumps', 'down').moves).toBe(1)
    for (const method of ['historical', 'tail', 'volatility', 'largest', 'proposed', 'filtered']) {
      const { exceeded } = requirement(method, 'down', 0.99)
      expect(
        exceeded.some(({ at }) => at === day),
        method,
      ).toBe(true)
    }
    const fall = 1 - Math.exp(-0.3)
    const { exceeded } = requirement('largest', 'down', 0.999)
    expect(exceeded).toEqual([{ at: day, by: expect.closeTo(fall - 0.032, 2) }])
  })

  test('a slide of two per cent a period rings by the third, by the sums that its volatilities give', () => {
    // z is 2, then 1.84, then 1.72, as the volatility takes the slide in: 1.75, 3.34, 4.81 are past the limit.
    const slide = Array.from({ length: 6 }, () => -0.02)
    const { result, of } = one(seriesOf('X', noisy([...turns(400), ...slide, ...turns(100)])))
    const start = 401 - 271
    const jumps = of('jumps', 'down')
    // Before it, the turns ring no alarm: z is one and its sum swings between 0 and 0.75.
    expect(jumps.alarms).toBe(1)
    expect(jumps.followed).toBe(1)
    // From the third period of the slide, 5 % are three periods away.
    expect(jumps.leads).toEqual([3])
    expect(jumps.moves).toBe(1)
    // The fall since the best price is 5 % at the third period already: nothing rang before.
    expect(jumps.warned).toEqual([])
    expect(result.prices.closes[start + 2]! / result.prices.closes[start - 1]!).toBeCloseTo(
      Math.exp(-0.06),
      3,
    )
    // Volatility grows to 1.4 times the usual one: no alarm.
    expect(of('volatility', 'down').alarms).toBe(0)
    expect(of('jumps', 'up').alarms).toBe(0)
  })

  test('a slow slide is foretold by the speed of the deviation before it has gone so far', () => {
    const slide = Array.from({ length: 6 }, () => -0.019)
    const settings = { ...SETTINGS, tableEvery: 50, rule: { move: 0.06, horizon: 5 } }
    const { of } = one(seriesOf('X', noisy([...turns(400), ...slide, ...turns(100)])), settings)
    // Distances 0, 1.9, 3.7 and 5.5 per cent: the third leads to 9 % in three periods, the fourth is 6 %.
    const { warned, moves } = of('speed', 'down')
    expect(moves).toBe(1)
    expect(warned.map(({ lead }) => lead)).toEqual([1])
  })

  test('in a calm of normal moves of one size, normal requirements are exceeded as often as they say', () => {
    const { of, requirement } = one(
      seriesOf(
        'X',
        normalSample(21, 3000).map((z) => 0.01 * z),
      ),
      {
        ...SETTINGS,
        detectors: detectorSettings({ decay: '0.97', tail: { window: 1000 } }),
      },
    )
    for (const side of ['down', 'up']) {
      expect(requirement('historical', side, 0.99).verdict).toBe('as said')
      expect(requirement('tail', side, 0.99).verdict).toBe('as said')
      expect(requirement('filtered', side, 0.99).verdict).toBe('as said')
      expect(requirement('largest', side, 0.99).breaches).toBeLessThanOrEqual(
        requirement('tail', side, 0.99).breaches,
      )
      for (const detector of ['volatility', 'jumps', 'speed']) {
        expect(of(detector, side).isCarried, `${detector} ${side}`).toBe(false)
      }
    }
    expect(of('volatility', 'down').alarms).toBe(0)
  })

  test('when volatility comes in clusters, requirements of a long window are exceeded in clusters', () => {
    // A calm of 450 periods and a storm of 50, by turns.
    const returns = normalSample(33, 3000).map((z, i) => (i % 500 >= 450 ? 0.04 : 0.008) * z)
    const { requirement } = one(seriesOf('X', returns), {
      ...SETTINGS,
      detectors: detectorSettings({ tail: { window: 1000, confidences: ['0.95'] } }),
    })
    // One period in ten is of a storm, in which every other fall is among the twentieth that is largest.
    expect(requirement('historical', 'down', 0.95)).toMatchObject({ isClustered: true })
    expect(requirement('filtered', 'down', 0.95).independence.statistic).toBeLessThan(
      requirement('historical', 'down', 0.95).independence.statistic / 4,
    )
  })

  test('false alarms are counted in thirty days of the calendar', () => {
    const returns = normalSample(9, 1000).map((z) => 0.01 * z)
    const { result, of } = one(seriesOf('X', returns))
    const { alarms, followed, falsePer30Days } = of('jumps', 'down')
    // Daily prices: one before the first period that is judged.
    expect(alarms - followed).toBeGreaterThan(2)
    expect(falsePer30Days).toBeCloseTo(((alarms - followed) * 30) / result.periods, 12)
  })

  test('nothing is used before it was known: what comes later changes nothing that was said', () => {
    const returns = normalSample(4, 700).map((z) => 0.01 * z)
    const whole = one(seriesOf('X', returns))
    const dates = whole.result.prices.at
    const until = one(seriesOf('X', [...returns.slice(0, 500), ...returns.slice(500).map((r) => 9 * r)]), {
      ...SETTINGS,
      to: dates[500 - 270 - 1]!,
    })
    const { proposed, periods } = until.result
    expect(periods).toBe(230)
    expect(proposed.down).toEqual(whole.result.proposed.down.slice(0, periods))
    expect(proposed.up).toEqual(whole.result.proposed.up.slice(0, periods))
  })

  test('a first day is judged with what came before it', () => {
    const series = seriesOf(
      'X',
      normalSample(4, 700).map((z) => 0.01 * z),
    )
    const whole = one(series).result
    const from = whole.prices.at[100]!
    // Tails are fitted anew at the first period that is judged.
    const settings = { ...SETTINGS, detectors: detectorSettings({ tail: { window: 250, every: 1 } }) }
    const every = one(series, settings).result
    const late = one(series, { ...settings, from }).result
    expect([late.from, late.periods]).toEqual([from, whole.periods - 100])
    const differences = late.proposed.down.map((value, i) => Math.abs(value - every.proposed.down[i + 100]!))
    expect(Math.max(...differences)).toBeLessThan(1e-12)
  })

  test('a floor lowers the swing of requirements, and is never below what was calculated', () => {
    const returns = normalSample(33, 2000).map((z, i) => (i % 500 >= 450 ? 0.04 : 0.008) * z)
    const plain = one(seriesOf('X', returns)).requirement('proposed', 'down', 0.99)
    const with25 = one(seriesOf('X', returns), { ...SETTINGS, floor: BUFFER })
    const [buffered, calculated] = [
      with25.requirement('proposed', 'down', 0.99),
      with25.requirement('largest', 'down', 0.99),
    ]
    expect(plain).toMatchObject({ peakToTrough: calculated.peakToTrough, mean: calculated.mean })
    expect(buffered.peakToTrough).toBeLessThan(calculated.peakToTrough)
    expect(buffered.mean).toBeGreaterThan(calculated.mean)
    expect(buffered.breaches).toBeLessThanOrEqual(calculated.breaches)
    const long = one(seriesOf('X', returns), { ...SETTINGS, floor: { kind: 'long-window', periods: 2500 } })
    expect(long.requirement('proposed', 'down', 0.99).mean).toBeGreaterThan(calculated.mean)
    const stressed = { kind: 'stressed', weight: '0.25', periods: 2500, stressed: 50 } as const
    const weighted = one(seriesOf('X', returns), { ...SETTINGS, floor: stressed })
    expect(weighted.requirement('proposed', 'down', 0.99).mean).toBeGreaterThan(calculated.mean)
    expect(weighted.requirement('proposed', 'down', 0.99).peakToTrough).toBeLessThan(calculated.peakToTrough)
  })
})

describe('what cannot be judged is refused, with what to do (risk.19)', () => {
  const series = seriesOf(
    'X',
    normalSample(4, 300).map((z) => 0.01 * z),
  )

  test.each([
    ['one row', seriesOf('X', []), {}, 'REPLAY_SHORT'],
    ['fewer rows than the window', seriesOf('X', normalSample(1, 200)), {}, 'REPLAY_SHORT'],
    ['a first day without enough before it', series, { from: '2020-03-01' }, 'REPLAY_SHORT'],
    ['a first day behind the last', series, { from: '2030-01-01' }, 'REPLAY_SHORT'],
    ['a last day before the first', series, { to: '2019-01-01' }, 'REPLAY_SHORT'],
    [
      'prices that stand still',
      seriesOf(
        'X',
        turns(600).map(() => 0),
      ),
      {},
      'REPLAY_FLAT',
    ],
    ['moves that are all the same', seriesOf('X', turns(600)), {}, 'REPLAY_FLAT'],
  ] as const)('%s', (_, given, range, code) => {
    expect(() => replay([given], { ...SETTINGS, ...range })).toThrow(
      expect.objectContaining({ code, hint: expect.any(String) }),
    )
  })

  test('no series at all', () => {
    expect(() => replay([], SETTINGS)).toThrow(expect.objectContaining({ code: 'REPLAY_EMPTY' }))
  })
})

/** Daily closes of the S&P 500 from 2000 to April 2020. */
const FILE = createRequire(import.meta.url).resolve('vega-datasets/data/sp500-2000.csv')

describe('on twenty years of the S&P 500, only what it carries is shipped (risk.20)', async () => {
  const series = await readHistory([{ path: FILE, asset: 'SPX' }], { maxGapDays: 7 })
  const { result, of, requirement } = one(series[0]!, {
    ...SETTINGS,
    detectors: detectorSettings(),
    floor: BUFFER,
  })

  test('requirements are judged from January 2004 on, over 4,084 days', () => {
    expect([result.from, result.to, result.periods]).toEqual(['2004-01-28', '2020-04-17', 4084])
  })

  test('those that are proposed are never exceeded more often than they say, and not in clusters', () => {
    const breaches = ['down', 'up'].map((side) =>
      [0.99, 0.995, 0.999].map((confidence) => {
        for (const method of ['largest', 'proposed']) {
          const row = requirement(method, side, confidence)
          expect(row.verdict, `${method} ${side} ${confidence}`).not.toBe('too many')
          expect(row.isClustered).toBe(false)
        }
        return requirement('proposed', side, confidence).breaches
      }),
    )
    expect(breaches).toEqual([
      [22, 12, 4],
      [6, 5, 1],
    ])
  })

  test('no single estimate of an unfiltered tail is: that is why none is proposed by itself', () => {
    for (const side of ['down', 'up']) {
      for (const confidence of [0.99, 0.995, 0.999]) {
        expect(requirement('historical', side, confidence).verdict).toBe('too many')
        expect(requirement('tail', side, confidence).verdict).toBe('too many')
      }
    }
    expect(requirement('volatility', 'down', 0.999)).toMatchObject({ breaches: 38, verdict: 'too many' })
  })

  test('the tail of returns over their volatility, which the watch shows, is exceeded as often as it says', () => {
    const rows = ['down', 'up'].flatMap((side) =>
      [0.99, 0.995, 0.999].map((confidence) => requirement('filtered', side, confidence)),
    )
    expect(rows.map(({ verdict }) => verdict)).toEqual(Array.from({ length: 6 }, () => 'as said'))
    expect(rows.map(({ breaches }) => breaches)).toEqual([50, 27, 8, 42, 19, 8])
  })

  test('volatility and speeds of falls foretell; jumps and speeds of rises do not', () => {
    const carried = result.detectors.filter(({ isCarried }) => isCarried)
    expect(carried.map(({ detector, side, alarms, followed }) => [detector, side, followed, alarms])).toEqual(
      [
        ['volatility', 'down', 10, 53],
        ['speed', 'down', 9, 38],
        ['volatility', 'up', 11, 53],
      ],
    )
    expect(of('jumps', 'down')).toMatchObject({ followed: 8, alarms: 55, isCarried: false })
    expect(of('jumps', 'up')).toMatchObject({ followed: 0, alarms: 37, isCarried: false })
    expect(of('speed', 'up')).toMatchObject({ followed: 4, alarms: 35, isCarried: false })
  })

  test('in March 2020 they had rung before; the highest requirement was exceeded by a tenth of a per cent', () => {
    const covid = result.library.find(({ scenario }) => scenario === '2020-03-12-covid')!
    expect(covid.move).toBeCloseTo(-0.0951, 4)
    expect(covid.warned).toEqual({ volatility: 5, jumps: 3, speed: 3 })
    expect(covid.required.at(-1)!.isExceeded).toBe(true)
    expect(covid.required.at(-1)!.value).toBeCloseTo(0.0943, 4)
  })
})
