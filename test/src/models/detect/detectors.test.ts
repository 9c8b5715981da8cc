import { describe, expect, test } from 'vitest'
import { ewmaVolatility } from '../../../../src/models/calibrate/ewma.js'
import { fitTail, paretoQuantile, paretoTail } from '../../../../src/models/calibrate/pareto.js'
import {
  correlationMove,
  Detectors,
  detect,
  detectorSettings,
  type JumpReading,
  StreamedSpeed,
} from '../../../../src/models/detect/index.js'
import { StreamedJumps } from '../../../../src/models/detect/jumps.js'
import { StreamedTail } from '../../../../src/models/detect/tail.js'
import { normalSample, seriesOf, uniform } from '../../../helpers/random.js'

const SETTINGS = detectorSettings({ warmUp: 100, tail: { window: 300, every: 7 } })

/** Returns whose volatility doubles in the middle, with a fall of a tenth. */
const returns = normalSample(7, 900).map((z, i) => (i > 450 ? 0.02 : 0.01) * z - (i === 600 ? 0.1 : 0))
const { closes } = seriesOf('X', returns)
const logs = closes.slice(1).map((close, i) => Math.log(close / closes[i]!))

/**
 * The sums by Page's first definition: how far the sum of what is beyond the allowance lies above its lowest
 * point since the last alarm in its direction.
 */
function sumsByDefinition(zs: readonly number[], allowance: number, limit: number): JumpReading[] {
  const side = (sign: 1 | -1): number[] => {
    let start = 0
    return zs.map((_, t) => {
      let [sum, most] = [0, 0]
      for (let i = t; i >= start; i--) {
        sum += sign * zs[i]! - allowance
        most = Math.max(most, sum)
      }
      if (most >= limit) start = t + 1
      return Math.min(limit, most)
    })
  }
  const [ups, downs] = [side(1), side(-1)]
  return zs.map((_, t) => {
    const [up, down] = [ups[t]!, downs[t]!]
    const alarm = down === limit ? ('down' as const) : up === limit ? ('up' as const) : undefined
    return { up, down, ...(alarm === undefined ? {} : { alarm }) }
  })
}

describe('detectors over a stream say what their definitions give (risk.17)', () => {
  const readings = detect(closes, SETTINGS)

  test('volatility is that of all returns up to the price, and its ratio that to the slow one', () => {
    for (const at of [1, 2, 50, 451, 600, 900]) {
      const before = logs.slice(0, at)
      const volatility = ewmaVolatility(before, SETTINGS.decay)
      expect(readings[at]!.volatility).toBeCloseTo(volatility, 14)
      expect(readings[at]!.volatilityRatio).toBeCloseTo(
        volatility / ewmaVolatility(before, SETTINGS.usualDecay),
        12,
      )
    }
  })

  test('jumps are the sums over returns in volatilities that were foretold', () => {
    const zs = logs.slice(20).map((r, i) => r / ewmaVolatility(logs.slice(0, i + 20), SETTINGS.decay))
    const sums = sumsByDefinition(zs, SETTINGS.jumps.allowance, SETTINGS.jumps.limit)
    expect(sums.filter(({ alarm }) => alarm === 'down').length).toBeGreaterThan(3)
    for (const [i, { up, down, alarm }] of sums.entries()) {
      const { jumps } = readings[i + 21]!
      expect(jumps.up).toBeCloseTo(up, 9)
      expect(jumps.down).toBeCloseTo(down, 9)
      expect(jumps.alarm).toBe(alarm)
    }
    expect(readings[601]!.jumps.alarm).toBe('down')
  })

  test('tails are those of the window at the last fit, in today’s volatility, with the bands of `risk calibrate`', () => {
    const detectors = new Detectors(SETTINGS)
    for (const close of closes) detectors.push(close)
    const zs = logs.slice(20).map((r, i) => r / ewmaVolatility(logs.slice(0, i + 20), SETTINGS.decay))
    const since = (zs.length - 300) % 7
    const window = zs.slice(zs.length - 300 - since, zs.length - since)
    for (const side of ['down', 'up'] as const) {
      const sorted = window.map((z) => (side === 'down' ? -z : z)).sort((a, b) => b - a)
      const fit = fitTail(sorted, SETTINGS.tail.share)!
      const { volatility } = detectors
      for (const confidence of SETTINGS.tail.confidences) {
        const quantile = paretoQuantile(fit, confidence) * volatility
        expect(detectors.tail.quantile(side, confidence, volatility)).toBeCloseTo(quantile, 12)
        const { value, low, high } = detectors.tail.estimate(side, confidence, volatility)!
        const band = paretoTail(fit, { confidence, level: SETTINGS.tail.bandLevel })
        expect(value).toBeCloseTo(quantile, 12)
        expect([low / volatility, high! / volatility]).toEqual([
          expect.closeTo(band.low, 9),
          expect.closeTo(band.high!, 9),
        ])
        expect(low).toBeLessThan(value)
        expect(high!).toBeGreaterThan(value)
      }
    }
  })

  test('speed is the slope of least squares, and a distance that shrinks is foretold no smaller', () => {
    const speed = new StreamedSpeed({ points: 4, ahead: 3 })
    const distances = [0.01, 0.015, 0.012, 0.03, 0.05, 0.02, 0.01, 0]
    const said = distances.map((distance) => speed.push(distance))
    expect(said.slice(0, 3)).toEqual([undefined, undefined, undefined])
    for (const [i, reading] of said.entries()) {
      if (i < 3) continue
      const y = distances.slice(i - 3, i + 1)
      const slope = (-1.5 * y[0]! - 0.5 * y[1]! + 0.5 * y[2]! + 1.5 * y[3]!) / 5
      expect(reading!.speed).toBeCloseTo(slope, 14)
      expect(reading!.ahead).toBeCloseTo(y[3]! + 3 * Math.max(0, slope), 14)
    }
  })

  test('a day of ticks and more is kept in the window alone: what came before is forgotten', () => {
    const next = uniform(3)
    const ticks = Array.from({ length: 200_000 }, () => next() - 0.5)
    const settings = detectorSettings({ tail: { window: 86_400, every: 1 } }).tail
    const all = new StreamedTail({ ...settings, every: 200_000 - 86_400 })
    const last = new StreamedTail(settings)
    for (const z of ticks) all.push(z)
    for (const z of ticks.slice(-86_401, -1)) last.push(z)
    expect(all.quantile('down', 0.99, 1)).toBeDefined()
    expect(all.quantile('down', 0.99, 1)).toBe(last.quantile('down', 0.99, 1))
  })
})

