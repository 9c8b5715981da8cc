import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { unzipSync, zipSync } from 'fflate'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startChromium } from '../../scripts/chromium.js'
import { VECTORS } from '../../scripts/conformance/vectors.js'
import { ownerCommitment } from '../../src/hash/index.js'
import { packEpoch } from '../../src/venue/index.js'
import { recognize } from '../../src/web/inclusion/bring.js'
import { check as checkHere } from '../../src/web/inclusion/check.js'
import { CHANGES, demonstrated } from '../../src/web/inclusion/demonstration.js'
import { verdictOf } from '../../src/web/inclusion/words.js'
import { plimsollIn, temporaryFolder } from '../helpers/cli.js'
import { expectNoWayOut } from '../helpers/page.js'
import { CUSTOMER, CUSTOMER_LINES, settledCustomer } from '../helpers/settled-customer.js'

const folder = temporaryFolder()
const at = (path: string) => join(folder, path)
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const EPOCH = 'public/2026-01-01'
const PRIVATE = 'private/2026-01-01'
const PASSPHRASE = 'tulip harbour anvil seven'

/** What would reorder or draw. */
const DRAWS = /\p{Cf}|(?!\n)\p{Cc}/u

const read = (path: string) => readFileSync(at(path), 'utf8')
const readJson = (path: string) => JSON.parse(read(path))
const write = (path: string, content: string | Uint8Array) => writeFileSync(at(path), content)

/** Runs commands that succeed, one after the other, and gives the JSON of each. */
async function made(...lines: string[][]) {
  const results = []
  for (const words of lines) {
    const { code, stdout } = await plimsollIn(folder, ...words, '--json')
    expect(code, `${words.join(' ')}: ${stdout}`).toBe(0)
    results.push(JSON.parse(stdout))
  }
  return results
}

let browser: Browser
let page: Page
let signer: string
/** The page that `web build` wrote. */
let built: string
/** The page that `epoch` wrote. */
let ofEpoch: string
/** The page as it is shipped, without anything of an epoch. */
const empty = new URL('../../dist/web/inclusion.html', import.meta.url).href
/** What the page asked anyone for, over all tests. */
const requested: string[] = []

beforeAll(async () => {
  const [, key] = await made(['init', '--example'], ['epoch', 'sign', '--new-key', 'venue-key.json'])
  signer = key.address
  const config = readJson('plimsoll.json')
  config.files.key = 'venue-key.json'
  write('plimsoll.json', JSON.stringify(config))
  write('channels.csv', `account_id,passphrase\nbob,${PASSPHRASE}\nalice,another one of them\n`)
  const books = ['--epoch', EPOCH, '--private', PRIVATE]
  const accounts = ['--accounts', 'accounts.csv', '--channels', 'channels.csv', '--key', 'venue-key.json']
  const build = ['web', 'build', '--epoch', EPOCH, '--pins', 'pins.json', '--openings', 'openings.json']
  const [epoch, , , page1, page2] = await made(
    ['epoch'],
    ['inclusion', 'publish', ...books, ...accounts, '--out', 'archive'],
    ['solvency', 'disclose', ...books, '--totals', '--reserves', 'reserves.json', '--out', 'openings.json'],
    [...build, '--out', 'page'],
    [...build, '--out', 'again'],
  )
  expect(epoch.page).toBe(at('public/2026-01-01.html'))
  expect(page1.sha256, 'the same epoch and pins give the same page').toBe(page2.sha256)
  ofEpoch = pathToFileURL(epoch.page).href
  built = pathToFileURL(at(page1.page)).href
  const files = readdirSync(at(`${PRIVATE}.inclusion`), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => read(`${PRIVATE}.inclusion/${path}`))
  write('bob.json', files.find((text) => JSON.parse(text).account === 'bob')!)
  cpSync(at(`${EPOCH}.zip`), at('epoch.zip'))

  browser = await startChromium()
  page = await browser.newPage()
  page.on('request', (request) => requested.push(request.url()))
  page.on('pageerror', (error) => expect.fail(String(error)))
  page.on('dialog', (dialog) => expect.fail(dialog.message()))
})
afterAll(() => browser?.close())

/** What the page says: its verdict, its report, and all of it. */
interface Said {
  verdict: string
  json: string
  all: string
}

