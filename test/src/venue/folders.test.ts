import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { assertApart, assertUnpublished, liesIn } from '../../../src/venue/folders.js'
import { temporaryFolder } from '../../helpers/cli.js'

const folder = temporaryFolder()

test('the private folder and what is private lie outside the public one, by whatever links they are named (epoch.10, inclusion.6)', () => {
  const epoch = join(folder, '2026-01')
  const link = join(folder, 'current')
  mkdirSync(join(epoch, 'ledger'), { recursive: true })
  symlinkSync(epoch, link)
  for (const [one, other] of [
    [epoch, link],
    [link, epoch],
  ] as const) {
    expect(liesIn(one, join(other, 'inclusion.json'))).toBe(true)
    expect(liesIn(one, join(other, 'ledger/not/there/yet.json'))).toBe(true)
    for (const inside of [other, join(other, 'private'), join(other, 'ledger', 'private')]) {
      expect(() => assertApart(one, inside)).toThrow('must not lie in one another')
      expect(() => assertApart(inside, one)).toThrow('must not lie in one another')
    }
    expect(() => assertApart(one, `${other}.private`), 'the control').not.toThrow()
    expect(liesIn(one, join(folder, 'inclusion.json')), 'the control').toBe(false)
  }
})

test('a key or books in the folder that is published are refused (epoch.10)', () => {
  const open = join(folder, 'public')
  const refusal = expect.objectContaining({ code: 'EPOCH_FOLDERS', where: join(open, 'venue-key.json') })
  const files = [join(folder, 'accounts.csv'), join(open, 'venue-key.json')]
  expect(() => assertUnpublished(open, files)).toThrowError(refusal)
  expect(() => assertUnpublished(open, files.slice(0, 1))).not.toThrow()
})
