import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getAddress } from 'viem/utils'
import { afterAll, describe, expect, test } from 'vitest'
import { parseTarget } from '../../../src/bundle/target.js'
import { readJsonFile } from '../../../src/files/index.js'
import { marginPurposeSchema, purposeSignals } from '../../../src/margin/index.js'
import { parsePurpose, purposeFile } from '../../../src/margin/purpose.js'

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-purpose-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const CONTRACT = '0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2'
const CALLER = '0x00000000219ab540356cbb839cbe05303d7705fa'
const schema = 'plimsoll/margin-purpose/1'
const gate = {
  chainId: '1',
  contract: CONTRACT,
  label: `0x${'ab'.repeat(32)}`,
  caller: CALLER,
  nonce: '1',
  expiry: 1_800_000_000,
}

/** What is read of a purpose file, as `margin prove --for` and `margin verify --for` do. */
function read(content: unknown) {
  const path = join(folder, 'for.json')
  writeFileSync(path, JSON.stringify(content))
  return readJsonFile(path, marginPurposeSchema)
}
const readGate = (change: object) => read({ schema, gate: { ...gate, ...change } })

describe('an address has one form, however it is written (margin.11)', () => {
  const plain = marginPurposeSchema.parse({ schema, gate })

  test.each(['contract', 'caller'] as const)('%s with its checksum', async (field) => {
    const checksummed = getAddress(gate[field])
    expect(checksummed).not.toBe(gate[field])
    const purpose = await readGate({ [field]: checksummed })
    expect(purpose).toEqual(plain)
    expect(purposeFile(purpose)).toEqual({ schema, gate })
    expect(purposeSignals(purpose, '')).toEqual(purposeSignals(plain, ''))
  })

  test('so has the label of a gate', async () => {
    expect(await readGate({ label: `0x${'AB'.repeat(32)}` })).toEqual(plain)
  })

  test('so has a purpose that no file has held, and the target of an epoch', () => {
    const given = { ...plain, gate: { ...gate, chainId: 1n, nonce: 1n, contract: getAddress(CONTRACT) } }
    expect(parsePurpose(given)).toEqual(plain)
    const target = { chainId: '1', contract: getAddress(CONTRACT) }
    expect(parseTarget(target)).toEqual({ chainId: '1', contract: CONTRACT })
    expect(parseTarget(null)).toBeNull()
  })

  const miswritten = getAddress(CONTRACT).replace('C02aaA', 'c02aaA')
  test.each([
    ['a wrong checksum', miswritten, 'wrong checksum'],
    ['all capitals', `0x${CONTRACT.slice(2).toUpperCase()}`, 'wrong checksum'],
    ['41 digits', `${CONTRACT}0`, '40 hexadecimal digits'],
    ['no 0x', CONTRACT.slice(2), '40 hexadecimal digits'],
    ['the zero address', `0x${'00'.repeat(20)}`, 'zero address'],
  ])('%s is refused, by file and field', async (_, contract, said) => {
    const error = { code: 'JSON_SCHEMA', exitCode: 2, message: expect.stringContaining(said) }
    await expect(readGate({ contract })).rejects.toMatchObject({
      ...error,
      where: expect.stringMatching(/for\.json: gate\.contract$/),
    })
    expect(() => parseTarget({ chainId: '1', contract })).toThrow(
      expect.objectContaining({ code: 'EPOCH_TARGET', message: expect.stringContaining(said) }),
    )
  })
})

describe('an expiry in milliseconds, good for fifty thousand years, is refused (gate.12)', () => {
  const expiry = 1_800_000_000_000

  test('in a file', async () => {
    await expect(readGate({ expiry })).rejects.toMatchObject({
      code: 'JSON_SCHEMA',
      message: expect.stringContaining('is this in milliseconds?'),
      where: expect.stringMatching(/for\.json: gate\.expiry$/),
    })
  })

  test('in a purpose that no file has held', () => {
    const purpose = { ...marginPurposeSchema.parse({ schema, gate }) }
    const late = { ...purpose, gate: { ...(purpose as { gate: object }).gate, expiry } } as typeof purpose
    expect(() => parsePurpose(late)).toThrow(
      expect.objectContaining({
        code: 'MARGIN_PURPOSE',
        where: 'purpose: gate.expiry',
        message: expect.stringContaining('is this in milliseconds?'),
      }),
    )
  })
})

test.each([
  ['an epoch manifest', { schema: 'plimsoll/epoch/1', venue: 'A' }, 'schema', 'plimsoll/margin-purpose/1'],
  ['neither gate nor reader', { schema }, 'gate', 'or a reader'],
  ['a gate without a caller', { schema, gate: { ...gate, caller: undefined } }, 'gate.caller', 'missing'],
  ['a chain 0', { schema, gate: { ...gate, chainId: '0' } }, 'gate.chainId', 'number of a chain'],
  ['a number without quotes', { schema, gate: { ...gate, nonce: 1 } }, 'gate.nonce', 'in quotes'],
  ['a reader without a purpose', { schema, reader: { name: 'Desk' } }, 'reader.purpose', 'missing'],
])('a purpose file with %s is refused with what to write (cli.5)', async (_, content, field, said) => {
  const error = await read(content).catch((e: unknown) => e as { where: string; message: string })
  expect(error).toMatchObject({ code: 'JSON_SCHEMA', exitCode: 2 })
  expect((error as { message: string }).message).toContain(said)
  expect((error as { where: string }).where).toContain(`for.json${field === '' ? '' : `: ${field}`}`)
})
