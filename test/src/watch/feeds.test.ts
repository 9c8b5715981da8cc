import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PlimsollError } from '../../../src/errors/index.js'
import { fetchText } from '../../../src/watch/guarded-fetch.js'
import { metricsText, readWatchConfig, startWatch } from '../../../src/watch/index.js'
import { parseExposition } from '../../helpers/exposition.js'
import { startRpcServer } from '../../helpers/rpc-server.js'
import { simulatedClock } from '../../helpers/simulated-clock.js'

const NOW = 1_800_000_000
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-feeds-'))
/** What the server answers now, by path. */
const answers = new Map<string, (response: ServerResponse) => void>()
const json = (value: unknown) => (response: ServerResponse) => response.end(JSON.stringify(value))
const text = (body: string) => (response: ServerResponse) => response.end(body)
const redirect = (to: string) => (response: ServerResponse) => response.writeHead(302, { location: to }).end()

const server = createServer((request, response) => answers.get(request.url!)!(response))
let host: string

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

/** A watch of one feed, and what went wrong with it. */
async function watching(feed: object, beside: object = {}) {
  const file = join(folder, 'watch.json')
  const all = {
    kind: 'json',
    name: 'a',
    instrument: 'BTC',
    from: `http://${host}/a`,
    price: ['price'],
    ...feed,
  }
  writeFileSync(file, JSON.stringify({ schema: 'plimsoll/watch/1', feeds: [all], ...beside }))
  const clock = simulatedClock(NOW)
  const faults: PlimsollError[] = []
  const loop = startWatch(await readWatchConfig(file), {
    clock,
    onFault: ({ error }) => faults.push(error as PlimsollError),
  })
  return { loop, clock, faults }
}

const hosts = () => new Set([host])
const ask = (path: string, seconds = 5) =>
  fetchText(`http://${host}${path}`, hosts(), { seconds, bytes: 1024 * 1024 }, new AbortController().signal)

test('a feed that hangs ends after its time, before and within its answer (watch.4)', async () => {
  answers.set('/hang', () => {})
  answers.set('/half', (response) => response.write('{"price":'))
  await expect(ask('/hang', 0.2)).rejects.toMatchObject({
    code: 'WATCH_FETCH',
    what: /not answered in 0.2 sec/,
  })
  await expect(ask('/half', 0.2)).rejects.toMatchObject({
    code: 'WATCH_FETCH',
    what: /not whole after 0.2 sec/,
  })
})

test('a feed that floods is read no further than it may (watch.4)', async () => {
  let sent = 0
  let closed = false
  answers.set('/flood', (response) => {
    const piece = Buffer.alloc(64 * 1024, '7')
    const more = () => {
      while (!closed && response.write(piece)) sent += piece.length
    }
    response.on('drain', more).on('close', () => {
      closed = true
    })
    more()
  })
  await expect(ask('/flood')).rejects.toMatchObject({ what: 'answers with more than 1048576 bytes' })
  await expect.poll(() => closed).toBe(true)
  expect(sent).toBeLessThan(32 * 1024 * 1024)
  answers.set('/many', json(Array.from({ length: 1_000_000 }, (_, i) => ({ symbol: `I${i}`, price: 1 }))))
  await expect(ask('/many')).rejects.toMatchObject({ code: 'WATCH_FETCH' })
})

test('a feed is asked of no host that the configuration does not name (watch.4)', async () => {
  const elsewhere = `localhost:${host.split(':')[1]}`
  answers.set('/there', redirect(`http://${elsewhere}/ok`))
  answers.set('/ok', text('7'))
  answers.set('/round', redirect('/round'))
  answers.set('/same', redirect('/ok'))
  answers.set('/nowhere', redirect('http://'))
  await expect(ask('/there')).rejects.toMatchObject({
    message: `http://${elsewhere}: is redirected to a host that the configuration does not name`,
  })
  await expect(ask('/round')).rejects.toMatchObject({ what: /more than 3 times/ })
  await expect(ask('/nowhere')).rejects.toMatchObject({ what: /to nowhere/ })
  expect(await ask('/same')).toBe('7')
})

test.each([302, 307, 308])(
  'a node that redirects with %i is not followed to any host (watch.4)',
  async (status) => {
    const asked: string[] = []
    const other = await startRpcServer(({ method }) => {
      asked.push(method)
      return { result: '0x1' }
    })
    const leads = new Map([
      ['/', other.url],
      ['/same', `http://${host}/asked`],
    ])
    answers.set('/asked', (response) => {
      asked.push('here')
      response.end()
    })
    for (const [path, location] of leads) {
      answers.set(path, (response) => response.writeHead(status, { location }).end())
      const chain = { name: 'main', rpc: `http://${host}${path}`, chainId: '1' }
      const { loop, faults } = await watching(
        {
          kind: 'chainlink',
          chain: 'main',
          address: `0x${'11'.repeat(20)}`,
          from: undefined,
          price: undefined,
        },
        { chains: [chain], hosts: [new URL(other.url).host] },
      )
      await loop.once()
      expect(faults.map(({ code, message }) => [code, message])).toEqual(
        Array(2).fill(['RPC_UNREACHABLE', `the node answers with HTTP status ${status}`]),
      )
    }
    expect(asked).toEqual([])
    other.stop()
  },
)