describe('detectors keep their heads where prices do not move, jump or break off (risk.17)', () => {
  test('constant prices have no volatility, no alarm and no tail', () => {
    const readings = detect(
      Array.from({ length: 600 }, () => 100),
      SETTINGS,
    )
    expect(readings.at(-1)).toEqual({ volatility: 0, jumps: { up: 0, down: 0 }, isWarm: true })
    const detectors = new Detectors(SETTINGS)
    for (let i = 0; i < 600; i++) detectors.push(100)
    expect(detectors.tail.quantile('down', 0.99, 0)).toBeUndefined()
  })

  test('the first move of a price that stood still is an alarm, and every number stays finite', () => {
    const prices = [...Array.from({ length: 300 }, () => 100), 99, 98, 98, 98]
    const readings = detect(prices, SETTINGS)
    expect(readings[300]!.jumps).toEqual({ up: 0, down: SETTINGS.jumps.limit, alarm: 'down' })
    expect(readings[299]!.jumps.alarm).toBeUndefined()
    for (const { volatility, jumps } of readings) {
      expect([volatility, jumps.up, jumps.down].every(Number.isFinite)).toBe(true)
    }
  })

  test('there is no return across a break', () => {
    const detectors = new Detectors(SETTINGS)
    for (const price of [100, 101, 100, 101]) detectors.push(price)
    const { volatility } = detectors
    detectors.interrupt()
    expect(detectors.push(50).volatility).toBe(volatility)
    expect(detectors.push(50).volatility).toBeLessThan(volatility)
  })

  test('no alarm counts before the detectors are warm', () => {
    const readings = detect(closes, SETTINGS)
    expect(readings.findIndex(({ isWarm }) => isWarm)).toBe(SETTINGS.warmUp)
  })
})

test('sums of normal returns give a false alarm as seldom as published: in 465 periods for κ = 1/2, h = 5 (risk.17)', () => {
  const jumps = new StreamedJumps({ allowance: 0.5, limit: 5 })
  const zs = normalSample(11, 400_000)
  const alarms = zs.filter((z) => jumps.push(z).alarm !== undefined).length
  const expected = zs.length / 465
  expect(Math.abs(alarms - expected)).toBeLessThan(3 * Math.sqrt(expected))
})

describe('correlation move (risk.17)', () => {
  const common = normalSample(5, 400)
  const own = [normalSample(6, 400), normalSample(8, 400)]

  test('is the weight with which the usual correlation would be moved to one', () => {
    // Independent at first, one half in common at the end.
    const lists = own.map((list) => list.map((x, i) => (i < 300 ? x : x * 0.1 + common[i]!)))
    expect(correlationMove(lists, 100)).toBeGreaterThan(0.9)
    expect(correlationMove(lists, 400)).toBeCloseTo(0, 12)
    const apart = [common, common.map((x, i) => (i < 300 ? x : -x))]
    expect(correlationMove(apart, 100)).toBeLessThan(-1)
  })

  test('is nothing where a price stands still', () => {
    expect(correlationMove([common, common.map(() => 0)], 100)).toBeUndefined()
    expect(correlationMove([common, common.map((x, i) => (i < 300 ? x : 0))], 100)).toBeUndefined()
  })
})

test('settings out of their ranges are refused by the field (risk.17)', () => {
  for (const [given, where] of [
    [{ decay: '1' }, 'decay'],
    [{ decay: '0.995' }, 'usualDecay'],
    [{ volatilityRatio: '1' }, 'volatilityRatio'],
    [{ warmUp: 3 }, 'warmUp'],
    [{ jumps: { limit: '0' } }, 'jumps.limit'],
    [{ speed: { bound: '-0.1' } }, 'speed.bound'],
    [{ tail: { window: 240 } }, 'tail.window'],
    [{ tail: { window: 200_000 } }, 'tail.window'],
    [{ tail: { confidences: ['0.99', '0.95'] } }, 'tail.confidences'],
    [{ tail: { confidences: ['0.8'] } }, 'tail.confidences'],
    [{ tails: {} }, ''],
  ] as [object, string][]) {
    expect(() => detectorSettings(given)).toThrow(
      expect.objectContaining({ code: 'DETECTOR_SETTINGS', ...(where === '' ? {} : { where }) }),
    )
  }
})
