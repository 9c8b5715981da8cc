import { openAlerts, openKeeper, readWatchConfig, startWatch, type WatchPart } from '../../src/watch/index.js'
import { simulatedClock } from './simulated-clock.js'

/** What a round told, as far as tests of whole watches look at it. */
export type Told = [name: string, labels: Readonly<Record<string, string>>, value: number][]

/** A watch with alerts and a keeper, which does one round at each time that it is told. */
export async function tickingWatch(file: string, privateKey: string) {
  const clock = simulatedClock(0)
  const config = await readWatchConfig(file)
  const alerts = await openAlerts(config.alerts!, { config, clock })
  const make = await openKeeper(config.act!, config, { privateKey })
  let keeper: WatchPart | undefined
  const loop = startWatch(config, {
    ...{ clock, alerts },
    keeper: (context) => {
      keeper = make(context)
      return keeper
    },
    onFault: ({ source, error }) => process.stderr.write(`${source}: ${(error as Error).message}\n`),
  })
  return {
    /** One round to its end, with all that it sends. */
    async tick(time: number): Promise<Told> {
      clock.set(time)
      const { samples } = await loop.once()
      await (keeper as unknown as { acting?: Promise<void> }).acting
      await (alerts as unknown as { delivering?: Promise<void> }).delivering
      return samples
        .filter(({ name }) =>
          /deviation|feed_price|level$|registry|suspended|block_age|source_up|valid|spent/.test(name),
        )
        .map(({ name, labels, value }) => [name, labels, value])
    },
    close: () => loop.close(),
  }
}
