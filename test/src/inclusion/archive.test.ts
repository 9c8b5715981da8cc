import { describe, expect, test } from 'vitest'
import { bytesSource } from '../../../src/bundle/index.js'
import {
  ARCHIVE_PATHS,
  bucketOf,
  entryBytesOf,
  type InclusionArchive,
  nobody,
  openInclusion,
  ownerRecipient,
  packEntry,
  padEntry,
  passphraseRecipient,
  type Recipient,
  readArchive,
  sealTo,
} from '../../../src/inclusion/index.js'
import { inclusionFile } from '../../helpers/inclusion.js'

const archive: InclusionArchive = {
  schema: 'plimsoll/inclusion-archive/1',
  venue: 'venue',
  epoch: 'epoch',
  state: '2',
  accountsRoot: '3',
  id: 'ab'.repeat(32),
  buckets: 3,
  entries: 4,
  entryBytes: entryBytesOf(4096),
  covered: 50,
}
const FILE = inclusionFile([['BTC', '1.5']])
const TEXT = JSON.stringify(FILE)

/** An archive in which one recipient's bucket has this entry last, and files of nobody else. */
async function source(to: Recipient, entry: Uint8Array, change: Partial<InclusionArchive> = {}) {
  const head = { ...archive, ...change }
  const { entryBytes, id } = head
  const seal = async (publicKey: string, packed: Uint8Array) =>
    sealTo(publicKey, id, padEntry(packed, entryBytes))
  const others = await Promise.all([1, 2, 3].map(async () => seal(await nobody(), new Uint8Array())))
  const path = ARCHIVE_PATHS.bucket(bucketOf(to.publicKey, head))
  const bucket = Buffer.concat([...others, await seal(to.publicKey, entry)])
  return { path, bucket, files: { 'archive.json': JSON.stringify(head), [path]: bucket } }
}

const open = async (files: Record<string, Uint8Array | string>, who: Recipient) => {
  const from = bytesSource(files)
  return openInclusion(from, await readArchive(from), who)
}

