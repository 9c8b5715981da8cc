/** A process that watches: each line of its input is a time, and it answers when that tick is over. */
import { createInterface } from 'node:readline'
import { openAlerts, openKeeper, readWatchConfig, startWatch, type WatchPart } from '../../src/watch/index.js'
import { simulatedClock } from './simulated-clock.js'

const [file, privateKey] = process.argv.slice(2) as [string, string]
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
for await (const line of createInterface({ input: process.stdin })) {
  clock.set(Number(line))
  const { samples } = await loop.once()
  await (keeper as unknown as { acting?: Promise<void> }).acting
  await (alerts as unknown as { delivering?: Promise<void> }).delivering
  const told = samples.filter(({ name }) =>
    /deviation|level$|registry|suspended|block_age|source_up|valid|spent/.test(name),
  )
  process.stdout.write(`${JSON.stringify(told.map(({ name, labels, value }) => [name, labels, value]))}\n`)
}
await loop.close()
