import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  ledgerArgs,
  STRESS_VENUE,
  type VenueFiles,
  writeStressVenue,
  writeVenue,
} from '../../scripts/soundness/samples/venue.js'
import { formatDecimal, parseDecimal } from '../../src/field/index.js'
import { formatPolicy, policySchema } from '../../src/statements/index.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()
function write(name: string, value: object | string): string {
  const path = join(folder, name)
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}
const check = (files: VenueFiles, ...more: string[]) =>
  plimsoll(
    ...['solvency', 'check', '--accounts', files.accounts, '--risk', files.risk],
    ...['--reserves', files.reserves, ...more],
  )
const example = (reserves = 'reserves.json'): VenueFiles => ({
  accounts: 'examples/venue/accounts.csv',
  risk: 'examples/venue/risk.json',
  reserves: `examples/venue/${reserves}`,
})
const FULL = {
  schema: 'plimsoll/policy/1',
  valueRatio: '1',
  minimumRatio: '1',
  loanFactor: '0',
  instruments: {},
}
const policy = (name: string, waterfall: object) => write(name, { ...FULL, waterfall })

interface Line {
  scenario: string
  need: string
  uncovered: string
  layers: { layer: string; worth: string; absorbed: string }[]
  cover: { largest: { account: string; shortfall: string }[]; needed: string; fund: string; valid: boolean }
}

describe('solvency check of the example venue (solvency.13)', () => {
  const units = (amount: string) => parseDecimal(amount, { decimals: 18 })
  const sum = (amounts: string[]) =>
    formatDecimal(
      amounts.map(units).reduce((a, b) => a + b, 0n),
      18,
    )

  test('holds: exact amounts that add up, and the two largest shortfalls by account', async () => {
    const run = await check(example(), '--json')
    expect(run.code, run.stderr).toBe(0)
    const report = JSON.parse(run.stdout)
    expect(report).toMatchObject({ valid: true, reasons: [], quote: 'USD', missingValue: '0', cover: 2 })
    expect(report.layers).toEqual([{ layer: 'insurance' }])
    expect(report.accounts).toMatchObject({ accounts: 150, unreadable: 0 })
    expect(report.instruments).toHaveLength(13)
    expect(report.instruments[6]).toMatchObject({ symbol: 'USDC', layers: '1500000', missing: '0' })
    expect(report.scenarios).toHaveLength(4)
    for (const { need, uncovered, layers, cover } of report.scenarios as Line[]) {
      expect(layers.map(({ layer }) => layer)).toEqual(['insurance', 'reserves', 'loans'])
      expect(sum([...layers.map(({ absorbed }) => absorbed), uncovered])).toBe(need)
      expect(sum(cover.largest.map(({ shortfall }) => shortfall))).toBe(cover.needed)
      expect(units(cover.needed) <= units(need)).toBe(true)
      expect(cover.valid).toBe(true)
    }
    for (const { account } of (report.scenarios as Line[]).flatMap((line) => line.cover.largest)) {
      expect(readFileSync('examples/venue/accounts.csv', 'utf8')).toContain(`${account},`)
      expect(run.stderr).not.toContain(account)
    }
  })

  test('with a thin fund fails where the proof is refused, and where the fund alone does not cover two accounts', async () => {
    const run = await check(example('reserves-thin.json'), '--json')
    expect(run.code, run.stderr).toBe(1)
    const report = JSON.parse(run.stdout)
    expect(report.valid).toBe(false)
    expect(report.reasons).toEqual([
      'scenario 2020-03-12-covid: what is held does not cover the shortfalls',
      'scenario 2020-03-12-covid: the layers do not cover the 2 largest shortfalls',
      'scenario usdt-to-half: the layers do not cover the 2 largest shortfalls',
    ])
    const [covid, ...others] = report.scenarios as Line[]
    expect(covid!.uncovered).toMatch(/^635876\./)
    // 50,000 USDC at 0.95.
    expect(covid!.layers[0]).toEqual({ layer: 'insurance', worth: '47500', absorbed: '47500' })
    expect(others.map(({ uncovered }) => uncovered)).toEqual(['0', '0', '0'])
  })

  test('shows a person who pays, as bars, and what nobody pays', async () => {
    const run = await check(example('reserves-thin.json'))
    expect(run.code).toBe(1)
    expect(run.stdout).toMatch(/2020-03-12-covid {2}insurance fund +47,500\.00 of 47,500\.00 +│█/)
    expect(run.stdout).toMatch(/2020-03-12-covid {2}uncovered +635,876\.\d\d +█{20}│/)
    expect(run.stdout).toMatch(/usdt-to-half .*NOT COVERED by 47,500\.00/)
    expect(run.stdout.trimEnd().endsWith('FAILS')).toBe(true)
    expect((await check(example())).stdout.trimEnd().endsWith('HOLDS')).toBe(true)
  })

  test('covers as many accounts as the policy says', async () => {
    const { reserves } = JSON.parse(readFileSync('examples/venue/reserves.json', 'utf8'))
    // At 0.95 it is worth 807,500: more than the largest shortfall of the first scenario, less than all
    // 811,903.
    const fund = { schema: 'plimsoll/reserves/1', reserves, insurance: { USDC: '850000' } }
    const files = { ...example(), reserves: write('fund.json', fund) }
    for (const [cover, code] of [
      [1, 0],
      [1000, 1],
    ] as const) {
      const file = policy(`cover-${cover}.json`, { order: ['insurance'], cover })
      const run = await check(files, '--policy', file, '--json')
      expect(run.code, run.stdout).toBe(code)
      const [covid] = JSON.parse(run.stdout).scenarios as Line[]
      expect(covid!.uncovered).toBe('0')
      if (cover === 1000) expect(covid!.cover.needed).toBe(covid!.need)
    }
  })
})

