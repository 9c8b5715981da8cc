import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import {
  type Calibration,
  type CalibrationSettings,
  calibrate,
  type PriceSeries,
  readHistory,
} from '../../../../src/models/calibrate/index.js'

/** Daily prices of the S&P 500 from 2000 to April 2020: date,open,high,low,close,adjclose,volume. */
const FILE = createRequire(import.meta.url).resolve('vega-datasets/data/sp500-2000.csv')
const SOURCE = [{ path: FILE, asset: 'SPX' }]
/** The exchange was closed from 11 to 16 September 2001. */
const RULES = { maxGapDays: 7 }
const SETTINGS: CalibrationSettings = {
  confidences: ['0.99', '0.995', '0.999'],
  decay: '0.94',
  tailShare: '0.1',
  bandLevel: '0.95',
  participation: '0.1',
  positionSizes: ['0.1', '1'],
  correlationWeight: '0.5',
  ...RULES,
}
/** Figures are rounded up to six decimals. */
const ROUNDING = 1.0001e-6

const days = readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))
  .map(([date, , , , close, , volume]) => ({ date: date!, close: Number(close), volume: Number(volume) }))
const returns = days.slice(1).map(({ close }, i) => Math.log(close / days[i]!.close))
const series: PriceSeries = (await readHistory(SOURCE, RULES))[0]!
const whole = calibrateFrom(series)

function calibrateFrom(prices: PriceSeries, settings = SETTINGS): Calibration['assets'][number] {
  return calibrate([prices], settings).assets[0]!
}

/** A window of the same file, with its first and last day. */
async function calibrateWindow(from: string, to: string): Promise<Calibration['assets'][number]> {
  return calibrateFrom((await readHistory(SOURCE, { ...RULES, from, to }))[0]!)
}

/** What a figure says, as a log loss of its side. */
const logLoss = {
  haircut: (share: string) => -Math.log1p(-Number(share)),
  markup: (share: string) => Math.log1p(Number(share)),
}
const sides = ['haircut', 'markup'] as const
const lossesOf = (side: (typeof sides)[number]) => returns.map((r) => (side === 'haircut' ? -r : r))

