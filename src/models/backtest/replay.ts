import { InputError } from '../../errors/index.js'
import type { PriceSeries } from '../calibrate/index.js'
import { correlationMove } from '../detect/correlation.js'
import { detect } from '../detect/detectors.js'
import type { DetectorSettings } from '../detect/settings.js'
import { SIDES, type Side, signOf } from '../detect/side.js'
import { StreamedSpeed } from '../detect/speed.js'
import type { Floor } from '../propose/floor.js'
import { HISTORICAL_SCENARIOS } from '../scenarios/library.js'
import {
  type AlarmJudgement,
  type EventRule,
  judgeAlarms,
  LEVEL,
  largeMoves,
  type Range,
  warningBefore,
} from './alarms.js'
import { type CoverageTest, testCoverage } from './coverage.js'
import { type Method, pricesBefore, type RequirementPath, requirementPaths } from './requirements.js'

const DAY = 86_400_000
const DAYS_OF_RATE = 30
/** Periods over which the steepest rise of a requirement is looked for. */
const RISE_PERIODS = 5
/** Returns that correlations of now are taken over, and those before which they are not compared. */
const CORRELATION = { window: 60, usual: 250, alarm: 0.3 }

/** What a history is replayed with. */
export interface ReplaySettings {
  detectors: DetectorSettings
  floor: Floor
  rule: EventRule
  /** Periods from one risk table to the next, whose mark a price deviates from. */
  tableEvery: number
  /** First and last day that is judged, YYYY-MM-DD; prices before serve to settle. */
  from?: string
  to?: string
}

/** Detectors that a watch has, and a candidate, which no history has carried yet. */
export const DETECTORS = ['volatility', 'jumps', 'speed', 'correlation'] as const
/**
 * One of them.
 *
 * @useDeclaredType
 */
export type DetectorName = (typeof DETECTORS)[number]

/** What one detector was worth in one direction. */
export interface DetectorResult extends Omit<AlarmJudgement, 'places'> {
  detector: DetectorName
  side: Side
  /** When there was an alarm. */
  rang: string[]
  /** Alarms that no move followed, in 30 days. */
  falsePer30Days: number
  /**
   * Large moves before which there was an alarm, within the horizon, and how many periods before; all of
   * them.
   */
  warned: { at: string; lead: number }[]
  /** How many large moves there were. */
  moves: number
}

/** How often the requirements of one method were exceeded, and what they did. */
export interface RequirementResult extends CoverageTest {
  side: Side
  confidence: number
  method: Method
  /** By the test of the frequency, at the level of 0.05. */
  verdict: 'as said' | 'too many' | 'too few'
  /** Whether breaches follow on each other, at the level of 0.05. */
  isClustered: boolean
  /** Mean requirement, as a share of the price. */
  mean: number
  /** The largest requirement over the smallest. */
  peakToTrough: number
  /** The steepest rise within five periods: the requirement after over that before. */
  steepestRise: number
  /** When it was exceeded, and by how much of the price. */
  exceeded: { at: string; by: number }[]
}

/** What happened around a day that the library of scenarios names. */
export interface LibraryEvent {
  scenario: string
  at: string
  /** Of the price, from the period before. */
  move: number
  /** Periods from the first alarm within the horizon, by detector. */
  warned: Partial<Record<DetectorName, number>>
  /** What was required of the side that lost, at each confidence, with the floor. */
  required: { confidence: number; value: number; isExceeded: boolean }[]
}

/** The detectors and requirements over the history of one asset. */
export interface AssetReplay {
  asset: string
  from: string
  to: string
  /** Periods that requirements were judged in. */
  periods: number
  /** The series that was judged, for plots. */
  prices: { at: string[]; closes: number[] }
  requirements: RequirementResult[]
  /** The requirements that are proposed at the highest confidence, for plots. */
  proposed: Record<Side, number[]>
  detectors: DetectorResult[]
  library: LibraryEvent[]
}

/**
 * Runs the detectors over price histories as a watch would have, and says what they were worth: nothing is
 * used before it was known.
 *
 * @param series each at least as long as the settings need
 * @throws {InputError} `REPLAY_EMPTY`, `REPLAY_SHORT` with too few prices, `REPLAY_FLAT` where the largest
 * moves of a window are all the same
 * @example
 * const series = await readHistory([{ path: 'prices.csv' }], { maxGapDays: 1 })
 * const detectors = detectorSettings({ tail: { window: 250 } })
 * const rule = { move: 0.05, horizon: 5 }
 * const results = replay(series, { detectors, floor: { kind: 'none' }, rule, tableEvery: 5 })
 */
