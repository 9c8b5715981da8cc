import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { metricsText, sample, WatchLoop, type WatchSource } from '../../../src/watch/index.js'
import type { WatchContext } from '../../../src/watch/loop.js'
import { feedSource } from '../../../src/watch/sources/feed.js'
import { parseExposition } from '../../helpers/exposition.js'
import { simulatedClock } from '../../helpers/simulated-clock.js'

const START = 1_800_000_000
const DAY = 86_400

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is in use after garbage is gone, in MiB. */
async function inUse(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed / 2 ** 20
}

test('a day of ticks each second takes no more memory than its first hour (watch.5)', async () => {
  const clock = simulatedClock(START)
  let asked = 0
  let faults = 0
  const feed = { kind: 'register', name: 'r', instrument: 'BTC', chain: 'c', number: 0, every: 5 } as const
  const context = {
    config: { chains: [{ name: 'c', riskRegister: '0x' }] },
    clock,
    readings: async () => ({
      // Every seventh answer is refused.
      registerPrice: async () => ({ price: ++asked % 7 === 0 ? 0 : 60_000 + asked, at: clock.now() }),
    }),
  } as unknown as WatchContext
  const failing: WatchSource = {
    name: 'fails',
    every: 10,
    refresh: async () => {
      throw new Error('no')
    },
    samples: () => [],
  }
  const adds = {
    name: 'adds',
    onSamples: (samples: readonly unknown[], now: number) => [
      sample('plimsoll_volatility_ewma', { instrument: 'BTC' }, samples.length, now),
    ],
    close: async () => {},
  }
  const loop = new WatchLoop([feedSource(feed, context, new Set()), failing], [adds], clock, () => faults++)
  const tickUntil = async (end: number) => {
    while (clock.now() < end) {
      await loop.tick()
      await clock.sleep(1)
    }
  }
  await tickUntil(START + 3600)
  const before = await inUse()
  await tickUntil(START + DAY)
  expect((await inUse()) - before).toBeLessThan(4)
  const { samples } = await loop.tick()
  const families = parseExposition(await metricsText(samples))
  const valueIn = (name: string) => families.find((family) => family.name === name)?.series[0]?.value
  expect(valueIn('plimsoll_watch_ticks_total')).toBe(DAY + 1)
  expect(valueIn('plimsoll_feed_age_seconds')).toBeLessThanOrEqual(10)
  expect(asked).toBeGreaterThanOrEqual(DAY / 5)
  expect(faults).toBeGreaterThanOrEqual(DAY / 10 + Math.floor(asked / 7) - 1)
})
