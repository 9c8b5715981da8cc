import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { formatJson } from '../../src/schema/index.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { externalFile, type Pair, PINS, samplePair, settledFiles } from '../helpers/settled.js'

const folder = temporaryFolder()
const at = (...path: string[]) => join(folder, ...path)

function write(name: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(at(name, path)), { recursive: true })
    writeFileSync(at(name, path), text)
  }
}

/** A command over these folders, its report, and what fails in it. */
async function verified(...args: string[]) {
  const run = await plimsoll(...args, '--pins', at('pins.json'), '--json')
  const report = JSON.parse(run.stdout)
  const list: { id: string; valid?: boolean; outcome?: string }[] = report.checks ?? report.procedures ?? []
  const failed = list.filter(({ valid, outcome }) => valid === false || outcome === 'exception')
  return { code: run.code, report, failed: failed.map(({ id }) => id) }
}

let pair: Pair
beforeAll(async () => {
  pair = await samplePair()
  const files = settledFiles(pair)
  write('epoch', pair.beforeFiles)
  write('epoch-2', files)
  write('alone', pair.now.files)
  write('lies', settledFiles(pair, { signals: { accountsBefore: 5n } }))
  writeFileSync(at('pins.json'), formatJson({ schema: 'plimsoll/pins/2', keys: PINS }))
  writeFileSync(at('external.json'), formatJson(externalFile(files)))
})

test('settlement verify says what follows, and opens deposits, withdrawals and fees (settlement.42)', async () => {
  const { code, report, failed } = await verified(
    ...['settlement', 'verify', at('epoch-2'), '--previous', at('epoch'), '--external', at('external.json')],
  )
  expect([code, failed, report.valid, report.previous]).toEqual([0, [], true, '2026-01'])
  expect(report.flows.USDC).toEqual({ deposits: '0.0007', withdrawals: '0.0005', fees: '0.00003' })
  const shown = await plimsoll(
    ...['settlement', 'verify', at('epoch-2'), '--previous', at('epoch'), '--pins', at('pins.json')],
  )
  expect(shown.code).toBe(0)
  expect(shown.stdout).toMatch(/chunks +3 proofs verify/)
  expect(shown.stdout).toContain('is the sum of its rows')
  expect(shown.stdout).toContain(report.settlementSha256)
  expect(shown.stdout.trimEnd().endsWith('HOLDS')).toBe(true)
})

test('what does not hold ends with 1, a key that is not pinned with 3, and no settlement with 2 (settlement.42)', async () => {
  const lies = await verified('settlement', 'verify', at('lies'), '--previous', at('epoch'))
  expect([lies.code, lies.failed, lies.report.shown]).toEqual([1, ['settlement-proof'], []])
  const reversed = await verified('settlement', 'verify', at('epoch-2'), '--previous', at('epoch-2'))
  expect([reversed.code, reversed.failed.includes('settlement-epochs')]).toEqual([1, true])
  const { 'weigh-tiny': _, ...keys } = PINS
  writeFileSync(at('few.json'), formatJson({ schema: 'plimsoll/pins/2', keys }))
  const args = ['settlement', 'verify', at('epoch-2'), '--previous', at('epoch')]
  expect((await plimsoll(...args, '--pins', at('few.json'))).code).toBe(3)
  expect((await plimsoll(...args, '--pins', at('pins.json'), '--production')).code).toBe(3)
  const none = await plimsoll(
    'settlement',
    'verify',
    at('alone'),
    '--previous',
    at('epoch'),
    '--pins',
    at('pins.json'),
  )
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('SETTLEMENT_MISSING')])
})

test('verify and audit take it with the epoch before, and say that it is not checked without (settlement.42)', async () => {
  const alone = await verified('verify', at('epoch-2'))
  expect([alone.code, alone.report.valid]).toEqual([0, true])
  expect(alone.report.notes.join()).toContain('settlement: not checked')
  expect(JSON.stringify(alone.report.shown ?? [])).not.toContain('sum of its rows')
  const both = await verified('verify', at('epoch-2'), '--previous', at('epoch'))
  expect([both.code, both.failed]).toEqual([0, []])
  expect(both.report.shown.join()).toContain('is the sum of its rows')
  expect((await verified('verify', at('lies'), '--previous', at('epoch'))).failed).toEqual([
    'settlement-proof',
  ])
  const without = await verified('verify', at('alone'), '--previous', at('epoch'))
  expect([without.code, without.report.notes.join()]).toEqual([0, expect.stringContaining('there is none')])
  const audited = await verified(
    ...[
      'audit',
      at('epoch-2'),
      '--previous',
      at('epoch'),
      '--external',
      at('external.json'),
      '--development',
    ],
    ...['--report', at('audit.html')],
  )
  expect([audited.code, audited.failed]).toEqual([0, []])
  expect(readFileSync(at('audit.html'), 'utf8')).toContain('What moved between 2026-01 and 2026-02')
})