describe('calibration on twenty years of the S&P 500 (risk.7)', () => {
  test('reads the file as it is: every day, its close and its volume', async () => {
    expect(series.dates).toEqual(days.map(({ date }) => date))
    expect(series.closes).toEqual(days.map(({ close }) => close))
    expect(series.volumes).toEqual(days.map(({ volume }) => volume))
    expect([whole.from, whole.to, whole.returns]).toEqual(['2000-01-03', '2020-04-17', 5104])
    await expect(readHistory(SOURCE, { maxGapDays: 6 })).rejects.toMatchObject({
      code: 'HISTORY_GAP',
      message: expect.stringContaining('7 days from 2001-09-10 to 2001-09-17'),
    })
  })

  test('has the largest fall and rise of the record: 11.98 % on 16 March 2020, 11.58 % on 13 October 2008', () => {
    // With 5,104 days, the largest loss is the upper end of the band of the 0.999 quantile.
    expect(whole.haircut.figures[2]!.estimates.historical!.high).toBe('0.119841')
    expect(whole.markup.figures[2]!.estimates.historical!.high).toBe('0.115801')
    expect(days[1 + returns.indexOf(Math.min(...returns))]!.date).toBe('2020-03-16')
    expect(days[1 + returns.indexOf(Math.max(...returns))]!.date).toBe('2008-10-13')
  })

  test('has the volatility that the weights give when all squares are added up', () => {
    const last = returns.length - 1
    const variance = returns.reduce((sum, r, t) => sum + r * r * 0.94 ** (last - t) * (t === 0 ? 1 : 0.06), 0)
    expect(Number(whole.volatility) - Math.sqrt(variance)).toBeGreaterThanOrEqual(-1e-15)
    expect(Number(whole.volatility) - Math.sqrt(variance)).toBeLessThan(ROUNDING)
    for (const side of sides) {
      const loss = logLoss[side](whole[side].figures[0]!.estimates.volatility!.value)
      expect(loss / Math.sqrt(variance)).toBeCloseTo(2.3263, 3)
    }
  })

  test.each(sides)('has the historical quantile that counting days gives: %s', (side) => {
    const losses = lossesOf(side)
    for (const { confidence, estimates } of whole[side].figures) {
      const quantile = logLoss[side](estimates.historical!.value)
      const exceeded = (loss: number) => losses.filter((other) => other > loss).length / losses.length
      const inSample = losses.reduce((a, b) => (Math.abs(b - quantile) < Math.abs(a - quantile) ? b : a))
      expect(Math.abs(inSample - quantile)).toBeLessThan(2 * ROUNDING)
      const next = Math.max(...losses.filter((loss) => loss < inSample))
      expect(exceeded(inSample)).toBeLessThanOrEqual(1 - Number(confidence))
      expect(exceeded(next)).toBeGreaterThan(1 - Number(confidence))
    }
  })

  test.each(sides)('fits the tail as two other methods do: %s', (side) => {
    const { threshold, exceedances, shape, scale } = whole[side].fit
    const excesses = lossesOf(side)
      .map((loss) => loss - Number(threshold))
      .filter((excess) => excess > 1e-6)
      .sort((a, b) => a - b)
    expect(excesses.length).toBe(exceedances)
    // Likelihood in one parameter, shape over scale (S. D. Grimshaw, 1993), over a grid.
    const profile = (ratio: number) => {
      const free = excesses.reduce((sum, y) => sum + Math.log1p(ratio * y), 0) / excesses.length
      return { shape: free, scale: free / ratio, value: -Math.log(free / ratio) - free }
    }
    const grid = Array.from({ length: 20_000 }, (_, i) => profile((i + 1) / 200))
    const best = grid.reduce((a, b) => (b.value > a.value ? b : a))
    expect(Number(shape)).toBeCloseTo(best.shape, 3)
    expect(Number(scale)).toBeCloseTo(best.scale, 5)
    // Probability-weighted moments (J. R. M. Hosking, J. R. Wallis, 1987), within two standard errors of the
    // shape.
    const n = excesses.length
    const mean = excesses.reduce((sum, y) => sum + y, 0) / n
    const weighted = excesses.reduce((sum, y, i) => sum + y * (1 - (i + 0.65) / n), 0) / n
    const moments = 2 - mean / (mean - 2 * weighted)
    expect(Math.abs(Number(shape) - moments)).toBeLessThan((2 * (1 + Number(shape))) / Math.sqrt(n))
    // Tail indices of stock indices lie between 2 and 5 or a little above (R. Cont, 2001, section 4).
    expect(1 / Number(shape)).toBeGreaterThan(2)
    expect(1 / Number(shape)).toBeLessThan(6)
  })

  test.each(sides)('has tail quantiles that as many days exceed as they say: %s', (side) => {
    for (const { confidence, estimates } of whole[side].figures) {
      const expected = (1 - Number(confidence)) * returns.length
      const exceeded = lossesOf(side).filter((loss) => loss > logLoss[side](estimates.tail!.value)).length
      expect(Math.abs(exceeded - expected)).toBeLessThan(2 * Math.sqrt(expected))
    }
  })

  test('is exceeded on no more days than its confidence allows', () => {
    for (const side of sides) {
      for (const { confidence, value } of whole[side].figures) {
        const exceeded = lossesOf(side).filter((loss) => loss > logLoss[side](value)).length
        expect(exceeded).toBeLessThanOrEqual((1 - Number(confidence)) * returns.length)
      }
    }
  })

  test('adds for a sale over ten days what the variance of the part still held adds up to', () => {
    // Shares of the members' companies, not units of the index: only the arithmetic is of interest here.
    const traded = days.slice(-30).map(({ close, volume }) => close * volume)
    const below = traded.filter((value) => value < Number(whole.liquidity!.dailyValue)).length
    expect([14, 15]).toContain(below)
    for (const side of sides) {
      const { value, addOns } = whole[side].figures[0]!
      expect(addOns.map(({ days: over }) => over)).toEqual(['1', '10'])
      let variance = 0
      for (let held = 10; held >= 1; held--) variance += (held / 10) ** 2
      const grown = logLoss[side](value) * Math.sqrt(variance)
      const share = side === 'haircut' ? 1 - Math.exp(-grown) : Math.exp(grown) - 1
      expect(Number(addOns[1]!.addOn)).toBeCloseTo(share - Number(value), 4)
      expect(Number(addOns[0]!.addOn)).toBe(0)
    }
  })

  test.each([
    ['2008', ['2004-07-01', '2007-06-30'], ['2006-01-01', '2008-12-31']],
    ['2020', ['2017-01-01', '2019-12-31'], ['2017-04-18', '2020-04-17']],
  ] as const)('rises in every figure when the window takes in %s', async (_, calm, crisis) => {
    const [before, after] = [
      await calibrateWindow(calm[0], calm[1]),
      await calibrateWindow(crisis[0], crisis[1]),
    ]
    expect(Number(after.volatility)).toBeGreaterThan(3 * Number(before.volatility))
    for (const side of sides) {
      for (const [i, { value, estimates, addOns }] of after[side].figures.entries()) {
        const old = before[side].figures[i]!
        expect(Number(value)).toBeGreaterThan(1.5 * Number(old.value))
        for (const name of ['historical', 'tail', 'volatility'] as const) {
          expect(Number(estimates[name]!.value)).toBeGreaterThan(Number(old.estimates[name]!.value))
        }
        expect(Number(addOns[1]!.addOn)).toBeGreaterThan(Number(old.addOns[1]!.addOn))
      }
    }
  })

  test('is exceeded out of sample on little more days than it says, when it is made anew each quarter', () => {
    const [years3, quarter] = [756, 63]
    let [checked, below, above] = [0, 0, 0]
    for (let at = years3; at < returns.length; at += quarter) {
      const part = {
        asset: 'SPX',
        dates: series.dates.slice(at - years3, at + 1),
        closes: series.closes.slice(at - years3, at + 1),
      }
      const { haircut, markup } = calibrateFrom(part, {
        ...SETTINGS,
        confidences: ['0.99'],
        positionSizes: [],
      })
      for (const r of returns.slice(at, at + quarter)) {
        checked++
        if (-r > logLoss.haircut(haircut.figures[0]!.value)) below++
        if (r > logLoss.markup(markup.figures[0]!.value)) above++
      }
    }
    // 1.4 % and 0.9 % of days for a confidence of 0.99: two in three of the falls come in 2007, 2008 and
    // 2020.
    expect(checked).toBe(4348)
    for (const exceeded of [below, above]) {
      expect(exceeded / checked).toBeGreaterThan(0.005)
      expect(exceeded / checked).toBeLessThan(0.015)
    }
  })
})