async function said(): Promise<Said> {
  await page.waitForSelector('#result:not([hidden])')
  return {
    verdict: (await page.textContent('#verdict h2'))!,
    json: (await page.textContent('#json'))!,
    all: (await page.textContent('main'))!,
  }
}

/** Opens a page, brings files, types, and checks. */
async function check(
  from: string,
  files: readonly string[],
  { account = 'bob', against = 'proofs', ...typed }: Readonly<Record<string, string>> = {},
): Promise<Said> {
  await page.goto(from)
  await page.setInputFiles('#pick', files.map(at))
  await page.waitForSelector('#brought[aria-busy=false]')
  await page.evaluate("document.querySelector('details').open = true")
  for (const [id, text] of Object.entries({ account, ...typed })) await page.fill(`#${id}`, text)
  await page.check(`[value=${against}]`)
  await page.click('#start')
  return said()
}

/** The reports of the command line. */
async function reports(...lines: string[][]): Promise<string[]> {
  const found: string[] = []
  for (const words of lines) {
    found.push((await plimsollIn(folder, 'inclusion', 'verify', ...words, '--json')).stdout)
  }
  return found
}

const TRUST = ['--epoch', 'epoch.zip', '--pins', 'pins.json']
const BOB = ['bob.json', ...TRUST, '--account', 'bob']

/** A copy of bob's file with some of its fields changed. */
function changedFile(name: string, change: object): string {
  write(name, JSON.stringify({ ...readJson('bob.json'), ...change }))
  return name
}

