import { execFile } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  appendIncident,
  formatHead,
  type IncidentWords,
  incidentPage,
  incidentReport,
  parseHead,
  readLogText,
  type VerifiedLog,
  verifyLog,
} from '../../../src/incident/index.js'
import { createSigningKey, readSigningKey } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'

const NOW = 1_790_000_000
const folder = temporaryFolder()
const OPEN: IncidentWords = {
  kind: 'open',
  incident: 'btc-1',
  severity: 'warning',
  text: 'the mark is 8 % off',
}
const note = (text: string, incident = 'btc-1'): IncidentWords => ({ kind: 'note', incident, text })
const CLOSE: IncidentWords = { kind: 'close', incident: 'btc-1', text: 'the feed was corrected' }

let count = 0
/** A log with these entries, one second after the other. */
async function logOf(words: readonly IncidentWords[], options: { key?: { sign: never } | object } = {}) {
  const path = join(folder, `${++count}.jsonl`)
  for (const [i, each] of words.entries()) {
    await appendIncident({ path, words: each, now: NOW + i, ...(options as object) })
  }
  return path
}
const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n')
const verified = (lines: readonly string[], trust = {}): Promise<VerifiedLog> =>
  verifyLog(lines.map((line) => `${line}\n`).join(''), 'log', trust)
const failing = async (lines: readonly string[], trust = {}) =>
  (await verified(lines, trust)).report.checks.filter(({ valid }) => !valid).map(({ id }) => id)
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing thrown',
    (error: { code?: string }) => error.code,
  )

