import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { ledgerArgs, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { plimsoll, start, temporaryFolder } from '../helpers/cli.js'

const HEADER = ['BTC', 'USDT'].flatMap((x) => [`e_${x}`, `d_${x}`, x, `vl_${x}`, `m_${x}`, `pm_${x}`])

test('the wide exchange format goes through to a verified epoch, with a note on the columns that are not used (cli.9)', async () => {
  const folder = temporaryFolder()
  const files = writeVenue(folder, { BTC: '3', USDT: '150.5' })
  const rows = [
    `rn,id,${HEADER.join(',')},total_net_balance_usdt`,
    '1,aa11,1,0,1,0,0,0,100.25,0,100.25,0,0,0,97100.25',
    '2,bb22,2.0,0.0,2,0,0,0,50.25000000,0,50.25,0,0,0,194050.25',
  ]
  writeFileSync(files.accounts, rows.join('\r\n'))
  const out = join(folder, 'epoch')
  const ledger = await plimsoll(...ledgerArgs(files, out), '--json')
  expect(ledger.code, ledger.stderr).toBe(0)
  expect(JSON.parse(ledger.stdout)).toMatchObject({ accounts: 2 })
  expect(ledger.stderr).toMatch(/note: .*(vl_|collateral)/)
  const solvency = await plimsoll('solvency', 'prove', '--epoch', out, '--reserves', files.reserves)
  expect(solvency.code, solvency.stderr).toBe(0)
  expect((await plimsoll('verify', out)).code).toBe(0)
})

test('a debt in the wide format is refused where there is no scenario to judge it by (epoch.7)', async () => {
  const folder = temporaryFolder()
  const files = writeVenue(folder)
  writeFileSync(files.accounts, `rn,id,${HEADER.join(',')},total\n1,aa11,1,0.5,0.5,0,0,0,0,0,0,0,0,0,1\n`)
  const run = await plimsoll(...ledgerArgs(files, join(folder, 'epoch')), '--json')
  expect(run.code).toBe(2)
  expect(JSON.parse(run.stdout).error.code).toBe('LEDGER_NEGATIVE')
})

test('accounts with prices are held to a table made from a list, through a pipe and compressed as well (cli.31, risk.14)', async () => {
  const folder = temporaryFolder()
  const risk = join(folder, 'table.json')
  const made = (...more: string[]) =>
    plimsoll('risk', 'table', '--from', 'examples/exchange/instruments.csv', '--out', risk, '--json', ...more)
  const at = ['--timestamp', '1767225600', '--quote', 'USDT']
  const table = await made(...at)
  expect(table.code, table.stderr).toBe(0)
  expect(JSON.parse(table.stdout)).toEqual({
    ...{ risk, timestamp: 1_767_225_600, quote: 'USDT', valueDecimals: 18, instruments: 5 },
  })
  expect(table.stderr).toMatch(/note: marks of 2026-01-01T00:00:00Z/)
  for (const [more, where] of [
    [['--timestamp', '1767225600000'], '--timestamp'],
    [[...at.slice(0, 2), '--quote', 'US D'], '--quote'],
  ] as const) {
    const refused = await made(...more, '--force')
    expect(refused.code).toBe(2)
    expect(JSON.parse(refused.stdout).error).toMatchObject({ code: 'USAGE', where })
  }

  const check = async (content: string) => {
    const { child, ended } = start(
      ['ledger', 'check', '--accounts', '-', '--risk', risk, '--json'],
      {},
      { stdin: 'pipe' },
    )
    child.stdin!.end(gzipSync(content))
    return ended
  }
  const accounts = readFileSync('examples/exchange/accounts-priced.csv', 'utf8')
  const checked = await check(accounts)
  expect(checked.code, checked.stderr).toBe(0)
  expect(JSON.parse(checked.stdout)).toMatchObject({ valid: true, accounts: 12, cut: 24 })
  expect(checked.stderr).toContain('cut off there: 24.')
  const lines = accounts.split('\n')
  const wrong = await check(
    lines.map((line, i) => (i === 7 ? line.replace(',3312.75,', ',3312.7,') : line)).join('\n'),
  )
  expect(wrong.code).toBe(2)
  expect(JSON.parse(wrong.stdout).error).toMatchObject({
    code: 'LEDGER_PRICE',
    where: 'standard input:8, column eth_usdt_price',
  })
})