test('no message repeats what may give access to a feed (watch.4, privacy.1)', async () => {
  answers.set('/a?key=MARKSECRET', (response) => response.writeHead(500).end('MARKSECRET'))
  const { loop, faults } = await watching({ from: `http://${host}/a?key=MARKSECRET` })
  await loop.once()
  expect(faults).toHaveLength(1)
  expect(JSON.stringify([faults[0], faults[0]!.message])).not.toContain('MARKSECRET')
})

const NONE: [string, (response: ServerResponse) => void, RegExp][] = [
  ['HTML', text('<!doctype html><p>62000</p>'), /does not answer with JSON/],
  ['bytes', (response) => response.end(Buffer.from([0xff, 0xfe])), /does not answer with text/],
  ['NaN', text('{"price":NaN}'), /does not answer with JSON/],
  ['NaN as text', json({ price: 'NaN' }), /no number above zero/],
  ['more than a number', text('{"price":1e999}'), /no number above zero/],
  ['zero', json({ price: 0 }), /no number above zero/],
  ['below zero', json({ price: -1 }), /no number above zero/],
  ['nothing', json({ price: null }), /no number above zero/],
  ['another field', json({ prices: 1 }), /has no price/],
  ['a field of all objects', json([]), /has no price/],
]

test.each(NONE)(
  'a feed that gives %s gives no price, and the last one stays (watch.4)',
  async (_, bad, message) => {
    answers.set('/a', json({ price: '62000.5' }))
    const { loop, clock, faults } = await watching({ every: 1 })
    await loop.once()
    answers.set('/a', bad)
    await clock.sleep(7)
    const { samples } = await loop.once()
    expect(faults.map((error) => error.message)).toEqual([expect.stringMatching(message)])
    expect(faults[0]).toBeInstanceOf(PlimsollError)
    const families = parseExposition(await metricsText(samples))
    const valueIn = (name: string) => families.find((family) => family.name === name)?.series[0]?.value
    expect(valueIn('plimsoll_feed_price')).toBe(62_000.5)
    expect(valueIn('plimsoll_feed_age_seconds')).toBe(7)
    expect(valueIn('plimsoll_source_up')).toBe(0)
    expect(valueIn('plimsoll_watch_errors_total')).toBe(1)
  },
)

test('a time that goes backwards, or is of the future, is refused (watch.4)', async () => {
  const { loop, clock, faults } = await watching({
    price: ['a', 0],
    time: ['t'],
    unit: 'milliseconds',
    every: 1,
  })
  const times = [NOW, NOW - 1, NOW + 3600, NOW + 30]
  const seen: number[] = []
  for (const [i, t] of times.entries()) {
    answers.set('/a', json({ a: [i + 1], t: 1000 * t }))
    const { samples } = await loop.once()
    seen.push(samples.find(({ name }) => name === 'plimsoll_feed_price')!.value)
    await clock.sleep(1)
  }
  expect(seen).toEqual([1, 1, 1, 4])
  expect(faults.map(({ what }) => what)).toEqual([
    'its time has gone backwards',
    expect.stringContaining('is of the future'),
  ])
})

test('a file of prices gives the last whole row of its asset (watch.4)', async () => {
  const rows = [
    'time,asset,price',
    '1799999000,BTC,61000',
    '2027-01-15T07:59:58Z,BTC,62000',
    '1799999999,ETH,3000',
  ]
  writeFileSync(join(folder, 'prices.csv'), `${rows.join('\n')}\n1799999999,BTC,6`)
  const csv = { kind: 'csv', from: 'prices.csv', price: undefined, asset: 'BTC' }
  const { loop } = await watching(csv)
  const { samples } = await loop.once()
  expect(samples.find(({ name }) => name === 'plimsoll_feed_price')).toMatchObject({
    value: 62_000,
    at: NOW - 2,
  })
  for (const [broken, where] of [
    ['a,b\n', ':1'],
    ['time,asset,price\nyesterday,BTC,1\n', ':2'],
    ['time,asset,price\n1799999000,BTC,0\n', ':2'],
    ['time,asset,price\n', 'prices.csv: it has no row of BTC'],
  ]) {
    writeFileSync(join(folder, 'prices.csv'), broken!)
    const { loop: again, faults } = await watching(csv)
    await again.once()
    expect(faults.map(({ code, message }) => [code, message])).toEqual([
      ['WATCH_FEED', expect.stringContaining(where!)],
    ])
  }
})