describe('a venue with an insurance fund and own capital (solvency.13)', () => {
  const INSTANCES = ['ledger-tiny-stress', 'ledger-tiny-stress-wide']
  const epoch = join(folder, 'epoch')
  const pins = join(folder, 'pins.json')
  let files: VenueFiles
  let layered: string
  const prove = (to: string, ...more: string[]) =>
    plimsoll('solvency', 'prove', '--epoch', to, '--reserves', files.reserves, ...more, '--json')
  /** The one scenario where somebody is below zero. */
  const crash = (stdout: string): Line => JSON.parse(stdout).scenarios[1]

  beforeAll(async () => {
    files = writeStressVenue(folder, '1')
    // carol lacks 63,599.505: 29,700 are the loan of 30,000 USDT at 0.99, and 33,900 what is set aside.
    const layers = { insurance: { USDT: '20000' }, capital: { USDT: '14242.43' }, mutual: { BTC: '1' } }
    write('reserves.json', {
      schema: 'plimsoll/reserves/1',
      reserves: STRESS_VENUE.reserves,
      ...layers,
    })
    layered = policy('layered.json', { order: ['insurance', 'capital'] })
    const setup = await plimsoll('setup', ...INSTANCES, 'solvency-tiny-stress', '--pins', pins, '--json')
    expect(setup.code, setup.stderr).toBe(0)
    const ledger = await plimsoll(...ledgerArgs(files, epoch, INSTANCES), '--json')
    expect(ledger.code, ledger.stderr).toBe(0)
  })

  test('check: who pays, in the order of the policy, and that only loans make it whole', async () => {
    const run = await check(files, '--policy', layered, '--json')
    expect(run.code).toBe(1)
    expect(crash(run.stdout)).toMatchObject({
      scenario: 'BTC -50 %',
      need: '63599.505',
      layers: [
        { layer: 'insurance', worth: '19800', absorbed: '19800' },
        { layer: 'capital', worth: '14100.0057', absorbed: '14100.0057' },
        { layer: 'reserves', worth: '0', absorbed: '0' },
        { layer: 'loans', worth: '29700', absorbed: '29699.4993' },
      ],
      uncovered: '0',
      cover: {
        largest: [{ account: 'carol-5519', shortfall: '63599.505' }],
        fund: '33900.0057',
        valid: false,
      },
    })
    expect(JSON.parse(run.stdout).reasons).toEqual([
      'scenario BTC -50 %: the layers do not cover the 2 largest shortfalls',
    ])
    expect(run.stderr).toContain("mutual is held and does not count: the policy's waterfall does not name it")
  })

  test('check: with the mutual fund named, the layers cover it alone', async () => {
    const all = policy('all.json', { order: ['capital', 'insurance', 'mutual'] })
    const run = await check(files, '--policy', all, '--json')
    expect(run.code, run.stdout).toBe(0)
    expect(crash(run.stdout)).toMatchObject({
      layers: [
        { layer: 'capital', absorbed: '14100.0057' },
        { layer: 'insurance', absorbed: '19800' },
        { layer: 'mutual', worth: '48000', absorbed: '29699.4993' },
        { layer: 'reserves', absorbed: '0' },
        { layer: 'loans', absorbed: '0' },
      ],
      cover: { fund: '81900.0057', valid: true },
    })
  })

  test('a layer that the policy does not name is in no proof (solvency.7)', async () => {
    const run = await prove(epoch)
    expect(run.code).toBe(1)
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code: 'SOLVENCY_SHORT',
      shortages: [{ scenario: 'BTC -50 %', missing: '14099.505' }],
    })
  })

  test('a cap that leaves shortfalls uncovered is no proof either, though the units would suffice (solvency.12)', async () => {
    const order = ['insurance', 'capital', 'mutual']
    const capped = policy('capped.json', { order, caps: { mutual: '0.5', capital: '14100' } })
    // 20,000 · 0.99 + 14,100 + 0.5 + 29,700 is 0.995 more than is lacking.
    expect(crash((await check(files, '--policy', capped, '--json')).stdout).uncovered).toBe('0')
    const tight = policy('tight.json', { order, caps: { mutual: '0', capital: '14099.5' } })
    const checked = await check(files, '--policy', tight, '--json')
    expect(checked.code).toBe(1)
    expect(crash(checked.stdout).uncovered).toBe('0.005')
    expect(JSON.parse(checked.stdout).reasons[0]).toMatch(/^scenario BTC -50 %: .* above its cap/)
    const run = await prove(epoch, '--policy', tight)
    expect(run.code).toBe(1)
    expect(JSON.parse(run.stdout).error).toMatchObject({
      code: 'SOLVENCY_SHORT',
      shortages: [{ scenario: 'BTC -50 %', quote: 'USD', missing: '0.005' }],
    })
    expect(existsSync(join(epoch, 'solvency.json'))).toBe(false)
  })

  test('is proven with the layers together; another waterfall beside the proof is refused, by the proof (epoch.3)', async () => {
    const proven = await prove(epoch, '--policy', layered)
    expect(proven.code, proven.stderr).toBe(0)
    const verify = async (at: string) => {
      const run = await plimsoll('verify', at, '--pins', pins, '--json')
      const { checks } = JSON.parse(run.stdout) as {
        checks: { id: string; valid: boolean; detail: string }[]
      }
      return { code: run.code, checks, failed: checks.filter((c) => !c.valid).map((c) => c.id) }
    }
    const honest = await verify(epoch)
    expect(honest).toMatchObject({ code: 0, failed: [] })
    expect(honest.checks.find(({ id }) => id === 'policy')!.detail).toMatch(/not proven: insurance, capital$/)
    for (const change of [
      { order: ['capital', 'insurance'] },
      { order: ['insurance', 'capital', 'mutual'] },
      { order: ['insurance', 'capital'], caps: { capital: '1000000' } },
      { order: ['insurance', 'capital'], cover: 5 },
    ]) {
      const copy = join(temporaryFolder(), 'epoch')
      cpSync(epoch, copy, { recursive: true })
      writeFileSync(
        join(copy, 'policy.json'),
        formatPolicy(policySchema.parse({ ...FULL, waterfall: change })),
      )
      const { code, failed } = await verify(copy)
      expect(code).toBe(1)
      expect(failed.filter((id) => !id.startsWith('scenario:'))).toEqual(['solvency'])
    }
  })
})