describe('a log of incidents (incident.1)', () => {
  test('opens, notes and closes, and its head names all of it', async () => {
    const path = await logOf([OPEN, note('seen at two other venues'), CLOSE, note('cause: a stuck feed')])
    const { report, incidents } = await verifyLog(await readLogText(path), path)
    expect(report).toMatchObject({ valid: true, entries: 5, exitCode: 0, head: { number: 4 } })
    expect(incidents).toMatchObject([{ incident: 'btc-1', openedAt: NOW, closedAt: NOW + 2 }])
    expect(incidents[0]!.entries.map(({ kind }) => kind)).toEqual(['open', 'note', 'close', 'note'])
    expect(parseHead(formatHead(report.head))).toEqual(report.head)
    expect(() => parseHead('4:12')).toThrow(/not the head of a log/)
  })

  test('what cannot be said is refused, and the file stays as it was', async () => {
    const path = await logOf([OPEN, CLOSE])
    const before = readFileSync(path)
    const refused: [IncidentWords, number][] = [
      [OPEN, NOW + 9],
      [CLOSE, NOW + 9],
      [note('of another', 'eth-1'), NOW + 9],
      [note('before it'), NOW - 9],
      [{ ...OPEN, incident: 'Not A Name' }, NOW + 9],
    ]
    for (const [words, now] of refused) {
      expect(await codeOf(appendIncident({ path, words, now })), words.text).toBe('INCIDENT_ENTRY')
    }
    expect(await codeOf(appendIncident({ path: join(folder, 'none'), words: CLOSE, now: NOW }))).toBe(
      'INCIDENT_LOG',
    )
    expect(existsSync(join(folder, 'none'))).toBe(false)
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  test('a log keeps who may read it, and is never written through a link', async () => {
    const path = await logOf([OPEN])
    chmodSync(path, 0o640)
    await appendIncident({ path, words: CLOSE, now: NOW + 9 })
    expect(statSync(path).mode & 0o777).toBe(0o640)
    symlinkSync(path, join(folder, 'link'))
    const through = appendIncident({ path: join(folder, 'link'), words: note('x'), now: NOW + 9 })
    expect(await codeOf(through)).toBe('FILE_SYMLINK')
  })
})

describe('what was done to a log shows (incident.2)', () => {
  const WORDS = [OPEN, note('one'), note('two'), note('three'), CLOSE]

  test('lines removed, moved, repeated, edited, added or of another log', async () => {
    const lines = linesOf(await logOf(WORDS))
    const other = linesOf(await logOf(WORDS))
    expect(await failing(lines)).toEqual([])
    const changed = (at: number, from: string, to: string) =>
      lines.map((line, i) => (i === at ? line.replace(from, to) : line))
    const cases: [string, string[], string[]][] = [
      ['one removed', lines.toSpliced(2, 1), ['chain']],
      ['the opening removed', lines.toSpliced(1, 1), ['chain', 'story']],
      ['two moved', lines.with(2, lines[3]!).with(3, lines[2]!), ['chain', 'story']],
      ['one repeated', lines.toSpliced(3, 0, lines[2]!), ['chain']],
      ['a word edited', changed(2, 'one', 'One'), ['chain']],
      ['a time edited', changed(3, `${NOW + 2}`, `${NOW + 1}`), ['chain']],
      ['one of another log', lines.with(3, other[3]!), ['chain']],
      ['the end of another log', [...lines.slice(0, 3), ...other.slice(3)], ['chain']],
      ['two logs', [...lines, ...other], ['chain', 'story']],
      ['a space more', changed(2, '{', '{ '), ['lines']],
      ['fields in another order', lines.with(2, reordered(lines[2]!)), ['lines']],
      ['a field more', changed(2, '"kind"', '"x":1,"kind"'), ['lines']],
      ['an empty line', lines.toSpliced(2, 0, ''), ['lines']],
      ['no JSON', lines.with(4, 'removed'), ['lines']],
      ['a secret', changed(2, 'one', `key 0x${'ab'.repeat(32)}`), ['lines']],
    ]
    for (const [what, given, found] of cases) {
      const { report } = await verified(given)
      expect([what, report.checks.filter(({ valid }) => !valid).map(({ id }) => id)]).toEqual([what, found])
      expect(report.exitCode, what).toBe(1)
    }
    const torn = await verifyLog(lines.join('\n'), 'log')
    expect(torn.report.valid).toBe(false)
    await expect(verified(lines.slice(1))).rejects.toThrow(/not a log of incidents/)
    await expect(verified([])).rejects.toThrow(/not a log of incidents/)
  })

  test('an entry of the future shows, and a clock that differs by minutes is none', async () => {
    const lines = linesOf(await logOf(WORDS))
    expect(await failing(lines, { now: NOW + 4 - 600 })).toEqual([])
    expect(await failing(lines, { now: NOW + 4 - 601 })).toEqual(['story'])
  })

  test('an end that is cut off, or a log written anew, shows by a head that was noted, and by nothing else', async () => {
    const path = await logOf(WORDS)
    const lines = linesOf(path)
    const { report } = await verified(lines)
    const heads = [report.head]
    expect((await verified(lines, { heads })).report).toMatchObject({ valid: true, boundTo: 5 })
    // Cut off and written anew are logs by themselves: this is what a chain of hashes cannot show.
    expect(await failing(lines.slice(0, 3))).toEqual([])
    const anew = linesOf(await logOf([OPEN, note('nothing'), note('happened'), note('here'), CLOSE]))
    expect(await failing(anew)).toEqual([])
    expect((await verified(anew)).report.notChecked[0]).toContain('written anew')
    expect((await verified(anew)).report).not.toHaveProperty('boundTo')
    expect(await failing(lines.slice(0, 3), { heads })).toEqual(['head 5'])
    expect(await failing(anew, { heads })).toEqual(['head 5'])
    // What comes after a head is bound by the next one.
    const early = { heads: [(await verified(lines.slice(0, 3))).report.head] }
    expect(await failing(lines, early)).toEqual([])
    expect(await failing(lines.slice(0, 4), early)).toEqual([])
    expect(await failing([...lines.slice(0, 1), ...anew.slice(1)], early)).toEqual(['chain', 'head 2'])
  })

  test('a signature binds everything before it to its key, and an end that is not signed is refused', async () => {
    const keys = [join(folder, 'key-1.json'), join(folder, 'key-2.json')]
    const [signer, stranger] = [await createSigningKey(keys[0]!), await createSigningKey(keys[1]!)]
    const [key, theirs] = [await readSigningKey(keys[0]!), await readSigningKey(keys[1]!)]
    const path = await logOf(WORDS, { key })
    const lines = linesOf(path)
    expect((await verified(lines, { signer })).report).toMatchObject({ valid: true, boundTo: 5 })
    expect(await failing(lines, { signer: stranger })).toEqual(['signatures'])
    // Without the key nothing before a signature can be written anew, though the hashes are right again.
    const forged = linesOf(await logOf(WORDS, { key: theirs }))
    expect(await failing(forged, { signer })).toEqual(['signatures'])
    const claimed = forged.map((line) => line.replace(stranger, signer))
    expect(await failing(claimed, { signer })).toEqual(['chain', 'signatures'])
    const stripped = linesOf(await logOf(WORDS))
    expect(await failing(stripped, { signer })).toEqual(['signatures'])
    // An unsigned entry behind them could be anybody's.
    await appendIncident({ path, words: note('later'), now: NOW + 20 })
    expect(await failing(linesOf(path), { signer })).toEqual(['signatures'])
    expect(await failing(linesOf(path))).toEqual([])
    // A cut at a signed entry is not seen: that takes a head.
    expect(await failing(lines.slice(0, 3), { signer })).toEqual([])
    expect((await verified(lines, { signer })).report.notChecked[0]).toContain('cut off')
  })
})

test('a report of one incident has what was said of it long after, and no more than an hour of the rest (incident.5)', async () => {
  const path = await logOf([OPEN, CLOSE])
  const words = note('cause: a stuck feed')
  await appendIncident({ path, words, now: NOW + 86_400 })
  await appendIncident({ path, words: { ...OPEN, incident: 'eth-1' }, now: NOW + 86_401 })
  const log = await verifyLog(await readLogText(path), path)
  const fund = { contract: 'insuranceFund', block: 1, transaction: '0x' as const }
  const paid = (at: number) => ({
    ...{ ...fund, at, name: 'PaidOut' },
    args: {
      beneficiary: '0x<b>',
      epoch: '\u202e7',
      token: '0x',
      to: '0x',
      amount: 1n,
      drawn: 1n,
      reason: '0x',
    },
  })
  const tripped = {
    ...{ ...fund, contract: 'circuitBreaker', name: 'Tripped', at: NOW },
    args: { scope: '<script>alert(1)</script>', cause: 77, level: 1 },
  }
  const events = [tripped, paid(NOW + 1), paid(NOW + 86_400)]
  const watch = [{ at: NOW, source: 'alert' as const, what: '\u001b[2J<img src=x onerror=alert(1)>\u202e' }]
  const report = incidentReport({ log, chain: { events, levels: [] }, watch, incident: 'btc-1' })
  expect(report.timeline.filter(({ source }) => source === 'log').map(({ at }) => at - NOW)).toEqual([
    0, 1, 86_400,
  ])
  expect(report.paid.map(({ at }) => at - NOW)).toEqual([1])
  expect(report.timeline.some(({ what }) => what.includes('a cause with the number 77'))).toBe(true)
  // That epochs are named by events alone is said.
  expect(report.notChecked.join()).toContain('none was opened here')
  const page = incidentPage(report)
  for (const mark of ['<script', '<img', '\u001b', '\u202e']) expect(page).not.toContain(mark)
  expect(page).toContain('&lt;script&gt;')
})

describe('what others must not read is taken into no log (incident.3)', () => {
  const SECRETS: [string, string][] = [
    ['a key', `0x${'4f'.repeat(32)}`],
    ['a key without 0x', '4f'.repeat(32)],
    ['a salt', '7'.repeat(70)],
    ['an address of e-mail', 'jane.doe@example.com'],
    ['a password in a URL', 'https://user:pass@node.example/'],
    ['a key in a URL', 'https://node.example/?apikey=abc'],
    ['a token in a URL', 'https://node.example/v3/9aa3d95b3bc440fa88ea12eaa4456161'],
    ['PEM', '-----BEGIN PRIVATE KEY-----'],
    ['a bank account', 'DE89 3704 0044 0532 0130 00'],
    ['a character that does not show', 'a\u202eb'],
    ['two lines', 'a\nb'],
    ['too much', 'word '.repeat(500).trim()],
  ]
  test('secrets are refused in every text, and the refusal does not repeat them', async () => {
    const path = await logOf([OPEN])
    for (const [what, secret] of SECRETS) {
      for (const words of [note(`see ${secret}`), { ...note('x'), epoch: secret }]) {
        const refusal = await appendIncident({ path, words, now: NOW + 9 }).catch((error: unknown) => error)
        expect(refusal, what).toMatchObject({ code: 'INCIDENT_ENTRY' })
        expect((refusal as Error).message, what).not.toContain(secret)
      }
    }
    expect(linesOf(path)).toHaveLength(2)
    // Controls: what is public passes, hashes in fields of their own too.
    const fields = {
      transaction: `0x${'4f'.repeat(32)}`,
      epoch: '2026-11-30',
      file: { name: 'trace.json', sha256: '4f'.repeat(32) },
    }
    for (const words of [
      note('from 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 at block 23456789, price 104231.55'),
      { ...note('see https://status.venue.example/incidents/2026-11-30'), ...fields },
      note('plimsoll_mark_deviation_ratio of ledger-tiny-stress was 0.14'),
    ]) {
      await appendIncident({ path, words, now: NOW + 9 })
    }
    expect(linesOf(path)).toHaveLength(5)
  })

  test('names of accounts of the books are refused, however they are written', async () => {
    const path = await logOf([OPEN])
    const accounts = join(folder, 'accounts.csv')
    writeFileSync(
      accounts,
      'account_id,instrument,quantity\ndesk-000001,BTC,1\n"say ""so""",BTC,1\nxy,BTC,2\n',
    )
    const refusal = (text: string) =>
      codeOf(appendIncident({ path, words: note(text), now: NOW + 9, accounts }))
    expect(await refusal('asked desk-000001 to wait')).toBe('INCIDENT_ENTRY')
    expect(await refusal('asked DESK-000001')).toBe('INCIDENT_ENTRY')
    expect(await refusal('they say "so"')).toBe('INCIDENT_ENTRY')
    expect(await refusal('asked desk-000002 in the galaxy')).toBe('nothing thrown')
  })
})

describe('an entry is written whole, one after the other (incident.4)', () => {
  const HELPER = fileURLToPath(new URL('../../helpers/incident-process.ts', import.meta.url))
  const writer = (path: string, name: string, entries: number) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', HELPER, path, name, `${entries}`])

  test('two writers at once and one that is killed in the middle leave every entry that was acknowledged, once', async () => {
    const path = await logOf([OPEN])
    const killed = execFile(process.execPath, ['--import', 'tsx', HELPER, path, 'killed', '100000'])
    let said = ''
    killed.stdout!.on('data', (chunk) => {
      said += chunk
    })
    const others = [writer(path, 'one', 12), writer(path, 'two', 12)]
    while (said.split('\n').length < 5) await setTimeout(5)
    killed.kill('SIGKILL')
    const outputs = await Promise.all(others)
    await appendIncident({ path, words: note('after the kill'), now: NOW + 99 })
    const { report, incidents } = await verifyLog(await readLogText(path), path)
    expect(report.valid).toBe(true)
    const texts = incidents[0]!.entries.map(({ text }) => text)
    const told = [said, ...outputs.map(({ stdout }) => stdout)]
      .join('')
      .split('\n')
      .filter((line) => line !== '')
    expect(told.length).toBeGreaterThanOrEqual(28)
    for (const line of told) expect(texts.filter((text) => text === line)).toEqual([line])
    // An entry whose writer was killed before it could tell may be there, and no second one.
    expect(texts.length - told.length - 2).toBeLessThanOrEqual(1)
  })

  test('what another program added without an end is not gone on from', async () => {
    const path = await logOf([OPEN])
    appendFileSync(path, '{"entry":{"kind":"note"')
    expect(await codeOf(appendIncident({ path, words: note('x'), now: NOW + 9 }))).toBe('INCIDENT_LOG')
  })
})

/** The same line with its fields in another order. */
function reordered(line: string): string {
  const { entry } = JSON.parse(line)
  return JSON.stringify({ entry: Object.fromEntries(Object.entries(entry).reverse()) })
}
