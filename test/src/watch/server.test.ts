import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { startChromium } from '../../../scripts/chromium.js'
import { sample, WatchServer } from '../../../src/watch/index.js'
import { parseExposition } from '../../helpers/exposition.js'

const open: WatchServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function serving(page = 'the page') {
  const server = await WatchServer.listen({ host: '127.0.0.1', port: 0 }, page)
  open.push(server)
  return server
}
const price = (value: number, now: number) =>
  sample('plimsoll_feed_price', { feed: '<b>a</b>', instrument: 'BTC' }, value, now)

/** A request under another name of a host, which `fetch` does not make. */
async function under(address: string, host: string): Promise<number> {
  const asked = request(`${address}/metrics`, { headers: { host } }).end()
  const [response] = await once(asked, 'response')
  response.resume()
  return response.statusCode
}

test('metrics and page are served to this machine by its own names alone (watch.6)', async () => {
  const server = await serving()
  const { address } = server
  expect((await fetch(`${address}/metrics`)).status).toBe(503)
  server.onSamples([price(62_000, 10)], 10)
  const metrics = await fetch(`${address}/metrics`)
  expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(parseExposition(await metrics.text())[0]!.series).toEqual([
    { name: 'plimsoll_feed_price', labels: { feed: '<b>a</b>', instrument: 'BTC' }, value: 62_000 },
  ])
  expect(await (await fetch(address)).text()).toBe('the page')
  const { port } = new URL(address)
  expect(await under(address, `localhost:${port}`)).toBe(200)
  for (const host of ['evil.example', `evil.example:${port}`, '10.0.0.1', '127.0.0.1.evil.example']) {
    expect(await under(address, host), host).toBe(403)
  }
  expect((await fetch(`${address}/metrics`, { method: 'POST' })).status).toBe(405)
  expect((await fetch(`${address}/other`)).status).toBe(404)
  const again = WatchServer.listen({ host: '127.0.0.1', port: Number(port) }, '')
  await expect(again).rejects.toMatchObject({ code: 'WATCH_LISTEN' })
})

test('pages that follow are told of every tick, and those beyond the last are refused (watch.6)', async () => {
  const server = await serving()
  const { address } = server
  const followers = await Promise.all(Array.from({ length: 32 }, () => fetch(`${address}/events`)))
  expect(new Set(followers.map(({ status }) => status))).toEqual(new Set([200]))
  expect((await fetch(`${address}/events`)).status).toBe(503)
  const reader = followers[0]!.body!.getReader()
  server.onSamples([price(1, 10)], 10)
  const first = new TextDecoder().decode((await reader.read()).value)
  expect(JSON.parse(first.replace(/^data: /, ''))).toEqual({ now: 10, samples: [price(1, 10)] })
  await reader.cancel()
})

test('the live page shows what is served, plots it, and says when it is old (watch.6)', async () => {
  const page = readFileSync(new URL('../../../dist/web/watch.html', import.meta.url), 'utf8')
  const server = await serving(page)
  const browser = await startChromium()
  try {
    const tab = await browser.newPage()
    const faults: string[] = []
    tab.on('pageerror', (error) => faults.push(error.message))
    await tab.goto(server.address)
    for (const [i, value] of [60_000, 61_000].entries()) server.onSamples([price(value, 100 + i)], 100 + i)
    server.onSamples([price(58_000.5, 110), sample('plimsoll_epoch_valid', { venue: 'V' }, 1, 110)], 110)
    await tab.getByText('58000.5').waitFor()
    expect(await tab.locator('#verdict-title').textContent()).toBe('Quiet')
    expect(await tab.locator('td').first().textContent()).toBe('<b>a</b>')
    expect(await tab.locator('polyline').count()).toBe(2)
    server.onSamples([sample('plimsoll_epoch_valid', { venue: 'V' }, 0, 111)], 111)
    await tab.getByText('The newest epoch of V is not valid.').waitFor()
    expect(await tab.getByText('58000.5').count()).toBe(0)
    await server.close()
    await tab.getByText('The watch does not answer').waitFor()
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
})
