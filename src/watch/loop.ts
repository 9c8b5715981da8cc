import type { ChainConnection, ChainReadings } from '../chain/index.js'
import type { VerifiedEpoch } from '../epoch/index.js'
import type { WatchConfig } from './config.js'
import { type Sample, sample } from './samples.js'

/** The time, which a test makes pass as it likes. */
export interface Clock {
  /** Seconds since 1970-01-01 UTC, with a fraction. */
  now(): number
  /** Resolves after so many seconds, or at once when the signal aborts. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>
}

/** Where samples come from: it is read from time to time, and asked at every tick. */
export interface WatchSource {
  /** As the configuration has it: the label `source`. */
  readonly name: string
  /** Seconds from one reading to the next. */
  readonly every: number
  /** Whether others read by what it knows, so that it comes before them where each is read once. */
  readonly comesFirst?: boolean
  /** Reads anew. What was read last stays when this throws. */
  refresh(now: number, signal: AbortSignal): Promise<void>
  /** What is known now; ages grow from one tick to the next. */
  samples(now: number): readonly Sample[]
  close?(): Promise<void>
}

/** What takes the samples of every tick: detectors, alerts, the keeper, metrics, the page. */
export interface WatchPart {
  /** The label `source` of its faults, such as `alerts`. */
  readonly name: string
  /**
   * Called once a tick with one sample for each series that is known. What it answers is added for the parts
   * after it: detectors come first, then alerts, then the keeper, and what shows samples comes last.
   *
   * @param now the time of the tick
   */
  onSamples(samples: readonly Sample[], now: number): readonly Sample[] | Promise<readonly Sample[]>
  /** Finishes what is under way. */
  close(): Promise<void>
}

/** What parts are made with. */
export interface WatchContext {
  config: WatchConfig
  clock: Clock
  /** The newest epoch of a venue that was found valid on this machine, if there is one. */
  newestEpoch(venue: string): VerifiedEpoch | undefined
  /** The chain of that name in the configuration, reached again when the last attempt failed. */
  chain(name: string): Promise<ChainConnection>
  /** What contracts of that chain say after the last block that counts; of one block for a second. */
  readings(name: string): Promise<ChainReadings>
}

/** What went wrong with a source or a part. */
export interface WatchFault {
  source: string
  error: unknown
  at: number
}

/** What a tick came to. */
export interface Tick {
  now: number
  samples: readonly Sample[]
}

/** How one source is doing. */
interface Standing {
  /** The reading that is under way, if one is, and what ends it. */
  reading?: Promise<void>
  ending?: AbortController
  /** When it is to be read next. */
  due: number
  /** When it was last read with success. */
  readAt?: number
  /** How the last reading ended. */
  up?: boolean
  errors: number
}

/**
 * Sources and parts, and what is done with them at every tick. Its memory does not grow with time.
 *
 * @example
 * const loop = startWatch(await readWatchConfig('watch.json'), { clock: systemClock })
 * await loop.tick()
 */
export class WatchLoop {
  private readonly standings: Map<WatchSource, Standing>
  private readonly partErrors: Map<WatchPart, number>
  private readonly stopped = new AbortController()
  private ticks = 0
  private clockSteps = 0
  private last = Number.NEGATIVE_INFINITY

  /**
   * @param onFault is told of every reading, and every call of a part, that fails
   * @hidden
   */
  constructor(
    private readonly sources: readonly WatchSource[],
    private readonly parts: readonly WatchPart[],
    private readonly clock: Clock,
    private readonly onFault: (fault: WatchFault) => void = () => {},
  ) {
    this.standings = new Map(sources.map((source) => [source, { due: Number.NEGATIVE_INFINITY, errors: 0 }]))
    this.partErrors = new Map(parts.map((part) => [part, 0]))
  }

  /**
   * One round: starts the readings that are due, and hands on what is known. It waits for no reading: one
   * that hangs holds up nothing but itself.
   */
  async tick(): Promise<Tick> {
    const now = this.clock.now()
    // Whatever was due at a time that now lies in the future would wait as long as the clock went back.
    if (now < this.last) {
      this.clockSteps++
      for (const standing of this.standings.values()) standing.due = Math.min(standing.due, now)
    }
    this.last = now
    this.ticks++
    for (const source of this.sources) this.start(source, now)
    const samples = this.sources.flatMap((source) => source.samples(now)).concat(this.own(now))
    for (const part of this.parts) {
      try {
        samples.push(...(await part.onSamples(samples, now)))
      } catch (error) {
        this.partErrors.set(part, this.partErrors.get(part)! + 1)
        this.onFault({ source: part.name, error, at: now })
      }
    }
    return { now, samples }
  }

  /** Reads every source to its end, what others read by before them, and then does one round. */
  async once(): Promise<Tick> {
    const now = this.clock.now()
    const first = this.sources.filter(({ comesFirst }) => comesFirst)
    for (const sources of [first, this.sources]) {
      for (const source of sources) this.start(source, now)
      await Promise.all([...this.standings.values()].map(({ reading }) => reading))
    }
    return this.tick()
  }

  /** Sources whose last reading failed, or has not ended yet. */
  down(): string[] {
    return [...this.standings].flatMap(([{ name }, { up }]) => (up === true ? [] : [name]))
  }

  /**
   * Ticks until it is stopped, at even distances as far as ticks are short enough.
   *
   * @param interval seconds
   */
  async run(interval: number, onTick: (tick: Tick) => void = () => {}): Promise<void> {
    const { signal } = this.stopped
    while (!signal.aborted) {
      const begun = this.clock.now()
      onTick(await this.tick())
      const spent = Math.max(0, this.clock.now() - begun)
      await this.clock.sleep(Math.max(0, interval - spent), signal)
    }
  }

  /** Ends `run` and every reading, and closes parts, last ones first, and sources. */
  async close(): Promise<void> {
    this.stopped.abort()
    for (const { ending } of this.standings.values()) ending?.abort()
    for (const part of this.parts.toReversed()) await part.close()
    for (const source of this.sources) await source.close?.()
  }

  private start(source: WatchSource, now: number): void {
    const standing = this.standings.get(source)!
    if (standing.reading !== undefined || now < standing.due) return
    standing.due = now + source.every
    // One signal for each reading: what listens to it goes with it.
    standing.ending = new AbortController()
    standing.reading = source.refresh(now, standing.ending.signal).then(
      () => {
        delete standing.reading
        standing.up = true
        standing.readAt = now
      },
      (error: unknown) => {
        delete standing.reading
        if (this.stopped.signal.aborted) return
        standing.up = false
        standing.errors++
        this.onFault({ source: source.name, error, at: now })
      },
    )
  }

  /** What the watch says of itself. */
  private own(now: number): Sample[] {
    const samples = [
      sample('plimsoll_watch_ticks_total', {}, this.ticks, now),
      sample('plimsoll_watch_clock_steps_total', {}, this.clockSteps, now),
    ]
    for (const [{ name: source }, { up, readAt, errors }] of this.standings) {
      samples.push(sample('plimsoll_watch_errors_total', { source }, errors, now))
      if (up !== undefined) samples.push(sample('plimsoll_source_up', { source }, up ? 1 : 0, now))
      if (readAt !== undefined) {
        samples.push(sample('plimsoll_source_age_seconds', { source }, Math.max(0, now - readAt), now))
      }
    }
    for (const [{ name: source }, errors] of this.partErrors) {
      samples.push(sample('plimsoll_watch_errors_total', { source }, errors, now))
    }
    return samples
  }
}
