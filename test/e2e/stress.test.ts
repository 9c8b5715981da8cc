import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  ledgerArgs,
  STRESS_VENUE,
  type VenueFiles,
  writeStressVenue,
} from '../../scripts/soundness/samples/venue.js'
import { EPOCH_PATHS } from '../../src/epoch/index.js'
import { FULL_RESERVES } from '../../src/statements/index.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { says } from '../helpers/says.js'

const INSTANCES = ['ledger-tiny', 'ledger-tiny-stress']
/** What is over without a fund is the loan of 30,000 USDT at 0.99; carol lacks 63,599.505. */
const FUND = '34241.93'
const folder = temporaryFolder()
const epoch = join(folder, 'epoch')
const pins = join(folder, 'pins.json')
let files: VenueFiles

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
const prove = (reserves: string, ...more: string[]) =>
  plimsoll('solvency', 'prove', '--epoch', epoch, '--reserves', reserves, ...more)

beforeAll(async () => {
  files = writeStressVenue(folder, FUND)
  const setup = await plimsoll(
    'setup',
    'ledger-tiny-stress',
    'solvency-tiny-stress',
    '--pins',
    pins,
    '--json',
  )
  expect(setup.code, setup.stderr).toBe(0)
  const ledger = await plimsoll(...ledgerArgs(files, epoch, INSTANCES), '--json')
  expect(ledger.code, ledger.stderr).toBe(0)
  expect(JSON.parse(ledger.stdout)).toMatchObject({ accounts: 7, batches: 2 })
})

describe('a venue with loans, perps and options (solvency.5)', () => {
  test('C05: a fund too small for one scenario: says which and by how much, exit 1, no proof is written (solvency.12)', async () => {
    const before = readdirSync(epoch).sort()
    const thin = writeStressVenue(temporaryFolder(), '34241.92').reserves
    const run = await prove(thin, '--json')
    expect(run.code).toBe(1)
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code: 'SOLVENCY_SHORT',
      message: expect.stringMatching(/scenario BTC -50 %/),
      shortages: [{ scenario: 'BTC -50 %', quote: 'USD', missing: '0.0042' }],
    })
    const text = await prove(thin)
    expect(text.stderr).toMatch(/scenario BTC -50 % .* 0\.0042 USD/)
    expect(readdirSync(epoch).sort()).toEqual(before)
  })

  test('is solvent with a fund that is large enough, and everyone can check every scenario by its name (epoch.6)', async () => {
    const proven = await prove(files.reserves, '--json')
    expect(proven.code, proven.stderr).toBe(0)
    expect(JSON.parse(proven.stdout)).toMatchObject({
      verdict: 'solvent',
      scenarios: ['at mark', 'BTC -50 %'],
    })
    const run = await plimsoll('verify', epoch, '--pins', pins, '--json')
    expect(run.code, run.stderr).toBe(0)
    const { checks, valid } = JSON.parse(run.stdout)
    expect(valid).toBe(true)
    expect(checks.slice(-2)).toEqual([
      { id: 'scenario:at mark', valid: true, detail: expect.stringContaining('BTC 0 %') },
      { id: 'scenario:BTC -50 %', valid: true, detail: expect.stringContaining('BTC -50.51 % to USDT -1 %') },
    ])
    const manifest = readFileSync(join(epoch, 'manifest.json'), 'utf8')
    for (const file of ['manifest.json', 'solvency.json', 'policy.json', 'risk.json']) {
      expect(says(readFileSync(join(epoch, file), 'utf8'), '34241'), file).toBe(false)
    }
    expect(JSON.parse(manifest).parts.ledger.batches).toEqual([{ instance: 'ledger-tiny-stress', count: 2 }])
  })

  test('shows a customer a loan or a short as it is counted (inclusion.1)', async () => {
    const out = join(folder, 'erin.json')
    const args = ['--epoch', epoch, '--account', 'erin-9917', '--accounts', files.accounts, '--out', out]
    const exported = await plimsoll('inclusion', 'export', ...args)
    expect(exported.code, exported.stderr).toBe(0)
    const run = await plimsoll('inclusion', 'verify', out, '--epoch', epoch, '--pins', pins, '--json')
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({
      verdict: 'included',
      balances: [
        { instrument: 'BTC', quantity: '1' },
        { instrument: 'USDT', quantity: '-30000' },
      ],
    })
    const edited = readJson(out)
    edited.slots[1].quantity = '30000'
    const forged = join(folder, 'forged.json')
    writeFileSync(forged, JSON.stringify(edited))
    const refused = await plimsoll('inclusion', 'verify', forged, '--epoch', epoch, '--pins', pins)
    expect(refused.code).toBe(1)
  })

  test('proves again, keeping every proof (epoch.8)', async () => {
    const again = await plimsoll(...ledgerArgs(files, epoch, INSTANCES), '--json')
    expect(again.code, again.stderr).toBe(0)
    expect(JSON.parse(again.stdout)).toMatchObject({ batches: 2, kept: 2 })
  })
})

