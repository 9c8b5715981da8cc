import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { archiveSource, urlSource, zipSource } from '../../../src/bundle/index.js'
import { readManifest } from '../../../src/epoch/index.js'

/** How a file begins in the list at an archive's end. */
const ENTRY = Buffer.from([0x50, 0x4b, 1, 2])

function archiveOf(files: Record<string, Uint8Array>): Buffer {
  return Buffer.from(zipSync(files, { level: 0 }))
}

describe('an archive hides nothing (epoch.14)', () => {
  test('a file of the name __proto__ is listed and read as any other', async () => {
    const archive = archiveOf({ 'manifest.json': new Uint8Array(3), _mproto_m: new Uint8Array(2) })
    for (let i = archive.indexOf('_mproto_m'); i >= 0; i = archive.indexOf('_mproto_m'))
      archive.write('__proto__', i)
    const source = zipSource(archive, 'epoch.zip')
    expect(await source.list!('')).toEqual([
      { name: 'manifest.json', isFile: true },
      { name: '__proto__', isFile: true },
    ])
    expect(await source.read('__proto__', 10)).toEqual(new Uint8Array(2))
  })

  test('files that are stored as they are count with the bytes that they take, whatever the archive says', () => {
    const size = 600 * 2 ** 20
    const archive = archiveOf({ a: new Uint8Array(8), b: new Uint8Array(8) })
    for (let i = archive.indexOf(ENTRY); i >= 0; i = archive.indexOf(ENTRY, i + 1)) {
      archive.writeUInt32LE(size, i + 20) // packed
      archive.writeUInt32LE(0, i + 24) // unpacked, as it says
    }
    expect(() => zipSource(archive, 'epoch.zip')).toThrow(expect.objectContaining({ code: 'ARCHIVE_SIZE' }))
  })
})

test('a path longer or deeper than any of an epoch is refused, before a listing of each of its folders is made (epoch.14)', () => {
  for (const path of [`${'a/'.repeat(30_000)}b`, `${'a/'.repeat(16)}b`, 'b'.repeat(1001)]) {
    const source = () => zipSource(archiveOf({ [path]: new Uint8Array(1), c: new Uint8Array(1) }), 'x.zip')
    expect(source).toThrow(expect.objectContaining({ code: 'SOURCE_PATH', where: 'x.zip' }))
    expect(source).not.toThrow('b'.repeat(100))
  }
  expect(() => zipSource(archiveOf({ [`${'a/'.repeat(15)}b`]: new Uint8Array(1) }), 'x.zip')).not.toThrow()
})

describe('an archive that two readers could read differently is refused (epoch.14)', () => {
  const policy = '{"valueRatio":"1"}\n'
  const whole = () =>
    Buffer.from(zipSync({ 'policy.json': Buffer.from(policy.repeat(20)), 'risk.json': Buffer.from('{}') }))
  const refused = expect.objectContaining({ code: 'ARCHIVE_FORMAT', where: 'epoch.zip', exitCode: 2 })

  test('one whose list makes a file shorter than it is: others would see the rest of it', () => {
    const archive = whole()
    archive.writeUInt32LE(policy.length, archive.indexOf(ENTRY) + 24)
    expect(() => zipSource(archive, 'epoch.zip')).toThrow(refused)
  })

  test('one with a file that is not what its check sum says, the first or the last', async () => {
    for (let i = whole().indexOf(ENTRY); i >= 0; i = whole().indexOf(ENTRY, i + 1)) {
      const archive = whole()
      archive[i + 16]! ^= 1
      expect(() => zipSource(archive, 'epoch.zip'), `${i}`).toThrow(refused)
    }
    const text = await zipSource(whole(), 'epoch.zip').read('policy.json', 1000)
    expect(Buffer.from(text!).toString(), 'the control').toBe(policy.repeat(20))
  })
})

