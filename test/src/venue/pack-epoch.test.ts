import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { zipArchive, zipSource } from '../../../src/bundle/index.js'
import { EPOCH_PATHS } from '../../../src/epoch/index.js'
import { formatJson, sha256Hex } from '../../../src/schema/index.js'
import { packEpoch } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { MANIFEST } from '../../helpers/manifest.js'

const FILES: Record<string, string> = {
  [EPOCH_PATHS.manifest]: formatJson(MANIFEST),
  [EPOCH_PATHS.risk]: '{}',
  [EPOCH_PATHS.policy]: '{}',
  [EPOCH_PATHS.solvency]: '{}',
  [EPOCH_PATHS.batch(0)]: '{}',
  [EPOCH_PATHS.key('ledger-tiny')]: '{}',
  [EPOCH_PATHS.key('solvency-tiny')]: '{}',
}

function epochFolder(changes: Record<string, string> = {}): string {
  const folder = join(temporaryFolder(), 'epoch')
  for (const [path, text] of Object.entries({ ...FILES, ...changes })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

describe('an epoch is packed into one archive (epoch.22)', () => {
  test('of the same bytes, whatever the folder, its times and the time zone', async () => {
    const out = join(temporaryFolder(), 'epoch.zip')
    const packed = await packEpoch({ folder: epochFolder(), out })
    expect(packed).toEqual({
      sha256: sha256Hex(readFileSync(out)),
      bytes: readFileSync(out).length,
      files: Object.keys(FILES).length,
    })
    const other = epochFolder()
    utimesSync(join(other, EPOCH_PATHS.risk), 1, 1)
    const zone = process.env.TZ
    process.env.TZ = 'Pacific/Kiritimati'
    try {
      expect(await packEpoch({ folder: other, out: `${out}.2` })).toEqual(packed)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
    expect(await packEpoch({ folder: other, out }), 'the same result is no other one').toEqual(packed)
  })

  test('with every file as it is, its signature as well, and nothing that a desktop or a killed run left', async () => {
    const folder = epochFolder({ 'signature.json': '{}', '.DS_Store': 'x' })
    const out = join(temporaryFolder(), 'epoch.zip')
    await packEpoch({ folder, out })
    const source = zipSource(readFileSync(out), out)
    for (const [path, text] of Object.entries({ ...FILES, 'signature.json': '{}' })) {
      expect(Buffer.from((await source.read(path, 1e6))!).toString(), path).toBe(text)
    }
    expect(await source.read('.DS_Store', 1e6)).toBeUndefined()
  })

  test('only when it is whole and finished, outside of it, and over no other archive', async () => {
    const folder = epochFolder()
    const out = join(temporaryFolder(), 'epoch.zip')
    const refused = (at: string, code: string, to = out) =>
      expect(packEpoch({ folder: at, out: to }), code).rejects.toMatchObject({ code })
    await refused(folder, 'EPOCH_FOLDERS', join(folder, 'epoch.zip'))
    await refused(epochFolder({ 'balances.csv': 'alice,5' }), 'EPOCH_FILES')
    const lacking = epochFolder()
    rmSync(join(lacking, EPOCH_PATHS.batch(0)))
    await refused(lacking, 'EPOCH_FILES')
    const later = { ...MANIFEST, parts: { ...MANIFEST.parts, custody: {} } }
    await refused(epochFolder({ 'manifest.json': formatJson(later) }), 'EPOCH_FILES')
    const { ledger } = MANIFEST.parts
    const unfinished = { ...MANIFEST, parts: { ledger } }
    await refused(epochFolder({ 'manifest.json': formatJson(unfinished) }), 'EPOCH_UNFINISHED')
    const linked = epochFolder()
    const books = join(temporaryFolder(), 'books.json')
    writeFileSync(books, '{}')
    rmSync(join(linked, EPOCH_PATHS.policy))
    symlinkSync(books, join(linked, EPOCH_PATHS.policy))
    await refused(linked, 'ARCHIVE_LINK')
    const moved = epochFolder()
    renameSync(join(moved, EPOCH_PATHS.keys), join(dirname(moved), 'keys'))
    symlinkSync(join(dirname(moved), 'keys'), join(moved, EPOCH_PATHS.keys))
    await refused(moved, 'ARCHIVE_LINK')
    const whole = join(temporaryFolder(), 'link')
    symlinkSync(folder, whole)
    await packEpoch({ folder: whole, out })
    writeFileSync(out, 'another file')
    await refused(folder, 'FILE_EXISTS')
    await packEpoch({ folder, out, force: true })
  })

  test('of no more files than the list of an archive counts', () => {
    const files = new Map(Array.from({ length: 65_536 }, (_, i) => [`${i}`, new Uint8Array()]))
    expect(() => zipArchive(files, 'epoch.zip')).toThrowError(
      expect.objectContaining({ code: 'ARCHIVE_SIZE' }),
    )
  })
})