describe('verify refuses (epoch.2)', () => {
  type Risk = typeof STRESS_VENUE.risk
  const changes: Record<string, (risk: Risk) => unknown> = {
    'C19: a scenario milder than the proven one': ({ scenarios: [mark, crash], ...rest }) => ({
      ...rest,
      scenarios: [mark, { ...crash, values: { ...crash!.values, BTC: { long: '47000', short: '49000' } } }],
    }),
    'N13: a scenario under another name': ({ scenarios: [mark, crash], ...rest }) => ({
      ...rest,
      scenarios: [mark, { ...crash, name: 'BTC -90 %' }],
    }),
    'scenarios in another order': (risk) => ({ ...risk, scenarios: risk.scenarios.toReversed() }),
    'one scenario less': ({ scenarios, ...rest }) => ({ ...rest, scenarios: scenarios.slice(0, 1) }),
    'N11: no scenario at all': (risk) => ({ ...risk, scenarios: [] }),
    'N13: a scenario that was never proven': (risk) => ({
      ...risk,
      scenarios: [...risk.scenarios, { ...risk.scenarios[0], name: 'calm' }],
    }),
  }
  for (const [name, change] of Object.entries(changes)) {
    test(name, async () => {
      const copy = join(temporaryFolder(), 'epoch')
      cpSync(epoch, copy, { recursive: true })
      const path = join(copy, 'risk.json')
      // In the one form that a published table has: it is refused for what it says.
      writeFileSync(path, `${JSON.stringify(change(readJson(path)), null, 2)}\n`)
      const run = await plimsoll('verify', copy, '--pins', pins, '--json')
      expect(run.code).toBe(1)
      const failed = JSON.parse(run.stdout).checks.filter((c: { valid: boolean }) => !c.valid)
      expect(failed.map((c: { id: string }) => c.id)).toContain('risk-table')
    })
  }

  test('every scenario, as soon as one batch does not verify (epoch.6)', async () => {
    const copy = join(temporaryFolder(), 'epoch')
    cpSync(epoch, copy, { recursive: true })
    cpSync(join(copy, EPOCH_PATHS.batch(0)), join(copy, EPOCH_PATHS.batch(1)))
    const run = await plimsoll('verify', copy, '--pins', pins, '--json')
    expect(run.code).toBe(1)
    const scenarios = JSON.parse(run.stdout).checks.filter((c: { id: string }) =>
      c.id.startsWith('scenario:'),
    )
    expect(scenarios.map((c: { valid: boolean }) => c.valid)).toEqual([false, false])
  })
})

