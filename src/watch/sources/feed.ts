import { readBytes } from '../../files/index.js'
import { decodeText } from '../../schema/index.js'
import { isAddress, type WatchConfig } from '../config.js'
import { FEED_LIMITS, fetchText } from '../guarded-fetch.js'
import type { WatchContext, WatchSource } from '../loop.js'
import { sample } from '../samples.js'
import { feedError, following, type Price, priceIn } from './price.js'

type Feed = WatchConfig['feeds'][number]

/** Of a file of prices. */
const MAX_FILE_BYTES = 16 * 1024 * 1024
const DIVISORS = { seconds: 1, milliseconds: 1000 } as const

/** A feed of one instrument, of whatever kind: what it says is believed. */
export function feedSource(feed: Feed, context: WatchContext, hosts: ReadonlySet<string>): WatchSource {
  const { name, instrument, every } = feed
  const read = readerOf(feed, context, hosts)
  let last: Price | undefined
  return {
    name: `feed ${name}`,
    every,
    async refresh(now, signal) {
      last = following(last, await read(now, signal), now, name)
    },
    samples(now) {
      if (last === undefined) return []
      const labels = { feed: name, instrument }
      return [
        sample('plimsoll_feed_price', labels, last.value, last.at),
        sample('plimsoll_feed_age_seconds', labels, Math.max(0, now - last.at), now),
      ]
    },
  }
}

type Reader = (now: number, signal: AbortSignal) => Promise<Price>

function readerOf(feed: Feed, { config, readings }: WatchContext, hosts: ReadonlySet<string>): Reader {
  const { name } = feed
  switch (feed.kind) {
    case 'json':
      return async (now, signal) => {
        const place = config.at(feed.from)
        const text = isAddress(place)
          ? await fetchText(place, hosts, FEED_LIMITS, signal)
          : decodeText(await readBytes(place, FEED_LIMITS.bytes), place)
        const answer = jsonIn(text, name)
        const value = priceIn(fieldIn(answer, feed.price, name), name)
        if (feed.time === undefined) return { value, at: now }
        const time = priceIn(fieldIn(answer, feed.time, name), name)
        return { value, at: time / DIVISORS[feed.unit] }
      }
    case 'csv':
      return async () => {
        const path = config.at(feed.from)
        return lastRow(decodeText(await readBytes(path, MAX_FILE_BYTES), path), feed.asset, path)
      }
    case 'chainlink':
      return async () => {
        const { feedPrice } = await readings(feed.chain)
        return believed(await feedPrice(feed.address as `0x${string}`), name)
      }
    case 'register':
      return async () => {
        const { registerPrice } = await readings(feed.chain)
        const { riskRegister } = config.chains.find((chain) => chain.name === feed.chain)!
        return believed(await registerPrice(riskRegister as `0x${string}`, feed.number), name)
      }
  }
}

function believed({ price, at }: { price: number; at: number }, name: string): Price {
  return { value: priceIn(price, name), at }
}

/** JSON of whoever: exchanges write numbers in ways that this project's own files may not. */
function jsonIn(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw feedError('it does not answer with JSON', name)
  }
}

/** What a path of fields and entries leads to. */
function fieldIn(value: unknown, path: readonly (string | number)[], name: string): unknown {
  let at = value
  for (const step of path) {
    const isThere = typeof at === 'object' && at !== null && Object.hasOwn(at, step)
    if (!isThere) throw feedError(`its answer has no ${path.join('.')}`, name)
    at = (at as Record<string | number, unknown>)[step]
  }
  return at
}

/** The last price of an asset in a file of rows: `time,price`, and `asset` where there are several. */
function lastRow(text: string, asset: string | undefined, path: string): Price {
  const lines = text.split(/\r?\n/)
  // A row that is being written has no end yet.
  lines.pop()
  const names = (lines[0] ?? '').split(',')
  const [time, price, named] = ['time', 'price', 'asset'].map((column) => names.indexOf(column))
  if (time === -1 || price === -1 || (asset !== undefined && named === -1)) {
    throw feedError(
      'its first line does not name the columns time and price, and asset where one is',
      `${path}:1`,
    )
  }
  for (let i = lines.length - 1; i > 0; i--) {
    const cells = lines[i]!.split(',')
    if (asset !== undefined && cells[named!] !== asset) continue
    const where = `${path}:${i + 1}`
    return { value: priceIn(cells[price!], where), at: timeIn(cells[time!], where) }
  }
  throw feedError(asset === undefined ? 'it has no row' : `it has no row of ${asset}`, path)
}

/** Seconds since 1970-01-01 UTC, or a time as ISO 8601 has it, in UTC. */
function timeIn(cell: string | undefined, where: string): number {
  if (cell !== undefined && /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,12}Z$/.test(cell)) {
    return Date.parse(cell) / 1000
  }
  if (cell !== undefined && /^[0-9]{1,12}(\.[0-9]{1,9})?$/.test(cell)) return Number(cell)
  throw feedError('its time is neither seconds since 1970 nor as 2026-01-31T12:00:00Z', where)
}
