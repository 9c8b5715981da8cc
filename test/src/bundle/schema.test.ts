import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FIELD_ORDER } from '../../../src/field/index.js'
import { fieldElementSchema } from '../../../src/schema/index.js'
import { createOwner, readOwner } from '../../../src/trader/owner.js'
import { temporaryFolder } from '../../helpers/cli.js'

/** What `BigInt()` would throw on, or take for another number. */
const MALFORMED = [
  '',
  'x',
  '0x10',
  ' 1',
  '1n',
  '01',
  '-1',
  '1.5',
  '1e3',
  '\u0661',
  `${FIELD_ORDER}`,
  '9'.repeat(78),
]

describe('a malformed field element (cli.5)', () => {
  test.each(MALFORMED)('is refused and no exception: %j (proof.3)', (text) => {
    expect(fieldElementSchema.safeParse(text).success).toBe(false)
  })

  test("in an owner's file is an error that names the field and repeats nothing of it (privacy.7)", async () => {
    const path = join(temporaryFolder(), 'owner.json')
    await createOwner(path)
    const file = JSON.parse(readFileSync(path, 'utf8'))
    const secret = `${file.secret}n`
    writeFileSync(path, JSON.stringify({ ...file, secret }))
    const reading = readOwner(path)
    await expect(reading).rejects.toMatchObject({ code: 'JSON_SCHEMA', where: `${path}: secret` })
    await expect(reading).rejects.not.toThrow(file.secret)
  })

  test('the control: what is canonical is taken', () => {
    for (const text of ['0', '1', `${FIELD_ORDER - 1n}`])
      expect(fieldElementSchema.safeParse(text).success).toBe(true)
  })
})