export function replay(series: readonly PriceSeries[], settings: ReplaySettings): AssetReplay[] {
  if (series.length === 0) {
    throw new InputError('REPLAY_EMPTY', 'no prices', { hint: 'Take another file, or a later last day.' })
  }
  const correlation = correlationAlarms(series)
  return series.map((one) => replayAsset(one, settings, correlation))
}

function replayAsset(
  series: PriceSeries,
  settings: ReplaySettings,
  correlation: ReadonlyMap<string, boolean> | undefined,
): AssetReplay {
  const { asset, closes, dates } = series
  const { rule, floor, detectors } = settings
  const range = rangeOf(series, settings)
  const paths = requirementPaths(closes, { settings: detectors, floor, range })
  if (paths === undefined) {
    throw new InputError('REPLAY_FLAT', `the largest moves of ${asset} are all the same in some window`, {
      hint: 'Prices that hardly move, such as a peg, tell nothing about a tail: take a longer window, or leave the asset out.',
    })
  }
  const judged: Range = { start: range.start - 1, end: Math.max(range.start, range.end - rule.horizon) }
  const alarms = alarmsOf(series, settings)
  const days = (timeOf(dates[range.end - 1]!) - timeOf(dates[judged.start]!)) / DAY
  const results = SIDES.flatMap((side) => {
    const moves = largeMoves(closes, { side, rule, range })
    const of = (detector: DetectorName, ringing: readonly boolean[]): DetectorResult => {
      const { places, ...judgement } = judgeAlarms(closes, ringing, { side, rule, range: judged })
      const warned = moves.flatMap((at) => {
        const lead = warningBefore(ringing, at, rule.horizon)
        return lead === undefined ? [] : [{ at: dates[at]!, lead }]
      })
      const falsePer30Days = ((judgement.alarms - judgement.followed) / days) * DAYS_OF_RATE
      const rang = places.map((at) => dates[at]!)
      return { detector, side, rang, ...judgement, falsePer30Days, warned, moves: moves.length }
    }
    return [
      of('volatility', alarms.volatility),
      of('jumps', alarms.jumps[side]),
      of('speed', alarms.speed[side]),
      ...(correlation === undefined
        ? []
        : [
            of(
              'correlation',
              dates.map((date) => correlation.get(date) ?? false),
            ),
          ]),
    ]
  })
  const highest = detectors.tail.confidences.at(-1)!
  const proposedOf = (side: Side, confidence: number) =>
    paths.find((path) => path.method === 'proposed' && path.side === side && path.confidence === confidence)!
  return {
    asset,
    from: dates[range.start]!,
    to: dates[range.end - 1]!,
    periods: range.end - range.start,
    prices: { at: dates.slice(range.start, range.end), closes: closes.slice(range.start, range.end) },
    requirements: paths.map((path) => judgeRequirement(path, dates.slice(range.start, range.end))),
    proposed: { down: proposedOf('down', highest).required, up: proposedOf('up', highest).required },
    detectors: results,
    library: libraryEvents(series, {
      range,
      horizon: rule.horizon,
      alarms,
      proposedOf,
      confidences: detectors.tail.confidences,
    }),
  }
}

/** The places of the prices that are judged. */
function rangeOf({ asset, dates }: PriceSeries, settings: ReplaySettings): { start: number; end: number } {
  const { from, to, detectors, rule } = settings
  const day = (at: number) => dates[at]!.slice(0, 10)
  const first = from === undefined ? 0 : dates.findIndex((_, at) => day(at) >= from)
  const after = to === undefined ? -1 : dates.findIndex((_, at) => day(at) > to)
  const end = after === -1 ? dates.length : after
  const before = pricesBefore(detectors)
  const start = from === undefined ? before : first
  const needed = rule.horizon + 2
  if (first === -1 || start < before || end - start < needed) {
    const least = before + needed
    throw new InputError(
      'REPLAY_SHORT',
      first === -1 || end - start < needed
        ? `${asset} has too few prices to judge: ${Math.max(0, end - Math.max(start, 0))} after those that settle, at least ${needed} are needed`
        : `${asset} has ${start} prices before ${from}, at least ${before} are needed`,
      { hint: `Take a longer history, of ${least} prices or more, or a shorter window (--window).` },
    )
  }
  return { start, end }
}

interface Alarms {
  volatility: boolean[]
  jumps: Record<Side, boolean[]>
  speed: Record<Side, boolean[]>
}

