import { expect, test } from 'vitest'
import { sample, WatchLoop, type WatchSource } from '../../../src/watch/index.js'
import { simulatedClock } from '../../helpers/simulated-clock.js'

const START = 1_800_000_000

/** A source that counts its readings, and does at each what it is told. */
function counting(name: string, every: number, reading: (count: number) => Promise<void> = async () => {}) {
  let count = 0
  const source: WatchSource & { count(): number } = {
    name,
    every,
    refresh: () => reading(++count),
    samples: (now) => [sample('plimsoll_feed_price', { feed: name, instrument: 'BTC' }, count || 1, now)],
    count: () => count,
  }
  return source
}

const valueIn = (
  samples: readonly { name: string; labels: object; value: number }[],
  name: string,
  source?: string,
) =>
  samples.find(
    (s) => s.name === name && (source === undefined || (s.labels as { source?: string }).source === source),
  )?.value

test('a source that hangs or fails holds up no other, and is counted (watch.3)', async () => {
  const clock = simulatedClock(START)
  const hanging = counting('hangs', 1, () => new Promise(() => {}))
  const failing = counting('fails', 1, () => Promise.reject(new Error('no')))
  const sound = counting('sound', 1)
  const faults: string[] = []
  const loop = new WatchLoop([hanging, failing, sound], [], clock, ({ source }) => faults.push(source))
  for (let i = 0; i < 10; i++) {
    await loop.tick()
    await clock.sleep(1)
  }
  const { samples } = await loop.tick()
  expect([hanging.count(), sound.count()]).toEqual([1, 11])
  expect(valueIn(samples, 'plimsoll_source_up', 'hangs')).toBeUndefined()
  expect(valueIn(samples, 'plimsoll_source_up', 'fails')).toBe(0)
  expect(valueIn(samples, 'plimsoll_source_up', 'sound')).toBe(1)
  expect(valueIn(samples, 'plimsoll_source_age_seconds', 'sound')).toBe(1)
  expect(valueIn(samples, 'plimsoll_watch_errors_total', 'fails')).toBe(10)
  expect(new Set(faults)).toEqual(new Set(['fails']))
  expect(loop.down()).toEqual(['hangs', 'fails'])
})

test('a clock that goes backwards is counted, and stops no source (watch.3)', async () => {
  const clock = simulatedClock(START)
  const source = counting('sound', 60)
  const loop = new WatchLoop([source], [], clock)
  await loop.tick()
  clock.set(START - 86_400)
  const { samples } = await loop.tick()
  expect(source.count()).toBe(2)
  expect(valueIn(samples, 'plimsoll_watch_clock_steps_total')).toBe(1)
  expect(valueIn(samples, 'plimsoll_source_age_seconds', 'sound')).toBe(0)
})

test('a part adds samples for those after it, and one that fails stops none of them (watch.3)', async () => {
  const seen: number[] = []
  const closed: string[] = []
  const part = (name: string, onSamples: (count: number) => number) => ({
    name,
    onSamples: (samples: readonly unknown[], now: number) =>
      Array.from({ length: onSamples(samples.length) }, () =>
        sample('plimsoll_volatility_ewma', { instrument: name }, 1, now),
      ),
    async close() {
      closed.push(name)
    },
  })
  const fail = () => {
    throw new Error('no')
  }
  const parts = [part('adds', () => 2), part('fails', fail), part('sees', (count) => seen.push(count) * 0)]
  const loop = new WatchLoop([], parts, simulatedClock(START))
  await loop.tick()
  const { samples } = await loop.tick()
  expect(seen).toEqual([7, 7])
  expect(valueIn(samples, 'plimsoll_watch_errors_total', 'fails')).toBe(1)
  await loop.close()
  expect(closed).toEqual(['sees', 'fails', 'adds'])
})

test('one round reads every source to its end (watch.3)', async () => {
  const slow = counting('slow', 60, () => new Promise((resolve) => setTimeout(resolve, 5)))
  const loop = new WatchLoop([slow], [], simulatedClock(START))
  const { samples } = await loop.once()
  expect(valueIn(samples, 'plimsoll_source_up', 'slow')).toBe(1)
  expect(loop.down()).toEqual([])
})

test('what others read by is read before them in one round (watch.3)', async () => {
  const told: string[] = []
  const slow = counting('first', 60, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    told.push('first')
  })
  const other = counting('other', 60, async () => {
    told.push('other')
  })
  await new WatchLoop([other, { ...slow, comesFirst: true }], [], simulatedClock(START)).once()
  expect(told).toEqual(['first', 'other'])
})
