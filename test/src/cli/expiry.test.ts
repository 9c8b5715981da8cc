import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plimsollIn, temporaryFolder } from '../../helpers/cli.js'

const folder = temporaryFolder()

/** The error of proving for a gate until `expiry`, with files that are not there but for the purpose. */
async function errorFor(expiry: number): Promise<{ code: string; where: string; hint: string }> {
  const address = `0x${'1'.repeat(40)}`
  const gate = {
    chainId: '1',
    contract: address,
    label: `0x${'2'.repeat(64)}`,
    caller: address,
    nonce: '1',
    expiry,
  }
  writeFileSync(join(folder, 'for.json'), JSON.stringify({ schema: 'plimsoll/margin-purpose/1', gate }))
  const { code, stdout } = await plimsollIn(
    folder,
    ...['margin', 'prove', '--account', 'none', '--owner', 'none', '--risk', 'none'],
    ...['--requirement', 'maintenance', '--for', 'for.json', '--out', 'proof.json', '--json'],
  )
  expect(code).toBe(2)
  return JSON.parse(stdout).error
}

test('margin prove makes no proof for an expiry that has passed, and says what to write (gate.12)', async () => {
  const error = await errorFor(1_700_000_000)
  expect(error).toMatchObject({ code: 'MARGIN_EXPIRED', where: 'for.json: gate.expiry' })
  expect(error.hint).toContain('seconds since 1970')
})

test('control: with an expiry to come, it goes on to the next file (gate.12)', async () => {
  expect(await errorFor(32_503_680_000)).toMatchObject({ code: 'FILE_ACCESS', where: 'none' })
})
