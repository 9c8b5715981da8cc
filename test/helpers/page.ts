import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'

/**
 * Tries to reach a server from the page that is open, by fetch, by an image and from a worker: its own policy
 * forbids each. Control: a page without the policy is heard.
 *
 * @param html the page's file
 */
export async function expectNoWayOut(browser: Browser, page: Page, html: string): Promise<void> {
  let heard = 0
  const server = createServer((_, answer) => {
    heard++
    answer.writeHead(200, { 'access-control-allow-origin': '*' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const there = JSON.stringify(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const tries = [
    `fetch(${there}).then(() => 'sent', (error) => error.name)`,
    `new Promise((end) => Object.assign(new Image(), { onerror: () => end('refused'), src: ${there} }))`,
    `new Promise((end) => {
      const code = new Blob(['fetch(' + ${JSON.stringify(there)} + ').then(() => postMessage("sent"), (e) => postMessage(e.name))'])
      new Worker(URL.createObjectURL(code)).onmessage = ({ data }) => end(data)
    })`,
  ]
  const tried: unknown[] = []
  for (const attempt of tries) tried.push(await page.evaluate(attempt))
  expect([tried, heard]).toEqual([['TypeError', 'refused', 'TypeError'], 0])
  const other = await browser.newPage()
  expect([await other.evaluate(tries[0]!), heard]).toEqual(['sent', 1])
  await other.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  expect(html).toMatch(/<meta http-equiv="Content-Security-Policy" content="default-src 'none'; /)
  expect(html).not.toMatch(/<(?:script|link|img|iframe)[^>]*(?:src|href)=/)
}
