import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plimsoll, temporaryFolder } from '../helpers/cli.js'

const folder = temporaryFolder()

function policyFile(minimumRatio: string): string {
  const path = join(folder, `policy-${minimumRatio}.json`)
  const policy = { schema: 'plimsoll/policy/1', valueRatio: '1', minimumRatio, loanFactor: '0' }
  writeFileSync(path, JSON.stringify({ ...policy, instruments: {} }))
  return path
}

const check = (policy: string, ...more: string[]) =>
  plimsoll(
    ...[
      'solvency',
      'check',
      '--accounts',
      'examples/venue/accounts.csv',
      '--risk',
      'examples/venue/risk.json',
    ],
    ...['--reserves', 'examples/venue/reserves.json', '--policy', policy, ...more],
  )

test('books that hold by a policy below full reserves are said to, and that verify refuses it (solvency.13, epoch.4)', async () => {
  const weak = policyFile('0.5')
  const said = await check(weak)
  expect(said.code, said.stderr).toBe(0)
  expect(said.stdout.trimEnd()).toMatch(/HOLDS, by a policy below full reserves$/)
  expect(said.stderr).toMatch(/note: the policy promises less than full reserves: .*0\.5/)
  expect(said.stderr).toMatch(/verify` refuses it, unless its reader accepts this policy with --policy/)
  const { valid, weak: promises } = JSON.parse((await check(weak, '--json')).stdout)
  expect(valid).toBe(true)
  expect(promises.length).toBeGreaterThan(0)
})

test('control: by full reserves they hold without a word (solvency.13)', async () => {
  const full = policyFile('1')
  const said = await check(full)
  expect(said.code, said.stderr).toBe(0)
  expect(said.stdout.trimEnd()).toMatch(/HOLDS$/)
  expect(said.stderr).not.toMatch(/full reserves/)
  expect(JSON.parse((await check(full, '--json')).stdout)).toMatchObject({ valid: true, weak: [] })
})
