import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import { pmrmParams } from '../helpers/derive.js'
import { inclusionFile } from '../helpers/inclusion.js'

describe('risk build, then margin explain (margin.14)', () => {
  const folder = temporaryFolder()
  const file = (name: string) => join(folder, name)
  const write = (name: string, value: unknown) => writeFileSync(file(name), JSON.stringify(value))
  const account = (positions: object, cash = '20000') =>
    write('account.json', { schema: 'plimsoll/portfolio/1', cash, positions })
  const explain = (...more: string[]) =>
    plimsoll('margin', 'explain', '--account', file('account.json'), '--risk', file('margin.json'), ...more)

  beforeAll(async () => {
    write('params.json', pmrmParams())
    const built = await plimsoll(
      ...['risk', 'build', '--model', 'derive-pmrm', '--params', file('params.json')],
      ...['--out', file('margin.json'), '--json'],
    )
    expect(built.code, built.stderr).toBe(0)
    expect(JSON.parse(built.stdout)).toMatchObject({
      instruments: 9,
      requirements: ['initial', 'maintenance'],
    })
    expect(statSync(file('margin.json')).size).toBeGreaterThan(1000)
  })

  test('shows scenarios as bars, requirements, and what decides them', async () => {
    account({ PERP: '-10', C1: '5' })
    const run = await explain()
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toContain('derive-pmrm · equity ')
    expect(run.stdout).toMatch(/spot 0\.82, volatility Up .*│█/)
    expect(run.stdout).toMatch(/spot 1\.18, volatility Down .*█│/)
    expect(run.stdout).toMatch(/maintenance .* yes .*maintenance worst ← 15: spot 1\.18, volatility Down/)
  })

  test('gives exact decimal strings that add up', async () => {
    account({ PERP: '-10', C1: '5' })
    const run = await explain('--requirement', 'maintenance', '--json')
    const out = JSON.parse(run.stdout)
    expect(out.requirements).toHaveLength(1)
    const [maintenance] = out.requirements
    const decimals = JSON.parse(readFileSync(file('margin.json'), 'utf8')).valueDecimals + 27
    const exact = (text: string) => {
      const [whole, fraction = ''] = text.split('.')
      return BigInt(whole + fraction.padEnd(decimals, '0'))
    }
    expect(exact(out.equity) - exact(maintenance.required)).toBe(exact(maintenance.slack))
    const charged = maintenance.charges.reduce(
      (sum: bigint, c: { charge: string }) => sum + exact(c.charge),
      0n,
    )
    expect(charged).toBe(exact(maintenance.required))
    expect(maintenance.met).toBe(true)
    expect(maintenance.binding[0]).toBe('maintenance worst')
  })

  test('takes an inclusion file for the account, whose slots are the positions', async () => {
    account({ PERP: '-10', C1: '5' }, '0')
    const expected = JSON.parse((await explain('--json')).stdout)
    write(
      'account.json',
      inclusionFile([
        ['C1', '5'],
        ['PERP', '-10'],
      ]),
    )
    const run = await explain('--json')
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout)).toEqual(expected)
  })

  test('says which requirement is not met, and that is no error', async () => {
    account({ PERP: '-100' })
    const run = await explain('--json')
    expect(run.code).toBe(0)
    expect(JSON.parse(run.stdout).requirements.map((r: { met: boolean }) => r.met)).toEqual([false, false])
  })

  test('an empty account needs nothing', async () => {
    account({}, '0')
    const out = JSON.parse((await explain('--json')).stdout)
    expect(out.equity).toBe('0')
    expect(out.requirements).toMatchObject([
      { required: '0', slack: '0', met: true, binding: null },
      { required: '0', slack: '0', met: true, binding: null },
    ])
  })

  test('refuses unknown instruments and requirements with exit code 2, and repeats nothing of the account (privacy.7)', async () => {
    account({ SECRET: '4711' })
    const unknown = await explain()
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('PORTFOLIO_INSTRUMENT')
    expect(unknown.stdout + unknown.stderr).not.toMatch(/SECRET|4711/)
    account({})
    const missing = await explain('--requirement', 'none')
    expect(missing.code).toBe(2)
    expect(missing.stderr).toContain('initial, maintenance')
  })

  test('refuses a table that disagrees, with both files, the instrument and both numbers (margin.15)', async () => {
    const instruments = [
      { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: '0.87' },
      { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: '96999' },
    ]
    const table = { timestamp: 1767225600, quote: 'USD', valueDecimals: 18, instruments, scenarios: [] }
    const build = () => {
      write('table.json', { schema: 'plimsoll/risk-table/1', ...table })
      return plimsoll(
        ...['risk', 'build', '--model', 'cross', '--params', 'examples/margin/cross.json', '--cash', 'USDC'],
        ...['--table', file('table.json'), '--out', file('built.json')],
      )
    }
    const refused = await build()
    expect(refused.code).toBe(2)
    for (const part of ['cross.json beside', 'table.json', 'BTC-PERP is at 97000', 'is 96999'])
      expect(refused.stderr).toContain(part)
    instruments[1]!.mark = '97000'
    const built = await build()
    expect(built.code, built.stderr).toBe(0)
    account({ USDC: '5000' }, '0')
    const said = await plimsoll(
      ...['margin', 'explain', '--account', file('account.json'), '--risk', file('built.json'), '--json'],
    )
    const out = JSON.parse(said.stdout)
    expect(out).toMatchObject({ equity: '4350' })
    // By a table it says what a proof takes, and names the cheapest instance with room for it (margin.20).
    expect(out.proofs.map((proof: { requirement: string }) => proof.requirement)).toEqual([
      'initial',
      'maintenance',
    ])
    for (const { needs, instance } of out.proofs) {
      expect(needs).toMatchObject({ slots: 1, groups: 0, levels: 1 })
      expect(instance).toBe('margin-tiny')
    }
    // One of the trader's own sizes is chosen where it is cheaper and has room.
    const OWN = 'margin-own-2-2-2-5-1-1'
    const params = { SLOTS: 2, SCENARIOS: 2, GROUPS: 2, LINES: 5, LINKS: 1, LEVELS: 1 }
    writeFileSync(file('own.json'), JSON.stringify({ [OWN]: { statement: 'margin', params } }))
    const own = await plimsoll(
      ...['margin', 'explain', '--account', file('account.json'), '--risk', file('built.json')],
      ...['--own-instances', file('own.json'), '--json'],
    )
    const instances = JSON.parse(own.stdout).proofs.map(({ instance }: { instance: string }) => instance)
    expect(instances).toEqual([OWN, OWN])
    account({ USDC: '5000', 'BTC-PERP': '-0.5' }, '0')
    const both = await plimsoll(
      ...['margin', 'explain', '--account', file('account.json'), '--risk', file('built.json')],
      ...['--requirement', 'initial'],
    )
    expect(both.stdout.replace(/\s+/g, ' ')).toMatch(
      /initial is proven with margin-\w+: it takes 2 slots, 0 scenarios, 0 groups of the scan, \d lines, \d lines in the row of an instrument, 4 instruments of a kind/,
    )
  })

  test('refuses a model that does not exist and parameters of another one', async () => {
    const build = (model: string) =>
      plimsoll(
        'risk',
        'build',
        '--model',
        model,
        '--params',
        file('params.json'),
        '--out',
        file('other.json'),
      )
    expect((await build('nonesuch')).code).toBe(2)
    const other = await build('cross')
    expect(other.code).toBe(2)
    expect(other.stderr).toContain('JSON_SCHEMA')
  })
})

test('the example in the repository is explained as its numbers say (cli.11)', async () => {
  const margin = join(temporaryFolder(), 'margin.json')
  const built = await plimsoll(
    ...['risk', 'build', '--model', 'cross', '--params', 'examples/margin/cross.json', '--out', margin],
  )
  expect(built.code, built.stderr).toBe(0)
  const run = await plimsoll(
    ...['margin', 'explain', '--account', 'examples/margin/account.json', '--risk', margin, '--json'],
  )
  expect(run.code, run.stderr).toBe(0)
  // Equity is cash, as the perp is settled in it; 1,212,500 of notional pays 5 % to a million and 10 %
  // beyond, half of it to stay.
  expect(JSON.parse(run.stdout)).toMatchObject({
    equity: '187500',
    requirements: [
      { name: 'initial', met: true, required: '71250' },
      { name: 'maintenance', met: true, required: '35625' },
    ],
  })
})
