import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { epochSignatureSchema } from '../../../src/epoch/index.js'
import { createSigningKey, readSigningKey, type SigningKey, signEpoch } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { MANIFEST } from '../../helpers/manifest.js'

const at = temporaryFolder()
const path = join(at, 'key.json')
let key: SigningKey
beforeAll(async () => {
  await createSigningKey(path)
  key = await readSigningKey(path)
})

const file = () => JSON.parse(readFileSync(path, 'utf8'))

function epochFolder(manifest: object = MANIFEST): string {
  const folder = join(temporaryFolder(), 'epoch')
  mkdirSync(folder)
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  return folder
}

describe("a venue's key (cli.4, epoch.21)", () => {
  test('is for its owner alone to read, and is never overwritten', async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await expect(createSigningKey(path)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect(file().address).toBe(key.address)
  })

  test.each([
    ['zero', '0'.repeat(64)],
    ['the order of the curve', 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'],
    ['the key of another address', '1'.repeat(64)],
  ])('is refused when it is %s, and no message repeats it', async (_, privateKey) => {
    const other = join(temporaryFolder(), 'key.json')
    writeFileSync(other, JSON.stringify({ ...file(), privateKey }))
    const error = await readSigningKey(other).catch((caught: Error) => caught)
    expect(error).toMatchObject({ code: 'SIGNING_KEY', where: other })
    expect((error as Error).message).not.toContain(privateKey)
  })
})

describe('signing an epoch (epoch.21)', () => {
  test('again gives the same file; another one takes force', async () => {
    const folder = epochFolder()
    const first = await signEpoch({ folder, key })
    const written = () => JSON.parse(readFileSync(join(folder, 'signature.json'), 'utf8'))
    expect(epochSignatureSchema.parse(written())).toEqual(first)
    expect(first).toMatchObject({ deadline: 0, uri: '', signer: key.address })
    expect(await signEpoch({ folder, key })).toEqual(first)
    const uri = 'https://venue.example/1'
    await expect(signEpoch({ folder, key, uri })).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect(written()).toEqual(first)
    expect((await signEpoch({ folder, key, uri, force: true })).uri).toBe(uri)
  })

  test('an epoch for a contract is signed for a week, or as long as is said', async () => {
    const target = { chainId: '1', contract: `0x${'11'.repeat(20)}` }
    const folder = epochFolder({ ...MANIFEST, target })
    const now = Date.now() / 1000
    const { deadline } = await signEpoch({ folder, key })
    expect(deadline).toBeGreaterThan(now + 7 * 86_400 - 2)
    expect(deadline).toBeLessThan(now + 8 * 86_400)
    expect((await signEpoch({ folder, key, deadline: 1_900_000_000, force: true })).deadline).toBe(
      1_900_000_000,
    )
  })

  test('waits for the proof of solvency, and takes no address and no time that none can have', async () => {
    const { ledger } = MANIFEST.parts
    const unfinished = signEpoch({ folder: epochFolder({ ...MANIFEST, parts: { ledger } }), key })
    await expect(unfinished).rejects.toMatchObject({ code: 'EPOCH_UNFINISHED' })
    const folder = epochFolder()
    for (const wrong of [{ uri: 'a b' }, { uri: 'x'.repeat(2001) }, { deadline: -1 }, { deadline: 1.9e12 }]) {
      await expect(signEpoch({ folder, key, ...wrong })).rejects.toMatchObject({ code: 'EPOCH_SIGNATURE' })
    }
  })
})
