import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startChromium } from '../../scripts/chromium.js'
import { acceptContribution, applyBeacon, closeCeremony } from '../../src/proving/ceremony/contribute.js'
import { terminateProving } from '../../src/proving/index.js'
import {
  CLOSED,
  contributor,
  copyOf,
  NAME,
  openCeremony,
  ROUND,
  type Stage,
  sign,
  stage,
  takeTurn,
} from '../helpers/ceremony.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { expectNoWayOut } from '../helpers/page.js'

const folder = temporaryFolder()
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let at: Stage
let ceremony: string
let browser: Browser
let page: Page
let address: string
/** What the page asked anyone for. */
const requested: string[] = []

beforeAll(async () => {
  at = await stage(folder)
  ceremony = await openCeremony(at, 'ceremony')
  const written = await plimsoll('ceremony', 'page', '--out', join(folder, 'contribute.html'))
  expect(written, written.stderr).toMatchObject({ code: 0 })
  address = pathToFileURL(join(folder, 'contribute.html')).href
  browser = await startChromium()
  page = await browser.newPage()
  page.on('request', (request) => requested.push(request.url()))
  page.on('pageerror', (error) => expect.fail(String(error)))
})
afterAll(async () => {
  await browser?.close()
  await terminateProving()
})

/** Fills in the page for a folder and somebody, and starts. */
async function start(from: string, name: string): Promise<void> {
  await page.goto(address)
  await page.setInputFiles('#folder', from)
  await page.fill('#name', name)
  await page.fill('#signer', contributor(name).signer.toUpperCase().replace('0X', '0x'))
  await page.fill('#typed', '4 2 6 1 3 3 5')
  await page.click('#start')
}

/** Saves what the page made, and signs it. */
async function handIn(from: string, name: string): Promise<string> {
  await start(from, name)
  await page.waitForSelector('#made:not([hidden])')
  const out = `${from}-${name}`
  mkdirSync(out)
  for (const link of await page.$$('#files a')) {
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    await download.saveAs(join(out, download.suggestedFilename()))
  }
  await sign(out, name)
  return out
}

/** What the page says when a contribution is refused. */
async function refusal(from: string, name: string): Promise<string> {
  await start(from, name)
  await page.waitForSelector('#fault:not(:empty)')
  expect(await page.isVisible('#made')).toBe(false)
  return (await page.textContent('#fault'))!
}

async function axeFaults(): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    'axe.run()',
  )
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)
}

describe('contributing in a browser (ceremony.14)', () => {
  test('from the initial key and from a turn: accepted, and the ceremony verifies', async () => {
    for (const name of ['Alice', 'Bob']) {
      const made = await handIn(ceremony, name)
      expect(readdirSync(made).sort()).toEqual([
        'attestation.json',
        'attestation.txt',
        'attestation.txt.sig',
        `${NAME}.turn`,
      ])
      expect(await page.textContent('#text')).toBe(readFileSync(join(made, 'attestation.txt'), 'utf8'))
      expect(await page.inputValue('#typed')).toBe('')
      const accepted = await acceptContribution(ceremony, made)
      expect(accepted).toMatchObject({ name, signer: contributor(name).signer, machine: 'a browser' })
      expect(accepted.software).toMatch(/^plimsoll \d+\.\d+\.\d+, page$/)
    }
    await acceptContribution(ceremony, await takeTurn(ceremony, 'Carol'))
    const closed = copyOf(ceremony)
    await closeCeremony(closed, ROUND.number, CLOSED)
    expect(await refusal(closed, 'Dave')).toMatch(/closed/)
    await applyBeacon(closed, ROUND.signature)
    const report = await at.verify(closed)
    expect(report.checks.filter(({ valid }) => !valid)).toEqual([])
    expect(report.valid).toBe(true)
  })

  test('a wrong folder, a second contribution, a name that cannot stand and a changed turn are refused', async () => {
    expect(await refusal(join(ceremony, 'attestations'), 'Dave')).toMatch(/has no ceremony\.json/)
    expect(await refusal(ceremony, 'Alice')).toMatch(/Alice, 0x[0-9a-f]{40}, has contributed already/)
    const changed = copyOf(ceremony)
    const path = join(changed, NAME, '0003.turn')
    const turn = readFileSync(path)
    turn[turn.length >> 1]! ^= 1
    writeFileSync(path, turn)
    expect(await refusal(changed, 'Dave')).toMatch(/is not the file that the ceremony names/)
    rmSync(path)
    expect(await refusal(changed, 'Dave')).toMatch(/has no product-tiny\/0003\.turn/)
    const cut = copyOf(ceremony)
    cpSync(join(cut, 'attestations/0001.json'), join(cut, 'attestations/0004.json'))
    expect(await refusal(cut, 'Dave')).toMatch(/has no product-tiny\/0004\.turn/)
  })

  test('the page asks nobody for anything, and its own policy forbids it', async () => {
    expect(requested.length).toBeGreaterThan(5)
    expect(requested.filter((url) => url !== address && !url.startsWith('blob:'))).toEqual([])
    await expectNoWayOut(browser, page, readFileSync(join(folder, 'contribute.html'), 'utf8'))
  })

  test('it can be used by everyone, in both themes and on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.goto(address)
      expect(await axeFaults(), colorScheme).toEqual([])
      await start(ceremony, 'Dave')
      await page.waitForSelector('#made:not([hidden])')
      expect(await axeFaults(), colorScheme).toEqual([])
      expect(await page.evaluate('document.activeElement.id')).toBe('made-title')
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    }
  })
})