/** Whether each detector gives an alarm at the end of each period. */
function alarmsOf({ closes }: PriceSeries, { detectors: settings, tableEvery }: ReplaySettings): Alarms {
  const readings = detect(closes, settings)
  const jump = (side: Side) => readings.map(({ jumps, isWarm }) => isWarm && jumps.alarm === side)
  const speed = (side: Side) => {
    const stream = new StreamedSpeed(settings.speed)
    return closes.map((close, at) => {
      const mark = closes[at - (at % tableEvery)]!
      const reading = stream.push(Math.max(0, signOf(side) * (close / mark - 1)))
      return readings[at]!.isWarm && reading !== undefined && reading.ahead >= settings.speed.bound
    })
  }
  return {
    volatility: readings.map(
      ({ volatilityRatio = 0, isWarm }) => isWarm && volatilityRatio >= settings.volatilityRatio,
    ),
    jumps: { down: jump('down'), up: jump('up') },
    speed: { down: speed('down'), up: speed('up') },
  }
}

/** Whether correlations had moved to one, by the dates that all assets have; nothing for a single asset. */
function correlationAlarms(series: readonly PriceSeries[]): Map<string, boolean> | undefined {
  if (series.length < 2) return undefined
  const byDate = series.map(({ dates, closes }) => new Map(dates.map((date, i) => [date, closes[i]!])))
  const common = series[0]!.dates.filter((date) => byDate.every((prices) => prices.has(date)))
  const returns = byDate.map((prices) =>
    common.slice(1).map((date, i) => Math.log(prices.get(date)! / prices.get(common[i]!)!)),
  )
  return new Map(
    common.map((date, at) => {
      if (at < CORRELATION.usual) return [date, false]
      const move = correlationMove(
        returns.map((list) => list.slice(0, at)),
        CORRELATION.window,
      )
      return [date, move !== undefined && move >= CORRELATION.alarm]
    }),
  )
}

function judgeRequirement(path: RequirementPath, dates: readonly string[]): RequirementResult {
  const { side, confidence, method, required, lost } = path
  const breaches = lost.map((loss, i) => loss > required[i]!)
  const coverage = testCoverage(breaches, confidence)
  const differs = coverage.frequency.probability < LEVEL
  const rises = required.map((value, i) => (i < RISE_PERIODS ? 1 : value / required[i - RISE_PERIODS]!))
  return {
    side,
    confidence,
    method,
    ...coverage,
    verdict: differs ? (coverage.breaches > coverage.expected ? 'too many' : 'too few') : 'as said',
    isClustered: coverage.independence.probability < LEVEL,
    mean: required.reduce((sum, value) => sum + value, 0) / required.length,
    peakToTrough: largest(required) / -largest(required.map((value) => -value)),
    steepestRise: largest(rises),
    exceeded: breaches.flatMap((is, i) => (is ? [{ at: dates[i]!, by: lost[i]! - required[i]! }] : [])),
  }
}

function largest(list: readonly number[]): number {
  return list.reduce((most, value) => Math.max(most, value), -Infinity)
}

function libraryEvents(
  { dates, closes }: PriceSeries,
  parts: {
    range: { start: number; end: number }
    horizon: number
    alarms: Alarms
    proposedOf: (side: Side, confidence: number) => RequirementPath
    confidences: readonly number[]
  },
): LibraryEvent[] {
  const { range, horizon, alarms, proposedOf, confidences } = parts
  return HISTORICAL_SCENARIOS.flatMap(({ name, date }) => {
    const at = date === undefined ? -1 : dates.findIndex((day) => day.slice(0, 10) === date)
    if (at < range.start || at >= range.end) return []
    const move = closes[at]! / closes[at - 1]! - 1
    const side: Side = move < 0 ? 'down' : 'up'
    const leads: [DetectorName, number | undefined][] = [
      ['volatility', warningBefore(alarms.volatility, at, horizon)],
      ['jumps', warningBefore(alarms.jumps[side], at, horizon)],
      ['speed', warningBefore(alarms.speed[side], at, horizon)],
    ]
    return [
      {
        scenario: name,
        at: dates[at]!,
        move,
        warned: Object.fromEntries(leads.filter(([, lead]) => lead !== undefined)),
        required: confidences.map((confidence) => {
          const path = proposedOf(side, confidence)
          const value = path.required[at - range.start]!
          return { confidence, value, isExceeded: path.lost[at - range.start]! > value }
        }),
      },
    ]
  })
}

/** Milliseconds since 1970. */
function timeOf(date: string): number {
  return Date.parse(date.length === 10 ? `${date}T00:00:00Z` : date)
}
