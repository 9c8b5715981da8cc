import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'
import type { Run } from '../helpers/run-here.js'

const ACCOUNTS = 'examples/venue/accounts.csv'
const DEPTH = 'examples/liquidation/depth.csv'
const GIVEN = {
  accounts: ACCOUNTS,
  risk: 'examples/venue/risk.json',
  policy: 'examples/liquidation/derive.json',
  depth: DEPTH,
}
const plan = (changed: Partial<typeof GIVEN>, ...more: string[]) =>
  plimsoll(
    ...['liquidation', 'plan'],
    ...Object.entries({ ...GIVEN, ...changed }).flatMap(([name, value]) => [`--${name}`, value]),
    ...more,
  )

describe('liquidation plan (sizing.5)', () => {
  const folder = temporaryFolder()
  const file = (name: string) => join(folder, name)
  const ids = [...new Set(readFileSync(ACCOUNTS, 'utf8').trimEnd().split('\n').slice(1))].map(
    (line) => line.split(',')[0]!,
  )
  let shown: Run
  let json: Run

  beforeAll(async () => {
    const scenario = ['--scenario', 'upside-extremes', '--fund', '250000']
    shown = await plan({}, ...scenario, '--report', file('plan.html'), '--report', file('plan.json'))
    json = await plan({}, ...scenario, '--json')
  })

  test('shows who falls, what is closed under each penalty, how far books are taken, and which penalty fits', () => {
    expect(shown.code, shown.stderr).toBe(0)
    expect(shown.stdout).toContain('upside-extremes: of 150 accounts 8 are below the trigger, 2 of them')
    expect(shown.stdout).toMatch(/^0\.00 % .* too little incentive$/m)
    expect(shown.stdout).toMatch(/^40\.00 % \(policy\) .* yes$/m)
    expect(shown.stdout).toContain('Penalties from 2.00 % to 40.00 % fit, as far as they were tried.')
    expect(shown.stdout).toMatch(/^round 1, 8 accounts .*█/m)
    expect(shown.stdout).toMatch(/^ETH-PERP ask {2}/m)
  })

  test('gives the same as exact decimal strings, printed and written', () => {
    const out = JSON.parse(json.stdout)
    expect(out).toEqual(JSON.parse(readFileSync(file('plan.json'), 'utf8')))
    expect(out).toMatchObject({
      ...{ quote: 'USD', scenario: 'upside-extremes', fund: '250000', rounds: 32 },
      accounts: { accounts: 150, unjudged: 0, belowTrigger: 8, belowBackstop: 2 },
      fitting: { lowest: '0.02', highest: '0.4' },
    })
    expect(out.penalties.map(({ penalty }: { penalty: string }) => penalty)).toEqual(
      ...[['0', '0.0025', '0.005', '0.01', '0.02', '0.03', '0.05', '0.1', '0.4']],
    )
    for (const each of out.penalties) {
      expect(each.fits).toBe(each.misfits.length === 0)
      const closed = each.rounds.map((round: { closed: string }) => Number(round.closed))
      expect(closed.reduce((a: number, b: number) => a + b, 0)).toBeCloseTo(Number(each.closed), 4)
    }
  })

  test('names no account, and writes what is private for its owner alone', () => {
    const page = readFileSync(file('plan.html'), 'utf8')
    expect(ids.length).toBeGreaterThan(100)
    for (const text of [shown.stdout, shown.stderr, json.stdout, page]) {
      expect(ids.filter((id) => text.includes(id))).toEqual([])
    }
    for (const name of ['plan.html', 'plan.json']) expect(statSync(file(name)).mode & 0o777).toBe(0o600)
  })

  test('the page has a plot of penalties, rounds and books, and nothing from outside', () => {
    const page = readFileSync(file('plan.html'), 'utf8')
    expect(page.match(/<svg class="plot"/g)).toHaveLength(3)
    expect(page).toContain('Penalties from 2.00 % to 40.00 % fit')
    expect(page).not.toMatch(/<script|<img|<link|https?:/)
    for (const bar of page.matchAll(/<rect class="(?:bar|short)" x="210" y="\d+" width="([\d.]+)"/g)) {
      expect(Number(bar[1])).toBeGreaterThan(0)
      expect(Number(bar[1])).toBeLessThanOrEqual(320)
    }
  })

  test('where nothing is closed in part, it says so', async () => {
    const run = await plan({ policy: 'examples/liquidation/dutch-auction.json' })
    expect(run.stdout).toContain('Nothing is closed in part, so that the penalty changes nothing.')
  })

  test('bad input is refused with what is wrong, where, and exit code 2', async () => {
    const depth = readFileSync(DEPTH, 'utf8')
    writeFileSync(file('gap.csv'), depth.replace('BTC,bid,2,', 'BTC,bid,3,'))
    writeFileSync(file('negative.csv'), depth.replace(/BTC,bid,1,/, 'BTC,bid,1,-'))
    writeFileSync(
      file('full.json'),
      '{ "schema": "plimsoll/policy/1", "valueRatio": "1", "minimumRatio": "1", "loanFactor": "0", "instruments": {} }',
    )
    const cases: [Partial<typeof GIVEN>, string[], RegExp][] = [
      [{ depth: file('gap.csv') }, [], /DEPTH_LEVEL.*gap\.csv:3, column level/s],
      [{ depth: file('negative.csv') }, [], /DEPTH_PRICE.*negative\.csv:2, column price/s],
      [{}, ['--scenario', 'flood'], /SCENARIO_UNKNOWN.*--scenario/s],
      [{ policy: file('full.json') }, [], /LIQUIDATION_POLICY.*full\.json/s],
      [{ risk: 'examples/start/risk.json' }, [], /POLICY_LIQUIDATION/],
      [{}, ['--penalty', '1.5'], /USAGE.*--penalty/s],
      [{}, ['--impact', '-1'], /DECIMAL_SIGN.*--impact/s],
      [{}, ['--rounds', '0'], /USAGE.*--rounds/s],
      [{}, ['--report', 'plan.pdf'], /USAGE.*--report/s],
    ]
    for (const [changed, more, message] of cases) {
      const run = await plan(changed, ...more)
      expect(run.code, run.stderr).toBe(2)
      expect(run.stderr).toMatch(message)
      expect(run.stdout).toBe('')
    }
  })
})