describe('a hostile archive is refused (epoch.14)', () => {
  const manifest = Buffer.from('{}')

  test.each(['../manifest.json', 'a/../../manifest.json', '/manifest.json', 'a//b', './a', 'a\\..\\b', ''])(
    'F04: with the path %j',
    (path) => {
      const archive = archiveOf({ 'manifest.json': manifest, [path]: manifest })
      expect(() => zipSource(archive, 'epoch.zip')).toThrow(expect.objectContaining({ code: 'SOURCE_PATH' }))
    },
  )

  test('F04: with a symbolic link, which unpacked is another file', () => {
    const link = (kind: number) =>
      zipSync({ 'manifest.json': manifest, 'risk.json': [manifest, { os: 3, attrs: kind << 16 }] })
    expect(() => zipSource(link(0o120777), 'epoch.zip')).toThrow(
      expect.objectContaining({
        code: 'ARCHIVE_LINK',
        message: expect.stringContaining('the symbolic link risk.json'),
      }),
    )
    expect(() => zipSource(link(0o100644), 'epoch.zip'), 'control').not.toThrow()
  })

  test('F10: that unpacks to more than any epoch, before it is unpacked', () => {
    const archive = Buffer.from(zipSync({ a: new Uint8Array(2 ** 20), b: new Uint8Array(2 ** 20) }))
    for (let i = archive.indexOf(ENTRY); i >= 0; i = archive.indexOf(ENTRY, i + 1))
      archive.writeUInt32LE(600 * 2 ** 20, i + 24)
    expect(archive.length).toBeLessThan(10_000)
    expect(() => zipSource(archive, 'epoch.zip')).toThrow(expect.objectContaining({ code: 'ARCHIVE_SIZE' }))
  })

  test('with names that differ in case alone: both are listed, and only the one that is asked for is read', async () => {
    const source = zipSource(archiveOf({ 'Risk.json': Buffer.from('1'), 'risk.json': manifest }), 'epoch.zip')
    expect((await source.list!(''))!.map(({ name }) => name)).toEqual(['Risk.json', 'risk.json'])
    expect(Buffer.from((await source.read('risk.json', 9))!).toString()).toBe('{}')
    expect(await source.read('RISK.JSON', 9)).toBeUndefined()
  })
})

describe('an archive at an address (epoch.14)', () => {
  const archive = archiveOf({ 'epoch/manifest.json': Buffer.from('{}') })
  const served = (status: number) => ({
    fetch: async () => new Response(status === 200 ? new Uint8Array(archive) : 'no', { status }),
  })

  test('is fetched once and whole, and no message repeats what gives access to it', async () => {
    const address = 'https://venue.example/epoch.zip?signature=5ecret'
    const source = await archiveSource(address, served(200))
    expect(source.name).toBe('https://venue.example/epoch.zip')
    expect(Buffer.from((await source.read('manifest.json', 9))!).toString()).toBe('{}')
    for (const status of [404, 500]) {
      await expect(archiveSource(address, served(status))).rejects.toMatchObject({
        code: 'FILE_ACCESS',
        where: 'https://venue.example/epoch.zip',
      })
    }
    await expect(archiveSource('ftp://venue.example/epoch.zip')).rejects.toMatchObject({
      code: 'SOURCE_ADDRESS',
    })
  })
})

describe('an address is taken at its word (epoch.14)', () => {
  test('one with a query or a fragment would have its last folder replaced, and is refused', async () => {
    const asked: unknown[] = []
    const fetch = async (address: unknown) => {
      asked.push(address)
      return new Response('{}')
    }
    for (const end of ['?v=1', '/?v=1', '#top', '?']) {
      expect(() => urlSource(`https://venue.example/epochs/2026-02${end}`, { fetch }), end).toThrow(
        expect.objectContaining({ code: 'SOURCE_ADDRESS', where: expect.not.stringContaining(end) }),
      )
    }
    const address = 'https://venue.example/risk.json?signature=abc'
    const source = urlSource({ 'risk.json': address }, { fetch })
    await source.read('risk.json', 10)
    expect(asked, 'a file of its own address may have a query').toEqual([address])
  })

  test('a password or a signature in an address is in no message', async () => {
    const thrown = (use: () => unknown) => Promise.resolve().then(use).catch(String)
    const secret = 'hunter2'
    const fetch = async () => new Response(null, { status: 403 })
    const signed = urlSource(
      { 'risk.json': `https://venue.example/risk.json?signature=${secret}` },
      { fetch },
    )
    for (const [use, says] of [
      [() => urlSource(`https://me:${secret}@venue.example/epoch`), 'a user name or a password'],
      [() => urlSource({ 'risk.json': `https://${secret}@venue.example/risk.json` }), 'a user name'],
      [() => urlSource(`https://venue.example/epoch?signature=${secret}`), 'no query'],
      [() => signed.read('risk.json', 10), '403'],
    ] as const) {
      const message = await thrown(use)
      expect(message).toContain(says)
      expect(message).toContain('https://venue.example/')
      expect(message).not.toContain(secret)
    }
  })

  test('a server that fails is not told as an epoch that is missing', async () => {
    const from = (status: number) =>
      readManifest(
        urlSource('https://venue.example/epoch', { fetch: async () => new Response(null, { status }) }),
      )
    await expect(from(503)).rejects.toMatchObject({
      code: 'FILE_ACCESS',
      message: expect.stringContaining('503'),
    })
    await expect(from(404)).rejects.toMatchObject({ code: 'EPOCH_MISSING' })
  })
})