describe('an archive of sealed inclusion files (inclusion.12)', () => {
  test('gives a file to the owner of the key that it was sealed to, and to nobody else', async () => {
    const [owner, stranger] = [await ownerRecipient(5n), await ownerRecipient(6n)]
    const { files, path, bucket } = await source(owner, packEntry(TEXT))
    expect(await open(files, owner)).toEqual(FILE)
    const theirs = ARCHIVE_PATHS.bucket(bucketOf(stranger.publicKey, archive))
    await expect(open({ ...files, [theirs]: bucket }, stranger)).rejects.toMatchObject({
      code: 'ARCHIVE_NOT_FOUND',
    })
    expect(owner.publicKey).not.toBe(stranger.publicKey)
    expect((await ownerRecipient(5n)).publicKey).toBe(owner.publicKey)
    expect(path).toMatch(/^buckets\/00000\/0000000[0-2]\.bin$/)
  })

  test('gives it to whoever has the passphrase for the account in this archive', async () => {
    const { id } = archive
    const alice = await passphraseRecipient('correct horse battery', 'alice', id)
    expect(await open((await source(alice, packEntry(TEXT))).files, alice)).toEqual(FILE)
    const others = [
      await passphraseRecipient('correct horse batterx', 'alice', id),
      await passphraseRecipient('correct horse battery', 'bob', id),
      await passphraseRecipient('correct horse battery', 'alice', 'cd'.repeat(32)),
    ]
    for (const other of others) expect(other.publicKey).not.toBe(alice.publicKey)
    const composed = await passphraseRecipient('caf\u00e9 au lait noir', 'alice', id)
    expect((await passphraseRecipient('cafe\u0301 au lait noir', 'alice', id)).publicKey).toBe(
      composed.publicKey,
    )
  })

  test('shows no text and no identifier, and its entries and buckets have one length', async () => {
    const owner = await ownerRecipient(7n)
    const { bucket } = await source(owner, packEntry(TEXT))
    expect(bucket).toHaveLength(archive.entries * archive.entryBytes)
    const hidden = [Buffer.from('plimsoll/inclusion'), Buffer.from('accountsRoot')]
    for (const part of [...hidden, Buffer.from(owner.publicKey, 'hex')]) {
      expect(bucket.includes(part)).toBe(false)
    }
    const again = (await source(owner, packEntry(TEXT))).bucket
    expect(again.equals(bucket), 'sealed with another key each time').toBe(false)
  })

  test('is refused where a bucket is missing, cut off, or changed, or of another archive', async () => {
    const owner = await ownerRecipient(8n)
    const { files, path, bucket } = await source(owner, packEntry(TEXT))
    const { [path]: _, ...without } = files
    const flipped = Buffer.from(bucket)
    flipped[bucket.length - 1000]! ^= 1
    for (const [code, changed] of [
      ['ARCHIVE_BUCKET', without],
      ['ARCHIVE_BUCKET', { ...files, [path]: bucket.subarray(0, -1) }],
      ['JSON_SIZE', { ...files, [path]: Buffer.concat([bucket, Buffer.alloc(1)]) }],
      ['ARCHIVE_NOT_FOUND', { ...files, [path]: flipped }],
    ] as const) {
      await expect(open(changed as typeof files, owner), code).rejects.toMatchObject({ code, exitCode: 2 })
    }
    const other = { ...archive, id: 'cd'.repeat(32) }
    const place = ARCHIVE_PATHS.bucket(bucketOf(owner.publicKey, other))
    await expect(
      open({ 'archive.json': JSON.stringify(other), [place]: bucket }, owner),
      'a seal is bound to its archive',
    ).rejects.toMatchObject({ code: 'ARCHIVE_NOT_FOUND' })
  })

  test('is refused where what is sealed is of another epoch, or too short to be anything', async () => {
    const owner = await ownerRecipient(10n)
    for (const change of [
      { epoch: 'earlier' },
      { venue: 'another' },
      { state: '9' },
      { accountsRoot: '9' },
    ]) {
      const { files } = await source(owner, packEntry(JSON.stringify({ ...FILE, ...change })))
      await expect(open(files, owner), JSON.stringify(change)).rejects.toMatchObject({
        code: 'ARCHIVE_ENTRY',
      })
    }
    const { files } = await source(owner, new Uint8Array(), { entryBytes: 50 })
    await expect(open(files, owner)).rejects.toMatchObject({ code: 'ARCHIVE_ENTRY', exitCode: 2 })
  })

  test('F10: with an entry that unfolds to more than it says, or a head that asks for too much, is refused', async () => {
    const owner = await ownerRecipient(9n)
    const packed = packEntry('0'.repeat(3_000_000))
    const view = new DataView(packed.buffer)
    const broken: ((packed: Uint8Array) => void)[] = [
      () => view.setUint32(4, 100),
      () => view.setUint32(4, 2 ** 32 - 1),
      () => view.setUint32(0, 2 ** 32 - 1),
      () => packed.fill(255, 8),
    ]
    for (const change of broken) {
      change(packed)
      const { files } = await source(owner, packed)
      const opened = await open(files, owner).catch((error: unknown) => error)
      expect(['ARCHIVE_ENTRY', 'JSON_SYNTAX', 'JSON_SCHEMA']).toContain((opened as { code: string }).code)
    }
    for (const change of [
      { entries: 2 ** 20, entryBytes: 2 ** 20 },
      { buckets: 2 ** 30 },
      { buckets: 0 },
      { id: 'x' },
      { note: 1 },
    ]) {
      const text = JSON.stringify({ ...archive, ...change })
      await expect(readArchive(bytesSource({ 'archive.json': text }))).rejects.toMatchObject({
        code: 'JSON_SCHEMA',
      })
    }
  })
})
