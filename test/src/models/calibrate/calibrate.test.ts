import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Calibration,
  type CalibrationSettings,
  calibrate,
  calibrationChanges,
  formatCalibration,
  readCalibration,
} from '../../../../src/models/calibrate/index.js'
import { codeOf } from '../../../helpers/code-of.js'
import { normalSample, paretoSample, seriesOf } from '../../../helpers/random.js'

const SETTINGS: CalibrationSettings = {
  confidences: ['0.95', '0.99', '0.999'],
  decay: '0.94',
  tailShare: '0.1',
  bandLevel: '0.95',
  participation: '0.1',
  positionSizes: ['0.1', '1', '5'],
  correlationWeight: '0.5',
  maxGapDays: 1,
}
/** Heavy falls, milder rises: half a Pareto tail to each side. */
const heavy = (seed: number, count = 600): number[] =>
  paretoSample(seed, count, 0.25, 0.02).map((x, i) => (i % 2 ? -x : 0.6 * x))
const only = (calibration: Calibration) => calibration.assets[0]!

describe('a calibration (risk.7)', () => {
  test('takes the largest of its three estimates, and says which', () => {
    const { haircut, markup } = only(calibrate([seriesOf('X', heavy(5, 2000))], SETTINGS))
    for (const { value, basis, estimates } of [...haircut.figures, ...markup.figures]) {
      const values = Object.values(estimates).map((e) => Number(e.value))
      expect(Number(value)).toBe(Math.max(...values))
      expect(estimates[basis]!.value).toBe(value)
      for (const { value: v, low, high } of Object.values(estimates)) {
        expect(Number(low)).toBeLessThanOrEqual(Number(v))
        if (high !== null) expect(Number(high)).toBeGreaterThanOrEqual(Number(v))
      }
    }
  })

  test('finds the quantile of returns with a known tail, within its band, for falls and for rises', () => {
    const asset = only(calibrate([seriesOf('X', heavy(5, 20_000))], { ...SETTINGS, bandLevel: '0.99' }))
    // Half the days are falls, so 1 % of days are 2 % of falls.
    const excess = (0.02 / 0.25) * (0.02 ** -0.25 - 1)
    const [fall, rise] = [1 - Math.exp(-excess), Math.expm1(0.6 * excess)]
    for (const [side, truth] of [
      [asset.haircut, fall],
      [asset.markup, rise],
    ] as const) {
      const { tail, historical } = side.figures[1]!.estimates
      for (const { value, low, high } of [tail!, historical!]) {
        expect(Number(low)).toBeLessThan(truth)
        expect(Number(high)).toBeGreaterThan(truth)
        expect(Math.abs(Number(value) / truth - 1)).toBeLessThan(0.1)
      }
    }
  })

  test('never lowers a figure when the confidence rises, and never takes more than all from a long', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0.001, max: 3, noNaN: true }),
        fc.uniqueArray(fc.integer({ min: 9010, max: 9998 }), { minLength: 2, maxLength: 6 }),
        (seed, scale, shares) => {
          const confidences = shares.sort((a, b) => a - b).map((s) => `0.${s}`)
          const returns = heavy(seed, 300).map((r) => scale * r)
          const { haircut, markup } = only(calibrate([seriesOf('X', returns)], { ...SETTINGS, confidences }))
          for (const { figures } of [haircut, markup]) {
            for (const [i, { value }] of figures.entries()) {
              expect(Number(value)).toBeGreaterThanOrEqual(0)
              if (i > 0) expect(Number(value)).toBeGreaterThanOrEqual(Number(figures[i - 1]!.value))
            }
          }
          expect(Number(haircut.figures.at(-1)!.value)).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 25 },
    )
  })

  test('does not depend on the unit of the prices', () => {
    const series = seriesOf('X', heavy(9))
    const scaled = (factor: number) =>
      only(calibrate([{ ...series, closes: series.closes.map((p) => p * factor) }], SETTINGS))
    const plain = scaled(1)
    // A power of two changes no digit of a quotient.
    expect(scaled(2 ** -20)).toEqual(plain)
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), (factor) => {
        const { haircut } = scaled(factor)
        for (const [i, { value }] of haircut.figures.entries()) {
          expect(Math.abs(Number(value) - Number(plain.haircut.figures[i]!.value))).toBeLessThan(3e-6)
        }
      }),
      { numRuns: 10 },
    )
  })

  test('mirrors: the falls of a price are the rises of its reciprocal', () => {
    const series = seriesOf('X', heavy(13))
    const mirrored = { ...series, closes: series.closes.map((p) => 1 / p) }
    const [plain, mirror] = [only(calibrate([series], SETTINGS)), only(calibrate([mirrored], SETTINGS))]
    for (const [i, { value }] of plain.haircut.figures.entries()) {
      const rise = Number(mirror.markup.figures[i]!.value)
      expect(rise / (1 + rise)).toBeCloseTo(Number(value), 5)
    }
  })

  test('follows volatility when the market turns wild, before the tail has moved', () => {
    const calm = normalSample(1, 1000).map((z) => 0.01 * z)
    const wild = [...calm, ...normalSample(2, 10).map((z) => 0.15 * z)]
    const before = only(calibrate([seriesOf('X', calm)], SETTINGS)).haircut.figures[1]!
    const after = only(calibrate([seriesOf('X', wild)], SETTINGS)).haircut.figures[1]!
    expect(after.basis).toBe('volatility')
    expect(Number(after.value)).toBeGreaterThan(3 * Number(before.value))
  })

  test('adds for positions that take more than a day to sell, more for larger ones, and nothing without volumes', () => {
    const returns = heavy(21)
    const { haircut, liquidity } = only(calibrate([seriesOf('X', returns, 1000)], SETTINGS))
    expect(liquidity!.days).toBe(30)
    const { addOns } = haircut.figures[0]!
    expect(addOns.map(({ days }) => days)).toEqual(['1', '10', '50'])
    expect(addOns[0]!.addOn).toBe('0')
    expect(Number(addOns[1]!.addOn)).toBeGreaterThan(0)
    expect(Number(addOns[2]!.addOn)).toBeGreaterThan(Number(addOns[1]!.addOn))
    const silent = only(calibrate([seriesOf('X', returns)], SETTINGS))
    expect(silent.liquidity).toBeUndefined()
    expect(silent.haircut.figures[0]!.addOns).toEqual([])
  })

  test('has correlations over the days that all assets have', () => {
    const [a, b] = [normalSample(1, 400), normalSample(2, 400)]
    const x = seriesOf(
      'X',
      a.map((z) => 0.02 * z),
    )
    const full = seriesOf(
      'Y',
      a.map((z, i) => 0.02 * z + 0.01 * b[i]!),
    )
    const y = { ...full, dates: full.dates.slice(50), closes: full.closes.slice(50) }
    const { correlation } = calibrate([x, y], SETTINGS)
    expect(correlation).toMatchObject({
      from: y.dates[0],
      to: x.dates.at(-1),
      returns: 350,
      assets: ['X', 'Y'],
    })
    const estimated = Number(correlation!.estimated[0]![1])
    // 2/√5 in expectation
    expect(Math.abs(estimated - 0.894)).toBeLessThan(0.03)
    expect(Number(correlation!.toOne[0]![1])).toBeCloseTo((1 + estimated) / 2, 8)
    expect(Number(correlation!.toZero[0]![1])).toBeCloseTo(estimated / 2, 8)
  })

  test.each([
    ['CALIBRATE_EMPTY', 'there are no prices', [], {}],
    ['CALIBRATE_SHORT', 'there are 250 prices', [seriesOf('X', heavy(1, 249))], {}],
    [
      'CALIBRATE_SHORT',
      'the tail has fewer than 25 days',
      [seriesOf('X', heavy(1, 499))],
      { tailShare: '0.05', confidences: ['0.99'] },
    ],
    ['CALIBRATE_TAIL', 'a price never moves', [seriesOf('X', new Array<number>(300).fill(0))], {}],
    [
      'CALIBRATE_TAIL',
      'a price never falls',
      [
        seriesOf(
          'X',
          heavy(1, 300).map((r) => Math.max(r, 0)),
        ),
      ],
      {},
    ],
    ['CALIBRATE_VOLUME', 'nothing is traded', [seriesOf('X', heavy(1), 0)], {}],
    [
      'CALIBRATE_OVERLAP',
      'assets share too few days',
      [
        seriesOf('X', heavy(1, 300)),
        { ...seriesOf('Y', heavy(2, 300)), dates: seriesOf('Y', heavy(2, 600)).dates.slice(300) },
      ],
      {},
    ],
    [
      'CALIBRATE_SETTINGS',
      'a confidence is not in the tail',
      [seriesOf('X', heavy(1))],
      { confidences: ['0.9'] },
    ],
    ['CALIBRATE_SETTINGS', 'confidences fall', [seriesOf('X', heavy(1))], { confidences: ['0.99', '0.95'] }],
    ['CALIBRATE_SETTINGS', 'a share is one', [seriesOf('X', heavy(1))], { decay: '1.0' }],
    ['CALIBRATE_SETTINGS', 'a share is zero', [seriesOf('X', heavy(1))], { participation: '0.0' }],
  ])('is refused with %s when %s', (code, _, series, changes) => {
    expect(codeOf(() => calibrate(series, { ...SETTINGS, ...changes }))).toBe(code)
  })

  test('takes exactly as many prices as it asks for', () => {
    expect(codeOf(() => calibrate([seriesOf('X', heavy(1, 250))], SETTINGS))).toBe('nothing thrown')
  })

  test('has finite numbers alone, even for prices that leap by powers of ten', () => {
    const wild = heavy(3, 300).map((r) => 300 * r)
    const series = seriesOf('X', wild)
    const finite = series.closes.every((p) => p > 0 && Number.isFinite(p))
    const text = finite ? formatCalibration(calibrate([series], SETTINGS)) : ''
    expect(finite).toBe(true)
    expect(text).not.toMatch(/NaN|Infinity|undefined/)
  })
})

