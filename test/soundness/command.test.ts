import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { ATTACKS } from '../../scripts/soundness/attacks/catalogue.js'

const soundness = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'scripts/soundness/main.ts', ...args], { encoding: 'utf8' })

test('the soundness report has a row for every attack that there is (cli.13)', () => {
  const { status, stdout } = soundness('--small', 'attacks')
  expect(status).toBe(0)
  for (const { id } of ATTACKS) expect(stdout).toMatch(new RegExp(`^${id} `, 'm'))
  const rows = JSON.parse(soundness('--small', '--json', 'attacks').stdout)[0].rows
  expect(rows.map(({ id }: { id: string }) => id)).toEqual(ATTACKS.map(({ id }) => id))
})

test.each([
  ['a section', ['attacks', 'atacks'], 'There is no section “atacks”'],
  ['an instance', ['unique', '--instance', 'ledger-17'], 'There is no instance ledger-17'],
])('%s that there is not is refused, whatever else is asked for (cli.13)', (_, args, message) => {
  const { status, stdout, stderr } = soundness(...args)
  expect([status, stdout]).toEqual([2, ''])
  expect(stderr).toContain(message)
})