describe('solvency check (solvency.13)', () => {
  test('finds a venue without scenarios covered by its reserves, and one that is short not', async () => {
    const full = writeVenue(temporaryFolder())
    const run = await check(full, '--json')
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({ valid: true, scenarios: [] })
    const short = writeVenue(temporaryFolder(), {
      BTC: '4.88596561',
      ETH: '65.37464747',
      USDT: '2380701.123497',
    })
    const failed = await check(short, '--json')
    expect(failed.code).toBe(1)
    const report = JSON.parse(failed.stdout)
    expect(report.instruments[0]).toMatchObject({ symbol: 'BTC', missing: '0.00000001' })
    expect(report.missingValue).toBe('0.00097')
    expect(report.reasons).toContain('BTC: reserves below what is owed')
  })

  test('does not call books sound that have an account which cannot be read, or a loan with no scenario', async () => {
    const files = writeVenue(temporaryFolder())
    const rows = readFileSync(files.accounts, 'utf8')
    writeFileSync(files.accounts, `${rows}henry-0001,BTC,1e3\n`)
    const unread = await check(files, '--json')
    expect(unread.code).toBe(1)
    expect(JSON.parse(unread.stdout).reasons).toEqual([expect.stringContaining('plimsoll ledger check')])
    expect(unread.stdout + unread.stderr).not.toContain('henry')
    writeFileSync(files.accounts, `${rows}henry-0001,BTC,-1\nhenry-0001,ETH,100\n`)
    const lent = await check(files, '--json')
    expect(lent.code).toBe(1)
    expect(JSON.parse(lent.stdout).reasons).toContain(
      'a loan or a short where the risk table has no scenario to judge it by',
    )
  })

  test.each([
    ['a layer that there is none of', { order: ['treasury'] }, 'JSON_SCHEMA'],
    ['a layer twice', { order: ['insurance', 'insurance'] }, 'JSON_SCHEMA'],
    ['a cap on a layer that does not count', { order: [], caps: { insurance: '1' } }, 'POLICY_WATERFALL'],
    ['a cap that is no amount', { order: ['insurance'], caps: { insurance: '30 %' } }, 'DECIMAL_SYNTAX'],
  ])('refuses a policy with %s', async (_, waterfall, code) => {
    const run = await check(example(), '--policy', policy('bad.json', waterfall), '--json')
    expect(run.code).toBe(2)
    expect(JSON.parse(run.stdout).error).toMatchObject({ code, where: expect.stringMatching(/waterfall/) })
  })

  test('refuses reserves with a list that is no layer', async () => {
    const reserves = write('odd.json', {
      schema: 'plimsoll/reserves/1',
      reserves: {},
      treasury: { USDC: '1' },
    })
    const run = await check({ ...example(), reserves }, '--json')
    expect(run.code).toBe(2)
    expect(JSON.parse(run.stdout).error.code).toBe('JSON_SCHEMA')
  })
})