test('N11: a table without scenarios takes no loan, whatever instances are named (epoch.7)', async () => {
  const bare = writeStressVenue(temporaryFolder(), '1', { ...STRESS_VENUE.risk, scenarios: [] })
  const run = await plimsoll(...ledgerArgs(bare, join(folder, 'bare'), INSTANCES), '--json')
  expect(run.code).toBe(2)
  expect(JSON.parse(run.stdout).error.code).toBe('LEDGER_NEGATIVE')
})

test('a table of one scenario is padded up to its instance, and proven (epoch.7)', async () => {
  const [, crash] = STRESS_VENUE.risk.scenarios
  const one = writeStressVenue(temporaryFolder(), FUND, { ...STRESS_VENUE.risk, scenarios: [crash] })
  const out = join(folder, 'padded')
  const ledger = await plimsoll(...ledgerArgs(one, out, INSTANCES), '--json')
  expect(ledger.code, ledger.stderr).toBe(0)
  const solvency = await plimsoll('solvency', 'prove', '--epoch', out, '--reserves', one.reserves, '--json')
  expect(solvency.code, solvency.stderr).toBe(0)
  const run = await plimsoll('verify', out, '--pins', pins, '--json')
  expect(run.code, run.stderr).toBe(0)
  const { checks } = JSON.parse(run.stdout)
  expect(checks.filter((c: { id: string }) => c.id.startsWith('scenario:'))).toHaveLength(1)
})

test('perps whose longs and shorts differ are refused before anything is proven (epoch.19)', async () => {
  const lone = writeStressVenue(temporaryFolder(), FUND)
  const rows = readFileSync(lone.accounts, 'utf8').replace('dave-2203,BTC-PERP,-2.5', 'dave-2203,BTC-PERP,-2')
  writeFileSync(lone.accounts, rows)
  const out = join(folder, 'lone')
  const run = await plimsoll(...ledgerArgs(lone, out, INSTANCES), '--json')
  expect([run.code, JSON.parse(run.stdout).error.code]).toEqual([1, 'LEDGER_UNBALANCED'])
  expect(JSON.parse(run.stdout).error.message).toContain('BTC-PERP')
  expect(existsSync(join(out, 'ledger/0000/0000000.json'))).toBe(false)
  const check = await plimsoll('ledger', 'check', '--accounts', lone.accounts, '--risk', lone.risk, '--json')
  expect([check.code, JSON.parse(check.stdout).missing]).toEqual([
    1,
    ['longs and shorts of BTC-PERP are not equal, and a derivative nets to zero'],
  ])
})

test('the limits of a policy that a ledger is beyond are named, with by how much, and get no proof (solvency.12, solvency.18)', async () => {
  const policy = join(folder, 'limits.json')
  const limits = { 'BTC -50 %': { accounts: 0, shortfall: '63599.5' } }
  writeFileSync(policy, JSON.stringify({ ...FULL_RESERVES, limits }))
  const books = ['--accounts', files.accounts, '--risk', files.risk, '--reserves', files.reserves]
  const check = await plimsoll('solvency', 'check', ...books, '--policy', policy, '--json')
  expect([check.code, JSON.parse(check.stdout).reasons.slice(0, 2)]).toEqual([
    1,
    [
      'scenario BTC -50 %: accounts lack more than the policy allows',
      'scenario BTC -50 %: more accounts are below zero than the policy allows',
    ],
  ])
  const proven = await prove(files.reserves, '--policy', policy, '--force', '--json')
  const { error } = JSON.parse(proven.stdout)
  expect([proven.code, error.code]).toEqual([1, 'SOLVENCY_SHORT'])
  expect(error.shortages).toEqual([
    { scenario: 'BTC -50 %', quote: 'USD', limit: 'shortfall', missing: '0.005' },
    { scenario: 'BTC -50 %', quote: 'USD', limit: 'accounts', missing: '1' },
  ])
  const shown = await prove(files.reserves, '--policy', policy, '--force')
  expect(shown.stderr).toMatch(/scenario BTC -50 %, beyond the policy's limit +1 account/)
})