describe('a calibration file (risk.7)', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('round-trips, with and without volumes and correlations', async () => {
    const path = join(folder, 'calibration.json')
    for (const series of [[seriesOf('X', heavy(1))], [seriesOf('X', heavy(1), 5), seriesOf('Y', heavy(2))]]) {
      const calibration = calibrate(series, SETTINGS)
      await writeFile(path, formatCalibration(calibration))
      expect(await readCalibration(path)).toEqual(calibration)
    }
  })

  test('shows what a newer window changed, and nothing against itself', () => {
    const returns = heavy(17, 1000)
    const older = calibrate([seriesOf('X', returns.slice(0, 600), 5), seriesOf('Z', heavy(2))], SETTINGS)
    const newer = calibrate([seriesOf('X', returns, 5)], { ...SETTINGS, participation: '0.2' })
    expect(calibrationChanges(older, older)).toEqual([])
    const changes = calibrationChanges(older, newer)
    expect(changes).toContainEqual({ figure: 'participation', before: '0.1', after: '0.2' })
    const window = ({ from, to }: { from: string; to: string }) => `${from} to ${to}`
    expect(changes).toContainEqual({
      asset: 'X',
      figure: 'window',
      before: window(only(older)),
      after: window(only(newer)),
    })
    const figure = (calibration: Calibration) => only(calibration).haircut.figures[1]!
    expect(changes).toContainEqual({
      asset: 'X',
      figure: 'haircut',
      confidence: '0.99',
      before: figure(older).value,
      after: figure(newer).value,
    })
    expect(changes).toContainEqual({
      asset: 'X',
      figure: 'haircut add-on',
      confidence: '0.99',
      size: '5',
      before: figure(older).addOns[2]!.addOn,
      after: figure(newer).addOns[2]!.addOn,
    })
    const gone = changes.filter(({ asset }) => asset === 'Z')
    expect(gone.length).toBeGreaterThan(0)
    expect(gone.every(({ after }) => after === null)).toBe(true)
  })
})
