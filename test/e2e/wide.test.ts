import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ledgerArgs, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'

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
