import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { audit, auditPage } from '../../../src/audit/index.js'
import { layOut } from '../../../src/cli/terminal/layout.js'
import { inclusionView } from '../../../src/cli/views/inclusion.js'
import { type OpenedPlace, parseExternal, settlementReport } from '../../../src/epoch/index.js'
import {
  type Inclusion,
  parseInclusion,
  verifyInclusion,
  withStatement,
} from '../../../src/inclusion/index.js'
import { folderSource } from '../../../src/inputs/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import {
  CUSTOMER_LINES,
  openedFolder,
  type SettledCustomer,
  settledCustomer,
} from '../../helpers/settled-customer.js'

let made: SettledCustomer
let now: OpenedPlace
let before: OpenedPlace
let file: Inclusion
beforeAll(async () => {
  made = await settledCustomer(temporaryFolder())
  now = await openedFolder(made.after, made.pins)
  before = await openedFolder(made.before, made.pins)
  file = parseInclusion(readFileSync(made.file, 'utf8'), made.file)
})

const told = (shown = file, later = now) =>
  withStatement(verifyInclusion(shown, later.opened), shown, later, [before], { pins: made.pins })

describe('the statement of account of a customer’s file', () => {
  test('names the SHA-256 of the bytes of each settlement.json, and why to compare it (settlement.59)', async () => {
    const path = join(made.after, 'settlement', 'settlement.json')
    const bytes = readFileSync(path)
    const digest = createHash('sha256').update(bytes).digest('hex')
    const report = await told()
    expect(report.statement).toMatchObject({
      ...{ verdict: 'adds up', lines: CUSTOMER_LINES, differences: [] },
      settlements: [{ previous: '2026-01', epoch: '2026-02', sha256: digest }],
    })
    const compare = 'Compare each SHA-256 of settlement.json with the one that others see'
    const shown = layOut(inclusionView(report), 200)
    expect(shown).toContain(`SHA-256 of settlement.json, epoch 2026-01 to epoch 2026-02: ${digest}`)
    expect(shown).toContain(compare)
    // Of the very bytes: the same values, written otherwise, are another file.
    writeFileSync(path, `${bytes.toString()} `)
    try {
      const other = (await told()).statement!
      expect(other.verdict).toBe('adds up')
      expect(other.settlements[0]!.sha256).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'))
      expect(other.settlements[0]!.sha256).not.toBe(digest)
    } finally {
      writeFileSync(path, bytes)
    }
    // Of a file that hides a row, it is the same settlement.
    const [step] = file.settlements!
    const rows = step!.rows.filter(({ reason }) => reason !== 'fees')
    const hidden = (await told({ ...file, settlements: [{ ...step!, rows }] })).statement!
    expect(hidden).toMatchObject({
      verdict: 'does not add up',
      differences: [{ instrument: 'USDT', epoch: '2026-02', quantity: '-9.7' }],
      settlements: [{ sha256: digest }],
    })
  })

  test('names none of a settlement that does not hold (settlement.59)', async () => {
    const path = join(made.after, 'settlement', 'settlement.json')
    const bytes = readFileSync(path)
    const { roots, ...rest } = JSON.parse(bytes.toString())
    writeFileSync(path, JSON.stringify({ ...rest, roots: { ...roots, fees: '5' } }))
    try {
      const { statement, verdict } = await told()
      expect([verdict, statement!.verdict, statement!.settlements]).toEqual(['included', 'cannot tell', []])
      expect(statement!.words.join(' ')).not.toContain('Compare each')
    } finally {
      writeFileSync(path, bytes)
    }
  })
})

describe('what is shown of an instrument that the later table has no more (settlement.45)', () => {
  const external = () => JSON.parse(readFileSync(join(made.afterPrivate, 'external.json'), 'utf8'))
  const report = (shown: object) =>
    settlementReport(now, before, { pins: made.pins }, parseExternal(JSON.stringify(shown), 'external.json'))

  test('is in the file that the venue gets, and opens what the settlement commits to', async () => {
    const withdrawn = { deposits: '0', withdrawals: '5.25', fees: '0' }
    expect(external().amounts.ETH).toEqual(withdrawn)
    const found = (await report(external()))!
    expect(found.checks.filter(({ valid }) => !valid)).toEqual([])
    expect(found.flows).toEqual({ USDT: { deposits: '250', withdrawals: '50', fees: '9.7' }, ETH: withdrawn })
  })

  test.each([
    ['left out', { ETH: undefined }, /does not open/],
    ['less of it', { ETH: { deposits: '0', withdrawals: '5', fees: '0' } }, /does not open/],
    ['of no table', { DOGE: { deposits: '1', withdrawals: '0', fees: '0' } }, /can be deposited/],
  ])('is refused %s', async (_, change, reason) => {
    const { amounts, ...rest } = external()
    const { valid, flows, checks } = (await report({ ...rest, amounts: { ...amounts, ...change } }))!
    expect([valid, flows]).toEqual([false, undefined])
    expect(checks.find(({ id }) => id === 'settlement-external')!.detail).toMatch(reason)
  })

  test('is in the report of an audit and on its page, without a value at a mark that nobody has', async () => {
    const options = { pins: made.pins, development: true, version: '0', external: external() }
    const audited = await audit(folderSource(made.after), { ...options, previous: folderSource(made.before) })
    expect(audited.settlement!.flows!.map(({ symbol, value }) => [symbol, value])).toEqual([
      ['USDT', { deposits: '250', withdrawals: '50' }],
      ['ETH', undefined],
    ])
    const page = auditPage(audited)
    expect(page).toContain('There is no mark of ETH at 2026-02, and no bar.')
    expect(page).toContain('<td>ETH</td><td class="number">0</td><td class="number">5.25</td>')
  })
})
