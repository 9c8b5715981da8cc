import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { RISK } from '../../scripts/soundness/samples/venue.js'
import { plimsoll, plimsollIn, start, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()
const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const plan = (accounts: string, risk: string, ...more: string[]) =>
  plimsoll('plan', '--accounts', accounts, '--risk', risk, ...more)
const symbols = Array.from({ length: 12 }, (_, i) => `T${i}`)
const instruments = symbols.map((symbol) => ({ symbol, kind: 'spot', decimals: 2, mark: '1' }))
const scenarios = ['fall', 'rise', 'calm'].map((name) => ({
  name,
  values: Object.fromEntries(symbols.map((symbol) => [symbol, '1'])),
}))
const risk = write('risk.json', JSON.stringify({ ...RISK, instruments, scenarios }))
const rows = [
  'account_id,instrument,quantity',
  ...Array.from({ length: 475 }, (_, u) => `small-${u},T${u % 12},5`),
  ...Array.from({ length: 25 }, (_, u) =>
    symbols.map((symbol, i) => `large-${u},${symbol},${i === 11 ? -1 : 3}`),
  ).flat(),
]
const accounts = write('accounts.csv', rows.join('\n'))

describe('plan (cli.32)', () => {
  test('says which instances prove a ledger, how many proofs, and what that takes, from measurements', async () => {
    const run = await plan(accounts, risk, '--json')
    expect(run.code, run.stderr).toBe(0)
    const result = JSON.parse(run.stdout)
    expect(result).toMatchObject({ accounts: 500, solvency: { instance: 'solvency-16-s4', scenarios: 4 } })
    const batches = result.batches as { batches: number; filled: number; accounts: number; kind: string }[]
    expect(batches.reduce((sum, { filled }) => sum + filled, 0)).toBe(500)
    expect(batches.every(({ filled, accounts: places, batches: n }) => filled <= places * n)).toBe(true)
    expect(new Set(batches.map(({ kind }) => kind))).toEqual(new Set(['plain', 'stressed']))
    expect(result.proofs).toBe(batches.reduce((sum, { batches: n }) => sum + n, 1))
    const numbers = [
      ...[result.seconds.fold, result.seconds.proofs, result.memory, result.gas],
      ...[result.disk.artifacts, result.disk.epoch, result.measured.row, result.measured.account],
    ]
    for (const number of numbers) expect(number).toBeGreaterThan(0)
    // 4 batch proofs or so cost no less than one call, nor more than a proof by itself each.
    expect(result.gas).toBeGreaterThan(42_000 * result.proofs)
    expect(result.gas).toBeLessThan(300_000 * result.proofs)
  })

  test('tells a person the same in 80 columns, and on what the times rest', async () => {
    const { code, stdout } = await start(['plan', '--accounts', accounts, '--risk', risk], { COLUMNS: '80' })
      .ended
    expect(code).toBe(0)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    const text = stdout.replaceAll(/\s+/g, ' ')
    for (const part of [
      'solvency-16-s4',
      'accounts 500',
      'time here, about',
      'GiB',
      'gas to verify',
      'rest on',
    ]) {
      expect(text).toContain(part === 'GiB' ? 'iB' : part)
    }
  })

  test('proves nobody in a plain batch with --all-stressed, and says what it cannot plan', async () => {
    const hidden = JSON.parse((await plan(accounts, risk, '--all-stressed', '--json')).stdout)
    expect(hidden.batches.every(({ kind }: { kind: string }) => kind === 'stressed')).toBe(true)
    const many = { ...scenarios[0]!, name: '' }
    const beyond = write(
      'beyond.json',
      JSON.stringify({
        ...RISK,
        instruments,
        scenarios: Array.from({ length: 17 }, (_, s) => ({ ...many, name: `s${s}` })),
      }),
    )
    const refused = await plan(accounts, beyond, '--json')
    expect(refused.code).toBe(2)
    expect(JSON.parse(refused.stdout).error.message).toMatch(/17 scenarios|16/)
  })

  test('adds sizes for a ledger alone to those of the project, and takes them from then on (key.11)', async () => {
    const venue = temporaryFolder()
    const exchange = fileURLToPath(new URL('../../examples/exchange/', import.meta.url))
    const args = [
      ...['plan', '--accounts', join(exchange, 'accounts.csv'), '--risk', join(exchange, 'tiers.csv')],
      ...['--timestamp', '1767225600'],
    ]
    const fresh = join(venue, 'fresh.json')
    const first = await plimsollIn(venue, ...args, '--add-sizes', '--own-instances', fresh, '--json')
    const { better, addedTo } = JSON.parse(first.stdout)
    expect([addedTo, JSON.parse(readFileSync(fresh, 'utf8'))]).toEqual([fresh, better.instances])
    const file = join(venue, 'plimsoll.instances.json')
    const params = { ACCOUNTS: 7, SLOTS: 4, SCENARIOS: 0, PLEDGED: 0 }
    const before = { 'ledger-own-7-4-0-0': { statement: 'ledger', params } }
    writeFileSync(file, JSON.stringify(before))
    const proposed = JSON.parse((await plimsollIn(venue, ...args, '--add-sizes', '--json')).stdout)
    expect(proposed.addedTo).toBe('plimsoll.instances.json')
    expect(proposed.better.saves).toBeGreaterThan(0.2)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...before, ...proposed.better.instances })
    const again = await plimsollIn(venue, ...args, '--add-sizes', '--json')
    expect(again.code, again.stderr).toBe(0)
    const plan = JSON.parse(again.stdout)
    expect(plan).not.toHaveProperty('better')
    expect(plan).not.toHaveProperty('addedTo')
    const taken = [
      ...plan.batches.map(({ instance }: { instance: string }) => instance),
      plan.solvency.instance,
    ]
    expect(taken).toEqual(expect.arrayContaining(Object.keys(proposed.better.instances)))
    expect(plan.proofs).toBeLessThanOrEqual(proposed.proofs)
  })
})
