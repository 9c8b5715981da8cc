import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { FULL_RESERVES } from '../../src/statements/index.js'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'

describe('liquidation explain (liquidation.3)', () => {
  const folder = temporaryFolder()
  const file = (name: string) => join(folder, name)
  const write = (name: string, value: unknown) => writeFileSync(file(name), JSON.stringify(value))
  const account = (positions: object) => write('account.json', { schema: 'plimsoll/portfolio/1', positions })
  const explain = (risk: string, ...more: string[]) =>
    plimsoll('liquidation', 'explain', '--account', file('account.json'), '--risk', file(risk), ...more)
  const liquidation = {
    ...{ requirement: 'maintenance', cash: 'USDC', trigger: '1', target: '1.1', backstop: '0.5' },
    ...{ penalty: '0.025', takeoverPenalty: '0.05', overshoot: '0' },
  }

  beforeAll(async () => {
    const instruments = [
      { symbol: 'USDC', kind: 'stablecoin', decimals: 6, mark: '1' },
      { symbol: 'BTC-PERP', kind: 'perp', decimals: 8, mark: '97000' },
    ]
    const table = { timestamp: 1767225600, quote: 'USD', valueDecimals: 18, instruments, scenarios: [] }
    write('table.json', { schema: 'plimsoll/risk-table/1', ...table })
    const cross = ['--model', 'cross', '--params', 'examples/margin/cross.json', '--cash', 'USDC']
    const built = await plimsoll(
      ...['risk', 'build', ...cross, '--table', file('table.json'), '--out', file('risk.json')],
    )
    expect(built.code, built.stderr).toBe(0)
    write('policy.json', { ...FULL_RESERVES, liquidation })
    write('silent.json', FULL_RESERVES)
  })

  test('says how far an account is short, and what the policy lets be closed', async () => {
    // 12.5 × 97,000 is 1,212,500: 2.5 % of a million and 5 % of the rest are 35,625.
    account({ USDC: '34800', 'BTC-PERP': '-12.5' })
    const run = await explain('risk.json', '--policy', file('policy.json'), '--json')
    expect(run.code, run.stderr).toBe(0)
    const { requirements, policy } = JSON.parse(run.stdout)
    expect(requirements).toMatchObject([
      { name: 'initial', standing: 'short', short: { atMost: '36450' } },
      { name: 'maintenance', standing: 'short', short: { atMost: '825' } },
    ])
    // Rounded the other way, it is short of a little less.
    expect(Number(requirements[1].short.atLeast)).toBeCloseTo(825, 3)
    expect(requirements[1].short.atLeast).not.toBe('825')
    expect(policy).toMatchObject({ requirement: 'maintenance', partial: true, takeover: false })
    const [perp] = policy.positions
    expect(policy.positions).toHaveLength(1)
    // 1.1 × what is required of the rest is 34,800 when 31,636.36 is: 0.0548 × 97,000 lower than 35,625 / 5 %.
    const closed = (35_625 - 34_800 / 1.1) / (0.05 * 97_000)
    expect(Number(perp.allowed)).toBeCloseTo(closed, 5)
    expect(Number(perp.mostLost)).toBeCloseTo(closed * 97_000 * 0.025, 1)
    expect(perp).toMatchObject({ symbol: 'BTC-PERP', quantity: '-12.5' })
    expect(perp.shortWhenClosed.atMost).toBe('-34800')
    expect(policy.mostLostWhole).toBe('34800')
  })

  test('shows the same in words', async () => {
    account({ USDC: '34800', 'BTC-PERP': '-12.5' })
    const run = await explain('risk.json', '--policy', file('policy.json'), '--requirement', 'maintenance')
    expect(run.code, run.stderr).toBe(0)
    const text = run.stdout.replace(/\s+/g, ' ')
    expect(text).toContain('maintenance short 824.9999')
    expect(text).toContain('By the policy, the account may be closed in part.')
    expect(text).not.toContain('initial')
    account({ USDC: '17812', 'BTC-PERP': '-12.5' })
    const deep = await explain('risk.json', '--policy', file('policy.json'))
    expect(deep.stdout).toContain('the whole account may be closed; it loses at most 17,812.00 USD')
  })

  test('an account that meets its requirement may not be touched', async () => {
    account({ USDC: '35625', 'BTC-PERP': '-12.5' })
    const run = await explain('risk.json', '--policy', file('policy.json'), '--json')
    const { requirements, policy } = JSON.parse(run.stdout)
    expect(requirements[1]).toMatchObject({ standing: 'meets', short: { atMost: '0' } })
    expect(policy).toMatchObject({ partial: false, takeover: false, positions: [{ allowed: '0' }] })
  })

  test('between what can be proven of either, it says so', async () => {
    account({ USDC: '35624.999999', 'BTC-PERP': '-12.5' })
    const { requirements } = JSON.parse((await explain('risk.json', '--json')).stdout)
    expect(requirements[1]).toMatchObject({ standing: 'between', short: { atMost: '0.000001' } })
  })

  test('refuses rules without a table, silent policies and unknown requirements with exit code 2', async () => {
    account({ 'BTC-PERP': '-12.5' })
    const rule = await plimsoll(
      ...['risk', 'build', '--model', 'cross', '--params', 'examples/margin/cross.json'],
      ...['--out', file('rule.json')],
    )
    expect(rule.code, rule.stderr).toBe(0)
    for (const [code, ...args] of [
      ['LIQUIDATION_TABLE', 'rule.json', '--policy', file('policy.json')],
      ['LIQUIDATION_POLICY', 'risk.json', '--policy', file('silent.json')],
      ['MARGIN_REQUIREMENT', 'risk.json', '--requirement', 'none'],
    ] as const) {
      const [risk, ...more] = args
      const run = await explain(risk!, ...more)
      expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(code)])
      expect(run.stderr).not.toContain('12.5')
    }
  })
})
