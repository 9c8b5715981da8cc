import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readWatchConfig } from '../../../src/watch/index.js'

const feed = {
  kind: 'json',
  name: 'a',
  instrument: 'BTC',
  from: 'https://feed.example/btc',
  price: ['price'],
}

async function read(fields: object) {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-watch-'))
  const file = join(folder, 'watch.json')
  await writeFile(file, JSON.stringify({ schema: 'plimsoll/watch/1', ...fields }))
  return readWatchConfig(file)
}

test('a configuration is read with its defaults (watch.1)', async () => {
  const config = await read({ feeds: [feed] })
  expect(config).toMatchObject({
    interval: 1,
    listen: { host: '127.0.0.1', port: 9464 },
    feeds: [{ unit: 'seconds', every: 5 }],
  })
  expect(config.at('books.csv')).toBe(join(config.file, '..', 'books.csv'))
  expect(config.at('https://feed.example/btc')).toBe('https://feed.example/btc')
})

test.each<[string, object, RegExp]>([
  ['an unknown key', { feed: [] }, /watch\.json: feed: is no field that is known here/],
  ['an unknown key of a feed', { feeds: [{ ...feed, url: 'x' }] }, /feeds\[0\]\.url: is no field/],
  ['a feed of no known kind', { feeds: [{ ...feed, kind: 'rss' }] }, /feeds\[0\]\.kind/],
  ['two feeds of one name', { feeds: [feed, feed] }, /feeds\[1\]: has the name of another one/],
  [
    'a feed of an unknown chain',
    { feeds: [{ kind: 'register', name: 'r', instrument: 'BTC', chain: 'base', number: 0 }] },
    /feeds\[0\]\.chain: is not one of the chains/,
  ],
  [
    'a key in the place of a name',
    { feeds: [{ ...feed, name: `0x${'ab'.repeat(20)}` }] },
    /feeds\[0\]\.name/,
  ],
  ['a symbol that ends a label', { feeds: [{ ...feed, instrument: 'BTC"} 1\nx{a="' }] }, /instrument: must/],
  ['a port out of range', { listen: { port: 70_000 } }, /listen\.port: has to be at most 65535/],
])('refused with its place: %s (watch.1)', async (_, fields, message) => {
  await expect(read(fields)).rejects.toThrow(message)
})
