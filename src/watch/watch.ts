import type { ChainConnection, ChainReadings } from '../chain/index.js'
import { connectChain, readingsAt } from '../chain/index.js'
import { readTextFile } from '../files/index.js'
import type { KeeperMaker } from './act/index.js'
import { hostsOf, type WatchConfig } from './config.js'
import { detectorsPart } from './detectors/part.js'
import { deviationsPart } from './deviations.js'
import {
  type Clock,
  type WatchContext,
  type WatchFault,
  WatchLoop,
  type WatchPart,
  type WatchSource,
} from './loop.js'
import { chainSource } from './sources/chain.js'
import { depthSource } from './sources/depth.js'
import { EpochsSource } from './sources/epochs.js'
import { feedSource } from './sources/feed.js'
import { ledgerSource } from './sources/ledger.js'

export interface WatchOptions {
  clock: Clock
  /**
   * Holds samples against rules and tells of it: `openAlerts`.
   *
   * @hidden
   */
  alerts?: WatchPart
  /**
   * Calls what anyone may call: `openKeeper`.
   *
   * @hidden
   */
  keeper?: KeeperMaker
  /** Told of what fails. */
  onFault?: (fault: WatchFault) => void
  /** The venue's own accounts: what they come to is private. */
  ledger?: string
  /**
   * What takes samples after all else, such as the page.
   *
   * @hidden
   */
  shows?: readonly WatchPart[]
}

/**
 * The loop over all that a configuration names. Nothing is read before its first tick.
 *
 * @throws {InputError} `WATCH_LEDGER` for accounts without the part of the configuration that they need, or
 * where others than this machine could read what they come to
 *
 * @example
 * const config = await readWatchConfig('watch.json')
 * const loop = startWatch(config, { clock: systemClock })
 * const { samples } = await loop.once()
 */
export function startWatch(config: WatchConfig, options: WatchOptions): WatchLoop {
  const { clock, onFault, alerts, keeper, ledger, shows = [] } = options
  const hosts = hostsOf(config)
  const epochs = new Map(
    config.epochs.map((each) => [each.venue, new EpochsSource(each, config, hosts)] as const),
  )
  const chains = new Chains(config, clock)
  const context: WatchContext = {
    config,
    clock,
    newestEpoch: (venue) => epochs.get(venue)?.newest,
    chain: (name) => chains.connect(name),
    readings: (name) => chains.readings(name),
  }
  const sources: WatchSource[] = [
    ...epochs.values(),
    ...config.feeds.map((feed) => feedSource(feed, context, hosts)),
    ...config.depth.map((depth) => depthSource(depth, context)),
    ...config.chains.map((chain) => chainSource(chain, context, (venue) => epochs.get(venue))),
  ]
  if (ledger !== undefined) sources.push(ledgerSource(ledger, config))
  return new WatchLoop(
    sources,
    [
      deviationsPart(context),
      ...(config.detectors === undefined ? [] : [detectorsPart(context, config.detectors)]),
      ...(alerts === undefined ? [] : [alerts]),
      ...(keeper === undefined ? [] : [keeper(context)]),
      ...shows,
    ],
    clock,
    onFault,
  )
}

/** How long what a block says is taken for the last that counts, in seconds. */
const SAME_BLOCK = 1

/** Connections to chains, made when they are first asked for. */
class Chains {
  private readonly connections = new Map<string, Promise<ChainConnection>>()
  private readonly blocks = new Map<string, { readings: Promise<ChainReadings>; at: number }>()

  constructor(
    private readonly config: WatchConfig,
    private readonly clock: Clock,
  ) {}

  connect(name: string): Promise<ChainConnection> {
    return kept(this.connections, name, async () => {
      const { rpc, chainId } = this.named(name)
      const url = rpc.startsWith('@') ? (await readTextFile(this.config.at(rpc.slice(1)))).trim() : rpc
      return connectChain(url, { chainId: Number(chainId) })
    })
  }

  readings(name: string): Promise<ChainReadings> {
    const now = this.clock.now()
    const known = this.blocks.get(name)
    if (known !== undefined && Math.abs(now - known.at) < SAME_BLOCK) return known.readings
    const readings = this.connect(name).then((chain) => readingsAt(chain, this.named(name).finality))
    this.blocks.set(name, { readings, at: now })
    return readings
  }

  private named(name: string): WatchConfig['chains'][number] {
    return this.config.chains.find((chain) => chain.name === name)!
  }
}

/** A promise that is made once, and again after it has failed. */
function kept<T>(all: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const made = all.get(name) ?? make()
  all.set(name, made)
  made.catch(() => all.delete(name))
  return made
}
