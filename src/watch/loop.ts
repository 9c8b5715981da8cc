import type { ChainConnection } from '../chain/index.js'
import type { VerifiedEpoch } from '../epoch/index.js'
import type { WatchConfig } from './config.js'
import type { Sample } from './samples.js'

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
  /** Reads anew. What was read last stays when this throws. */
  refresh(now: number, signal: AbortSignal): Promise<void>
  /** What is known now; ages grow from one tick to the next. */
  samples(now: number): readonly Sample[]
  close?(): Promise<void>
}

/** What takes the samples of every tick: detectors, alerts, the keeper, metrics, the page. */
export interface WatchPart {
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
}
