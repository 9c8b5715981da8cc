import { InputError } from '../../errors/index.js'
import type { HistorySource } from '../../models/index.js'
import {
  Detectors,
  type PriceSeries,
  type Reading,
  readHistory,
  SIDES,
  StreamedSpeed,
  shareOfPrice,
} from '../../models/index.js'
import { markOf } from '../deviations.js'
import type { WatchContext, WatchPart } from '../loop.js'
import { type Sample, sample } from '../samples.js'
import type { DetectorsConfig } from './config.js'
import { proposals } from './proposals.js'

const DAY = 86_400

/** The prices of one instrument, period by period. */
class InstrumentStream {
  readonly #config: DetectorsConfig
  readonly #detectors: Detectors
  #reading: Reading | undefined
  /** The last period that was taken in, and when it ended. */
  #taken: number | undefined
  /** The period that runs, and its last price. */
  #running: { period: number; price: number } | undefined
  #samples: readonly Sample[] = []

  constructor(
    readonly instrument: string,
    config: DetectorsConfig,
  ) {
    this.#config = config
    this.#detectors = new Detectors(config.settings)
  }

  get samples(): readonly Sample[] {
    return this.#samples
  }

  /** Takes in prices from before the start. */
  seed({ asset, dates, closes }: PriceSeries): void {
    const { period, history } = this.#config
    for (const [i, date] of dates.entries()) {
      if (date.length === 10 && period !== DAY) {
        throw new InputError(
          'DETECTOR_HISTORY',
          `${asset} has prices of days, and a period is ${period} seconds`,
          {
            where: history[0]!.path,
            hint: 'Give instants, such as 2025-03-01T12:30:00Z, or leave the period at a day.',
          },
        )
      }
      const at = Date.parse(date.length === 10 ? `${date}T00:00:00Z` : date) / 1000
      this.#take(Math.floor(at / period), closes[i]!)
    }
    this.#say()
  }

  /** @returns whether a period has ended */
  tick(price: number | undefined, now: number): boolean {
    const period = Math.floor(now / this.#config.period)
    const running = this.#running
    let hasEnded = false
    if (running !== undefined && period > running.period) {
      this.#running = undefined
      this.#take(running.period, running.price)
      this.#say()
      hasEnded = true
    }
    // A clock that went back, or a history that has this period: what was taken in is not taken in again.
    const isPast = period < (this.#running?.period ?? period) || period <= (this.#taken ?? -1)
    if (price !== undefined && !isPast) this.#running = { period, price }
    return hasEnded
  }

  #take(period: number, price: number): void {
    if (this.#taken !== undefined && period - this.#taken > this.#config.maxGap) this.#detectors.interrupt()
    this.#taken = period
    this.#reading = this.#detectors.push(price)
  }

  /** What is known at the end of the last period, until the next one ends. */
  #say(): void {
    if (this.#reading === undefined) return
    const { instrument } = this
    const { period, settings } = this.#config
    const { volatility, volatilityRatio, isWarm } = this.#reading
    const at = (this.#taken! + 1) * period
    const quantiles = SIDES.flatMap((side) =>
      settings.tail.confidences.flatMap((p) => {
        const found = this.#detectors.tail.estimate(side, p, volatility)
        if (found === undefined) return []
        const labels = { instrument, side, p: `${p}` }
        const share = (loss: number) => shareOfPrice(side, loss)
        const bound = (which: string, value: number | null) =>
          value === null
            ? []
            : [sample('plimsoll_tail_quantile_bound', { ...labels, bound: which }, share(value), at)]
        return [
          sample('plimsoll_tail_quantile', labels, share(found.value), at),
          ...bound('low', found.low),
          ...bound('high', found.high),
        ]
      }),
    )
    this.#samples = [
      sample('plimsoll_volatility_ewma', { instrument }, volatility * Math.sqrt(DAY / period), at),
      ...(isWarm && volatilityRatio !== undefined
        ? [sample('plimsoll_volatility_ratio', { instrument }, volatilityRatio, at)]
        : []),
      ...quantiles,
    ]
  }
}

/**
 * The detectors that a backtest carries, over the prices of feeds: the last price of each period counts.
 * What they keep does not grow with time.
 */
export function detectorsPart(context: WatchContext, config: DetectorsConfig): WatchPart {
  const streams = config.instruments.map(({ instrument }) => new InstrumentStream(instrument, config))
  const speeds = new Map<string, { stream: StreamedSpeed; period: number; ahead?: number }>()
  const propose = config.propose === undefined ? undefined : proposals(context, config, config.propose)
  let seeded: Promise<void> | undefined
  const sources = (): HistorySource[] =>
    config.history.map(({ path, ...rest }) => ({ path: context.config.at(path), ...rest }))
  const seed = async () => {
    if (config.history.length === 0) return
    const series = await readHistory(sources(), { maxGapDays: config.maxGapDays, instants: true })
    for (const [i, { instrument, asset = instrument }] of config.instruments.entries()) {
      const own = series.find((one) => one.asset === asset)
      if (own !== undefined) streams[i]!.seed(own)
    }
  }

  /** How far prices will be below the marks of newest epochs, by feed. */
  const fallsAhead = (prices: readonly Sample[], now: number): Sample[] => {
    const period = Math.floor(now / config.period)
    return context.config.epochs.flatMap(({ venue }) => {
      const table = context.newestEpoch(venue)?.table
      return prices.flatMap(({ labels, value }) => {
        const { feed, instrument } = labels as { feed: string; instrument: string }
        const mark = table === undefined ? undefined : markOf(table, instrument)
        if (mark === undefined || !(mark > 0)) return []
        const all = { venue, instrument, feed }
        const key = JSON.stringify(all)
        const known = speeds.get(key) ?? { stream: new StreamedSpeed(config.settings.speed), period: -1 }
        speeds.set(key, known)
        if (period > known.period) {
          const reading = known.stream.push(Math.max(0, 1 - value / mark))
          known.period = period
          if (reading !== undefined) known.ahead = reading.ahead
        }
        return known.ahead === undefined
          ? []
          : [sample('plimsoll_mark_fall_ahead_ratio', all, known.ahead, now)]
      })
    })
  }

  return {
    name: 'detectors',
    async onSamples(samples, now) {
      // A history that cannot be read is told of at every tick, until it can be.
      seeded ??= seed()
      await seeded.catch((error: unknown) => {
        seeded = undefined
        throw error
      })
      const watched = new Set(config.instruments.map(({ instrument }) => instrument))
      const prices = samples.filter(
        ({ name, labels }) => name === 'plimsoll_feed_price' && watched.has(labels.instrument!),
      )
      for (const stream of streams) {
        const own = prices.filter(
          ({ labels, at }) => labels.instrument === stream.instrument && now - at <= config.period,
        )
        stream.tick(median(own.map(({ value }) => value)), now)
      }
      return [
        ...streams.flatMap((stream) => stream.samples),
        ...fallsAhead(prices, now),
        ...((await propose?.(sources(), now)) ?? []),
      ]
    },
    async close() {},
  }
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.filter((value) => value > 0).toSorted((a, b) => a - b)
  if (sorted.length === 0) return undefined
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2
}