/** A copy of the epoch's archive with some of its files changed. */
function changedEpoch(name: string, change: (files: Record<string, string>) => void): string {
  const zipped = Object.entries(unzipSync(readFileSync(at('epoch.zip'))))
  const files = Object.fromEntries(
    zipped.map(([path, bytes]) => [path.replace(/^epoch\//, ''), Buffer.from(bytes).toString()]),
  )
  change(files)
  const bytes = Object.entries(files).map(([path, text]) => [path, new Uint8Array(Buffer.from(text))])
  write(name, zipSync(Object.fromEntries(bytes)))
  return name
}

describe('web build (inclusion.14)', () => {
  const build = async (...args: string[]) => {
    const { code, stdout } = await plimsollIn(folder, 'web', 'build', ...args, '--json')
    return [code, JSON.parse(stdout)] as const
  }

  test('writes nothing of an epoch that is not valid, and replaces no other page', async () => {
    const proof = changedEpoch('invalid.zip', (files) => {
      files['risk.json'] = files['risk.json']!.replace('97000', '97001')
    })
    const pins = ['--pins', 'pins.json']
    expect(await build('--epoch', proof, ...pins, '--out', 'invalid')).toMatchObject([1, { valid: false }])
    expect(existsSync(at('invalid'))).toBe(false)
    expect(await build('--epoch', 'epoch.zip', '--out', 'page')).toMatchObject([
      2,
      { error: { code: 'FILE_EXISTS' } },
    ])
    write('other-openings.json', read('openings.json').replace('16.25', '17.25'))
    const openings = ['--openings', 'other-openings.json', '--out', 'shown']
    expect(await build('--epoch', 'epoch.zip', ...pins, ...openings)).toMatchObject([
      2,
      { error: { code: 'PAGE_OPENINGS' } },
    ])
    expect(existsSync(at('shown'))).toBe(false)
    // Without pins, customers bring their own; an archive gives what the folder gives.
    const [code, bare] = await build('--epoch', 'epoch.zip', '--out', 'bare')
    expect([code, bare.carriesEpoch, bare.carriesPins]).toEqual([0, true, false])
    const carried = (path: string) =>
      Object.keys(JSON.parse(/ id="given">(.*?)<\/script>/s.exec(read(path))![1]!))
    expect(carried('bare/index.html')).toEqual(['epoch'])
    expect(carried('page/index.html')).toEqual(['epoch', 'pins', 'openings'])
    expect(readFileSync(at('bare/epoch.zip'))).toEqual(readFileSync(at('page/epoch.zip')))
  })
})

const named = (name: string) => ({ name, content: new Blob([readFileSync(at(name))]) })

describe('a customer in a browser (inclusion.14)', () => {
  test('is told INCLUDED by the page that carries epoch and pins, with the report of the command line', async () => {
    const { verdict, json, all } = await check(built, ['bob.json'])
    const [report, withAddress] = await reports(BOB, [...BOB, '--venue', signer])
    expect([verdict, json]).toEqual(['Included', report])
    const { balances } = JSON.parse(json)
    expect(balances.map(({ quantity }: { quantity: string }) => quantity)).toEqual(['12', '3000'])
    for (const words of [
      'Account bob is counted in epoch 2026-01-01 of Example Venue',
      'whoever made it chose them',
      'Development keys',
      'the venue’s word',
      'Nothing stands behind the reserves but the word of the venue',
      signer,
      // What the venue shows: 12 + 3.25 + 1 ETH are owed.
      'ETH16.25',
    ]) {
      expect(all).toContain(words)
    }
    expect(await page.evaluate('document.activeElement.id')).toBe('verdict')
    // The page that `epoch` wrote, and an address that the customer knows.
    const known = await check(ofEpoch, ['bob.json'], { venue: signer })
    expect([known.verdict, known.json]).toEqual(['Included', withAddress])
    // Whatever is typed or brought after a verdict takes it away: it is of something else.
    await page.fill('#account', 'alice')
    expect(await page.isVisible('#result')).toBe(false)
  })

  test('gets the answers of the command line to what is tampered with or broken, to the byte (inclusion.4, inclusion.7)', async () => {
    const { slots, batchPath } = readJson('bob.json')
    batchPath.siblings[0][0] = (BigInt(batchPath.siblings[0][0]) + 1n).toString()
    const [first, ...rest] = slots
    write('broken.json', read('bob.json').slice(0, 400))
    write('half.zip', readFileSync(at('epoch.zip')).subarray(0, 3000))
    write('proto.json', `{"__proto__": {"account": "bob"}, ${read('bob.json').trim().slice(1)}`)
    const proof = changedEpoch('proof.zip', (files) => {
      const path = 'ledger/0000/0000000.json'
      const file = JSON.parse(files[path]!)
      file.proof.a[0] = (BigInt(file.proof.a[0]) + 1n).toString()
      files[path] = JSON.stringify(file)
    })
    const cases: [verdict: string, file: string, account?: string, epoch?: string][] = [
      ['Cannot tell', 'bob.json', 'alice'],
      ['Not included', changedFile('mallory.json', { account: 'mallory' }), 'mallory'],
      ['Not included', changedFile('balance.json', { slots: [{ ...first, quantity: '13' }, ...rest] })],
      ['Not included', changedFile('path.json', { batchPath })],
      ['Cannot tell', changedFile('later.json', { epoch: '2026-02-01' })],
      ['Cannot tell', 'broken.json'],
      ['Cannot tell', 'proto.json'],
      ['Cannot tell', 'bob.json', 'bob', proof],
      ['Cannot tell', 'bob.json', 'bob', 'half.zip'],
    ]
    const expected = await reports(
      ...cases.map(([, file, account = 'bob', epoch = 'epoch.zip']) => [
        ...[file, '--epoch', epoch, '--pins', 'pins.json', '--account', account],
      ]),
    )
    for (const [i, [verdict, file, account = 'bob', epoch = 'epoch.zip']] of cases.entries()) {
      const found = await check(empty, [file, epoch, 'pins.json'], { account })
      expect([found.verdict, found.json], `${file} ${epoch}`).toEqual([verdict, expected[i]])
      expect(found.all, file).not.toContain('Your balances')
    }
  })

  test('is told CANNOT TELL without pins, and under pins of somebody else', async () => {
    write('none.json', JSON.stringify({ schema: 'plimsoll/pins/2', keys: {} }))
    const { verdict, json, all } = await check(empty, ['bob.json', 'epoch.zip'])
    const args = ['bob.json', '--epoch', 'epoch.zip', '--pins', 'none.json', '--account', 'bob']
    expect([verdict, json]).toEqual(['Cannot tell', ...(await reports(args))])
    expect(all).toContain('Nobody said which keys to trust')
    const { schema, keys } = readJson('pins.json')
    keys['ledger-tiny-stress'].keyHash = '0'.repeat(64)
    write('other-pins.json', JSON.stringify({ schema, keys }))
    // In the place of those that came with the page.
    expect((await check(built, ['bob.json', 'other-pins.json'])).verdict).toBe('Cannot tell')
  })

  test('holds the file against a root alone, and is told on whom the rest depends (inclusion.10)', async () => {
    const { accountsRoot } = readJson('bob.json')
    const [typed, carried] = await reports(
      ['bob.json', '--root', accountsRoot, '--account', 'bob'],
      ['bob.json', '--root', 'epoch.zip', '--account', 'bob', '--venue', signer],
    )
    const root = await check(empty, ['bob.json'], { against: 'root', root: accountsRoot })
    expect([root.verdict, root.json]).toEqual(['In this tree, no proof verified', typed])
    expect(root.all).toContain('No proof was verified')
    expect(root.all).not.toContain('The root came with this page')
    const manifest = await check(built, ['bob.json'], { against: 'root', venue: signer })
    expect([manifest.verdict, manifest.json]).toEqual(['In this tree, no proof verified', carried])
    expect(manifest.all).toContain('The root came with this page: whoever made it chose it')
    const other = changedFile('other.json', { salt: '1' })
    expect((await check(built, [other], { against: 'root' })).verdict).toBe('Not in this tree')
  })

  test('opens their file in the archive that the venue published, as a ZIP or as a folder (inclusion.12)', async () => {
    const inside = readdirSync(at('archive'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(at('archive').length + 1), new Uint8Array(readFileSync(path))])
    write('archive.zip', zipSync(Object.fromEntries(inside)))
    const { verdict, json } = await check(built, ['archive.zip'], { passphrase: PASSPHRASE })
    expect([verdict, json]).toEqual(['Included', ...(await reports(BOB))])
    await page.goto(built)
    await page.evaluate("document.querySelector('details').open = true")
    await page.setInputFiles('#folder', at('archive'))
    await page.waitForSelector('#brought[aria-busy=false]')
    await page.fill('#account', 'bob')
    await page.fill('#passphrase', 'tulip')
    await page.click('#start')
    const wrong = await said()
    expect([wrong.verdict, JSON.parse(wrong.json).error.code]).toEqual(['Cannot tell', 'ARCHIVE_NOT_FOUND'])
  })

  test('is never told of files that were replaced meanwhile, nor of what was not compared (inclusion.17)', async () => {
    write('nobody.json', JSON.stringify({ schema: 'plimsoll/pins/2', keys: {} }))
    await page.goto(built)
    await page.setInputFiles('#pick', at('bob.json'))
    await page.waitForSelector('#brought[aria-busy=false]')
    // What is brought next takes long to read.
    await page.evaluate(`{
      const read = Blob.prototype.arrayBuffer
      const released = new Promise((end) => { globalThis.release = end })
      Blob.prototype.arrayBuffer = async function () { await released; return read.call(this) }
    }`)
    await page.setInputFiles('#pick', at('nobody.json'))
    await page.fill('#account', 'bob')
    await page.press('#account', 'Enter')
    expect([await page.isDisabled('#start'), await page.isVisible('#checking')]).toEqual([true, false])
    await page.evaluate('release()')
    await page.waitForSelector('#brought[aria-busy=false]')
    expect(await page.textContent('#brought')).toContain('nobody.json You chose it.')
    await page.click('#start')
    expect((await said()).verdict).toBe('Cannot tell')
    // Of two files of a kind, the second is named as not used.
    await page.setInputFiles('#pick', [at('bob.json'), at('pins.json'), at(changedFile('second.json', {}))])
    await page.waitForSelector('#brought[aria-busy=false]')
    expect(await page.textContent('#fault')).toContain('not used second.json')
    // A root is compared by the quick check alone, and keys by the other.
    await page.evaluate("document.querySelector('details').open = true")
    await page.fill('#root', '1')
    await page.click('#start')
    expect(await page.textContent('#fault')).toContain('A published root is for the quick check alone')
    await page.check('[value=root]')
    await page.check('#production')
    await page.click('#start')
    expect(await page.textContent('#fault')).toContain('Without proofs no key')
    expect(await page.isVisible('#result')).toBe(false)
  })

  test('cannot take the made-up venue for a real one (inclusion.17)', async () => {
    await page.goto(built)
    await page.click('[data-change=pins]')
    await said()
    await page.check('[value=root]')
    await page.click('#start')
    const { verdict, all } = await said()
    expect(verdict).toBe('In this tree, no proof verified')
    expect(all).toContain('This is the demonstration: a made-up venue')
    expect(await page.getAttribute('#save a', 'download')).toBe('demonstration-report.json')
    // What the reader brings takes its files away, and its identifier.
    await page.setInputFiles('#pick', at('bob.json'))
    await page.waitForSelector('#brought[aria-busy=false]')
    expect(await page.textContent('#brought')).toContain('It came with this page')
    expect(await page.inputValue('#account')).toBe('')
    await page.fill('#account', 'bob')
    await page.check('[value=proofs]')
    await page.click('#start')
    const own = await said()
    expect(own.verdict).toBe('Included')
    expect(own.all).toContain('whoever made it chose them')
    expect(own.all).not.toContain('This is the demonstration')
    expect(await page.getAttribute('#save a', 'download')).toBe('inclusion-report.json')
  })

  test('tries it on a made-up venue', async () => {
    await page.goto(empty)
    const found: string[] = []
    for (const change of ['none', 'balance', 'pins']) {
      await page.click(`[data-change=${change}]`)
      found.push((await said()).verdict)
    }
    expect(found).toEqual(['Included', 'Not included', 'Cannot tell'])
  })
})

describe('a statement of account in a browser (settlement.57)', () => {
  let digest: string
  beforeAll(async () => {
    mkdirSync(at('settled'))
    const settled = await settledCustomer(at('settled'))
    await packEpoch({ folder: settled.before, out: at('settled/before.zip') })
    await packEpoch({ folder: settled.after, out: at('settled/after.zip') })
    const bytes = readFileSync(join(settled.after, 'settlement', 'settlement.json'))
    digest = createHash('sha256').update(bytes).digest('hex')
  })

  /** Brings a file with its epoch and pins, chooses the epoch before with the chooser for it, and checks. */
  async function added(file: string): Promise<Said> {
    await page.goto(empty)
    await page.setInputFiles('#pick', [file, 'settled/after.zip', 'settled/pins.json'].map(at))
    await page.waitForSelector('#brought[aria-busy=false]')
    await page.click('summary:text("My statement of account")')
    const chooser = page.waitForEvent('filechooser')
    await page.click('#before')
    await (await chooser).setFiles(at('settled/before.zip'))
    await page.waitForSelector('#brought[aria-busy=false]')
    expect(await page.textContent('#brought')).toContain('Epochs before before.zip')
    await page.fill('#account', CUSTOMER)
    await page.click('#start')
    return said()
  }
  const report = (file: string) =>
    reports([
      ...[file, '--epoch', 'settled/after.zip', '--previous', 'settled/before.zip'],
      ...['--pins', 'settled/pins.json', '--account', CUSTOMER],
    ])

  test('adds up with the epoch before, and names what to compare with others (settlement.59)', async () => {
    const { verdict, json, all } = await added('settled/inclusion.json')
    expect([verdict, json]).toEqual(['Included', ...(await report('settled/inclusion.json'))])
    expect(JSON.parse(json).statement).toMatchObject({
      ...{ verdict: 'adds up', lines: CUSTOMER_LINES, differences: [] },
      settlements: [{ previous: '2026-01', epoch: '2026-02', sha256: digest }],
    })
    for (const words of [
      'Your statement of account, from epoch 2026-01 to epoch 2026-02',
      'USDTdeposits and withdrawals2026-02-50',
      'What this account held, and every movement that is listed, come to exactly what it holds',
      `2026-012026-02${digest}`,
      'Compare each SHA-256 of settlement.json with the one that others see',
    ]) {
      expect(all).toContain(words)
    }
    expect(all).not.toContain('does not add up')
    // Without the epoch before, there is no statement: the answer is taken away, and another says so.
    await page.click('[aria-label="Remove: Epochs before"]')
    expect(await page.isVisible('#result')).toBe(false)
    await page.click('#start')
    const alone = await said()
    expect([alone.verdict, JSON.parse(alone.json).statement]).toEqual(['Included', undefined])
    expect(alone.all).not.toContain('come to exactly what it holds')
  })

  test('does not add up where the file hides a row, and says by how much', async () => {
    const file = readJson('settled/inclusion.json')
    const [step] = file.settlements
    const rows = step.rows.filter(({ reason }: { reason: string }) => reason !== 'fees')
    write('settled/hidden.json', JSON.stringify({ ...file, settlements: [{ ...step, rows }] }))
    const { verdict, json, all } = await added('settled/hidden.json')
    expect([verdict, json]).toEqual(['Included', ...(await report('settled/hidden.json'))])
    expect(await page.textContent('#verdict .caution')).toContain(
      'Your statement of account does not add up. statement-sums',
    )
    expect(all).toContain('USDT in epoch 2026-02: 9.7 less than opening and movements come to.')
    expect(all).not.toContain('come to exactly what it holds')
  })
})

describe('what the page’s worker answers, without a browser (inclusion.14)', () => {
  test('each thing that the demonstration changes is found', async () => {
    const found: Record<string, string> = {}
    for (const { id } of CHANGES) {
      const { account, brought } = demonstrated(id)
      const { file, epoch, pins, openings } = brought
      const { answer, shown } = await checkHere(
        {
          account,
          file: { opened: file! },
          against: { epoch: epoch!, production: false },
          ...(pins && { pins }),
          openings: openings!,
        },
        () => {},
      )
      found[id] = answer.verdict
      expect([id, (shown?.rows.length ?? 0) > 0]).toEqual([id, 'epochValid' in answer && answer.epochValid])
    }
    expect(found).toEqual({
      none: 'included',
      balance: 'not included',
      path: 'not included',
      proof: 'cannot tell',
      identifier: 'not included',
      other: 'cannot tell',
      epoch: 'cannot tell',
      pins: 'cannot tell',
    })
  })

  test('files that are brought together never replace one another silently (inclusion.17)', async () => {
    const file = (name: string, schema?: string) => new File([JSON.stringify({ schema })], name)
    const own = file('own.json', 'plimsoll/inclusion/3')
    const archive = new File([zipSync({ 'archive.json': new Uint8Array() })], 'archive.zip')
    const kinds = async (...files: File[]) => {
      const { more, aside } = await recognize(files)
      return [Object.entries(more).map(([role, { name }]) => `${role} ${name}`), aside]
    }
    expect(await kinds(archive, own, file('notes.txt'))).toEqual([
      ['file own.json'],
      ['notes.txt', 'archive.zip'],
    ])
    expect(await kinds(archive, file('notes.txt'))).toEqual([['sealed archive.zip'], ['notes.txt']])
    expect(await kinds(own, file('2.json', 'plimsoll/inclusion/3'))).toEqual([['file own.json'], ['2.json']])
    expect(await kinds(file('broken.json'))).toEqual([['file broken.json'], []])
  })

  test('words say what failed, and who chose the keys', async () => {
    const { account, brought } = demonstrated('none')
    const { file, epoch, pins } = brought
    const commitment = `${ownerCommitment(1n)}`
    const secret = JSON.stringify({ schema: 'plimsoll/owner/1', secret: '1', commitment })
    const owner = { name: 'owner.json', content: new Blob([secret]) }
    const asked = {
      account,
      file: { opened: file! },
      against: { epoch: epoch!, production: false },
      pins: pins!,
    }
    const origins = { pins: 'reader', isRootOfPage: false, isDemonstration: false } as const
    const { answer: included } = await checkHere(asked, () => {})
    const keys = expect.stringContaining('if the file of pins came from the venue, the venue chose them')
    expect(verdictOf(included, origins).doesNotMean).toContainEqual(keys)
    // The leaf is in the ledger, with another commitment than the reader's.
    const { answer } = await checkHere({ ...asked, owner }, () => {})
    expect(answer.verdict).toBe('not included')
    expect(verdictOf(answer, origins).means[0]).toContain('the leaf is in its ledger')
  })

  test('is the report of the command line, to the byte, on every conformance vector', async () => {
    // This epoch has neither tiers nor a margin rule, which are all that a vector asks for.
    const vectors = VECTORS.filter(({ applies }) => applies === undefined)
    const epochs = vectors.map(({ change }, i) => changedEpoch(`vector-${i}.zip`, change))
    const expected = await reports(
      ...epochs.map((epoch) => ['bob.json', '--epoch', epoch, '--pins', 'pins.json', '--account', 'bob']),
    )
    for (const [i, epoch] of epochs.entries()) {
      const { json } = await checkHere(
        {
          account: 'bob',
          file: { opened: named('bob.json') },
          against: { epoch: named(epoch), production: false },
          pins: named('pins.json'),
        },
        () => {},
      )
      expect(json, vectors[i]!.name).toBe(expected[i])
    }
  })
})

describe('what a page may do, and what files may do to it (inclusion.15)', () => {
  test('it asks nobody for anything, and its own policy forbids it', async () => {
    const pages = [empty, built, ofEpoch]
    expect(requested.length).toBeGreaterThan(10)
    expect(requested.filter((url) => !pages.includes(url) && !url.startsWith('blob:'))).toEqual([])
    await page.goto(built)
    await expectNoWayOut(browser, page, read('page/index.html'))
    expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
      0,
      0,
      '',
    ])
  })

  test('no text from a file runs, draws or reorders', async () => {
    const symbol = '<img src=x onerror=alert(1)>\u202e\u001b[2J</script><script>alert(2)</script>'
    const { slots } = readJson('bob.json')
    const [first, ...rest] = slots
    const file = changedFile('\u202e<img src=x onerror=alert(3)>.json', {
      slots: [{ ...first, symbol }, ...rest],
    })
    const { verdict, all } = await check(built, [file], { against: 'root' })
    expect(verdict).toBe('In this tree, no proof verified')
    expect(all).toContain('<img src=x onerror=alert(1)>\\u{202e}\\u{1b}[2J</script>')
    expect(all).toContain('\\u{202e}<img src=x onerror=alert(3)>.json')
    expect(all).not.toMatch(DRAWS)
    expect(await page.evaluate("document.querySelectorAll('img').length")).toBe(0)
    const proofs = await check(built, [file])
    expect(proofs.verdict).toBe('Not included')
    expect(proofs.all).not.toMatch(DRAWS)
  })

  test('what it carries cannot end the script that it lies in', async () => {
    const text = read('page/index.html')
    expect(text.match(/<script/g)).toHaveLength(2)
    const { fillPage } = await import('../../src/inclusion/index.js')
    const hostile = { pins: { name: '</script><script>alert(1)</script><!--', text: '$& $1 \u2028' } }
    const shipped = readFileSync(new URL(empty), 'utf8')
    write('hostile.html', fillPage(shipped, hostile))
    expect(read('hostile.html').match(/<script/g)).toHaveLength(2)
    await page.goto(pathToFileURL(at('hostile.html')).href)
    expect(await page.textContent('#brought')).toContain(hostile.pins.name)
    expect(() => fillPage(fillPage(shipped, hostile), hostile)).toThrow('no place')
    // An archive that is too large to be in the page lies beside it.
    write('beside.html', fillPage(shipped, { beside: 'epoch 1.zip' }))
    await page.goto(pathToFileURL(at('beside.html')).href)
    expect(await page.getAttribute('#beside a', 'href')).toBe('./epoch%201.zip')
    expect(await page.textContent('#missing')).toContain(
      'the archive epoch 1.zip, which lies beside this page',
    )
  })
})

describe('everyone can use the page (inclusion.16)', () => {
  async function axeFaults(): Promise<string[]> {
    await page.evaluate(AXE)
    const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
      'axe.run()',
    )
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)
  }

  test('in both themes, on a phone, without a mouse', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await check(built, ['bob.json'])
      await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
      expect(await axeFaults(), colorScheme).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
    }
    await page.click('[data-change=proof]')
    await said()
    expect(await axeFaults(), 'what fails').toEqual([])
    expect(await page.getAttribute('#verdict', 'aria-live')).toBe('assertive')
    await page.goto(empty)
    expect(await axeFaults(), 'as it opens').toEqual([])
    await page.focus('#account')
    await page.keyboard.type('bob')
    await page.keyboard.press('Enter')
    expect(await page.textContent('#fault')).toBe('Choose your inclusion file.')
    await page.focus('[data-change=none]')
    await page.keyboard.press('Enter')
    expect((await said()).verdict).toBe('Included')
  })
})
