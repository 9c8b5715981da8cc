import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RISK, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { plimsoll, start, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()
function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const check = (accounts: string, risk: string, ...more: string[]) =>
  plimsoll('ledger', 'check', '--accounts', accounts, '--risk', risk, ...more)

const TIME = ['--timestamp', '1767225600']
const TEN = `"[${Array.from({ length: 10 }, (_, i) => `${i}0000-${i + 1}0000:${100 - 10 * i}`)
  .join()
  .replace('00000-', '0-')}]"`
const TIERS = `symbol,usdt_price,loan_tiers_ratio,margin_tiers_ratio,portfolio_tiers_ratio
btc,65100.22000000,${TEN},${TEN},${TEN}
shib,0.00001797,"","",""`
const WIDE = ['btc', 'shib'].flatMap((x) => [`e_${x}`, `d_${x}`, x, `vl_${x}`, `m_${x}`, `pm_${x}`])
const id = (number: number) => number.toString(16).padStart(64, '0')
const PLEDGES = `${[
  ['rn', 'id', ...WIDE, 'total_net_balance_usdt'],
  [0, id(0), 2.5, '1.5', '1.0', '1.0', 0.5, 1, 100.25, 0, 100.25, 0, 0, 0, '0.0'],
  [1, id(1), '0.5', '0.5', '0.0', '0.5', '0.25', '0.0', 0, 0, 0, 0, 0, 0, '0.0'],
  [2, id(2), 5, 1, 4, '0.1', 0, 0, 10, 0, 10, 0, 0, '10.01', '0.0'],
  [3, id(3), 0, 0, 0, 0, 0, 0, '12.34', '0.0', '12.34', 10, 0, 0, '0.0'],
]
  .map((row) => row.join())
  .join('\r\n')}\r\n`

describe('ledger check, against a tier table (cli.10)', () => {
  test('names exactly the invalid accounts, and why', async () => {
    const run = await check(write('pledges.csv', PLEDGES), write('tiers.csv', TIERS), ...TIME, '--json')
    expect(run.code, run.stderr).toBe(1)
    const report = JSON.parse(run.stdout)
    expect(report).toMatchObject({ accounts: 4, valid: false, invalid: 2, quote: 'USDT' })
    expect(report.findings).toMatchObject([
      {
        account: id(1),
        line: 3,
        reason: 'collateral above equity',
        instrument: 'btc',
        amounts: { equity: '0.5', collateral: '0.75' },
      },
      {
        account: id(2),
        line: 4,
        reason: 'collateral above equity',
        instrument: 'shib',
        amounts: { equity: '10', collateral: '10.01' },
      },
      {
        account: id(2),
        line: 4,
        reason: 'debt above haircut collateral',
        amounts: { debt: '65100.22', collateral: '6510.022' },
      },
    ])
    expect(report.totals.btc).toEqual({
      long: '8',
      short: '3',
      pledged: { loan: '1.6', margin: '0.75', portfolio: '1' },
    })
    expect(run.stderr).not.toContain(id(1).slice(-20))
  })

  test('shows them as a table too', async () => {
    const run = await check(write('pledges.csv', PLEDGES), write('tiers.csv', TIERS), ...TIME)
    expect(run.code, run.stderr).toBe(1)
    expect(run.stdout).toMatch(new RegExp(`✗ +3 +${id(1)} +collateral above equity +btc +equity 0\\.5 btc`))
    expect(run.stdout).toContain('4 accounts: 2 valid, 2 invalid\nINVALID')
  })

  test('stops at a list of tiers that is malformed, with its line and column', async () => {
    const tiers = write('gap.csv', TIERS.replace('10000-20000', '11000-20000'))
    const run = await check(write('pledges.csv', PLEDGES), tiers, ...TIME, '--json')
    expect(run.code).toBe(2)
    const { error } = JSON.parse(run.stdout)
    expect(error.code).toBe('TIERS_GAP')
    expect(error.where).toBe(`${tiers}:2, column loan_tiers_ratio`)
    expect(error.hint).toMatch(/starts at 0/)
  })
})

describe('ledger check, against a risk table (cli.10)', () => {
  test('finds a ledger valid, with its totals', async () => {
    const files = writeVenue(folder)
    const run = await check(files.accounts, files.risk, '--json')
    expect(run.code, run.stderr).toBe(0)
    const report = JSON.parse(run.stdout)
    expect(report).toMatchObject({ format: 'tidy', accounts: 7, valid: true, invalid: 0, findings: [] })
    expect(report.totals).toEqual({
      BTC: { long: '4.88596562', short: '0' },
      ETH: { long: '65.37464747', short: '0' },
      USDT: { long: '2380701.123497', short: '0' },
    })
  })

  test('warns of accounts that a scenario leaves below zero, and fails for one that is below zero now', async () => {
    const values = { BTC: { long: '48500', short: '145500' }, ETH: '3300.5', USDT: '1' }
    const risk = write('stressed.json', JSON.stringify({ ...RISK, scenarios: [{ name: 'squeeze', values }] }))
    const rows = ['account_id,instrument,quantity', 'desk-7,USDT,100000', 'desk-7,BTC,-1']
    const warned = await check(write('accounts.csv', rows.join('\n')), risk, '--json')
    expect(warned.code, warned.stderr).toBe(0)
    const report = JSON.parse(warned.stdout)
    expect(report).toMatchObject({ accounts: 1, valid: true, invalid: 0, underwater: 1 })
    expect(report.scenarios).toMatchObject([{ name: 'squeeze', accounts: 1, shortfall: '45500' }])
    expect(report.findings).toMatchObject([
      {
        account: 'desk-7',
        line: 2,
        severity: 'warning',
        reason: 'equity below zero in squeeze',
        amounts: { equity: '-45500', shortfall: '45500' },
      },
    ])
    const failed = await check(write('accounts.csv', [...rows, 'desk-8,ETH,-2'].join('\n')), risk)
    expect(failed.code).toBe(1)
    expect(failed.stdout).toMatch(/✗ +4 +desk-8 +equity below zero at mark/)
    expect(failed.stdout).toMatch(/! +2 +desk-7 +equity below zero in squeeze/)
    expect(failed.stdout).toContain('2 accounts: 1 valid, 1 invalid, 2 below zero in some scenario')
    expect(failed.stderr).not.toMatch(/desk-/)
  })

  test('shows an identifier that would turn the line around by its code points', async () => {
    const files = writeVenue(folder)
    const accounts = write('turned.csv', 'account_id,instrument,quantity\na\u202eb,BTC,x\n')
    const run = await check(accounts, files.risk)
    expect(run.code).toBe(1)
    expect(run.stdout).toContain('a\\u{202e}b')
    expect(run.stdout).not.toContain('\u202e')
    const json = JSON.parse((await check(accounts, files.risk, '--json')).stdout)
    expect(json.findings).toMatchObject([
      { account: 'a\u202eb', code: 'LEDGER_ACCOUNT_ID', column: 'account_id' },
      { account: 'a\u202eb', code: 'DECIMAL_SYNTAX', column: 'quantity' },
    ])
  })

  test('says what is missing to prove an account of 65 slots, names it, and ends with 1 (cli.21)', async () => {
    const symbols = Array.from({ length: 65 }, (_, i) => `T${i}`)
    const instruments = symbols.map((symbol) => ({ symbol, kind: 'spot', decimals: 8, mark: '1' }))
    const risk = write('wide.json', JSON.stringify({ ...RISK, instruments, scenarios: [] }))
    const rows = [
      'account_id,instrument,quantity',
      'small,T0,1',
      ...symbols.map((symbol) => `whale,${symbol},1`),
    ]
    const accounts = write('whale.csv', `${rows.join('\n')}\n`)
    const narrow = ['--instance', 'ledger-4-16', 'ledger-64-18']
    const run = await check(accounts, risk, ...narrow)
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(
      /1 account has slots that no instance for this risk table has room for\s+INVALID/,
    )
    expect(run.stdout).toMatch(/3 .*whale/)
    const report = JSON.parse((await check(accounts, risk, ...narrow, '--json')).stdout)
    expect(report).toMatchObject({
      accounts: 2,
      valid: false,
      invalid: 1,
      provable: false,
      findings: [{ code: 'LEDGER_SLOTS', line: 3 }],
    })
    expect((await check(accounts, risk)).code, 'the control').toBe(0)
    for (const command of [['plan'], ['ledger', 'prove', '--out', folder, '--venue', 'V', '--epoch', '1']]) {
      const books = ['--accounts', accounts, '--risk', risk, ...narrow, '--json']
      const { code, stdout } = await plimsoll(...command, ...books)
      expect([code, JSON.parse(stdout).error]).toMatchObject([
        2,
        { code: 'LEDGER_SLOTS', where: `${accounts}:3` },
      ])
    }
  })

  test('names an instrument that the table does not have, with its line and account', async () => {
    const accounts = write('unknown.csv', 'account_id,instrument,quantity\nalice,BTC,1\nalice,DO\u202eGE,1\n')
    const run = await check(accounts, write('risk-unknown.json', JSON.stringify(RISK)))
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(/✗ +3 +alice +not an instrument of the risk table +DO\\u\{202e\}GE/)
  })

  test.each([
    ['of the future', 4_102_444_800, /marks of 2100-01-01T00:00:00Z, \d+ days in the future/],
    ['of 1970', 0, /marks of 1970-01-01T00:00:00Z, \d+ days old/],
  ])('says of prices %s that they are (risk.13)', async (_, timestamp, note) => {
    const files = writeVenue(folder)
    const run = await check(files.accounts, write('when.json', JSON.stringify({ ...RISK, timestamp })))
    expect(run.stderr).toMatch(note)
    expect(run.code).toBe(0)
  })

  test('reads standard input, and says so in its messages (cli.9)', async () => {
    const files = writeVenue(folder)
    const piped = async (text: string) => {
      const { child, ended } = start(
        ['ledger', 'check', '--accounts', '-', '--risk', files.risk, '--json'],
        {},
        { stdin: 'pipe' },
      )
      child.stdin!.end(text)
      return ended
    }
    const run = await piped(readFileSync(files.accounts, 'utf8'))
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({ accounts: 7, valid: true })
    const bad = await piped('account_id,instrument\n')
    expect(JSON.parse(bad.stdout).error.where).toBe('standard input:1')
  })

  test.each(['0', '-1', '1e3', 'all'])('refuses a limit of %s', async (limit) => {
    const files = writeVenue(folder)
    const run = await check(files.accounts, files.risk, `--limit=${limit}`, '--json')
    expect(run.code).toBe(2)
    expect(JSON.parse(run.stdout).error.code).toBe('USAGE')
  })
})
