import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sha256File, statFile, writeFileAtomic } from '../../../src/files/index.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('atomic writing (cli.3)', () => {
  test('leaves the content and nothing else, over an older file too', async () => {
    const path = join(folder, 'a.json')
    await writeFileAtomic(path, 'old')
    await writeFileAtomic(path, Uint8Array.from([1, 2, 3]))
    expect([...(await readFile(path))]).toEqual([1, 2, 3])
    expect(await readdir(folder)).toEqual(['a.json'])
  })

  test('makes private files readable by their owner alone, even over a public one (cli.4)', async () => {
    const path = join(folder, 'secret.json')
    await writeFile(path, 'public', { mode: 0o644 })
    await writeFileAtomic(path, 'private', { mode: 0o600 })
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('F04: refuses a symbolic link at the target and touches neither end', async () => {
    const victim = join(folder, 'victim')
    await writeFile(victim, 'kept')
    await symlink(victim, join(folder, 'link'))
    await expect(writeFileAtomic(join(folder, 'link'), 'x')).rejects.toMatchObject({ code: 'FILE_SYMLINK' })
    expect(await readFile(victim, 'utf8')).toBe('kept')
    expect((await readdir(folder)).sort()).toEqual(['link', 'victim'])
  })

  test('F04: leaves no temporary file behind when it fails', async () => {
    await mkdir(join(folder, 'taken'))
    await expect(writeFileAtomic(join(folder, 'taken'), 'x')).rejects.toMatchObject({ code: 'FILE_ACCESS' })
    await expect(writeFileAtomic(join(folder, 'no', 'a'), 'x')).rejects.toMatchObject({ code: 'FILE_ACCESS' })
    expect(await readdir(folder)).toEqual(['taken'])
  })
})

describe('a file looked at (cli.9)', () => {
  test('has the SHA-256 of its bytes', async () => {
    const data = new Uint8Array(3_000_001).fill(7)
    await writeFile(join(folder, 'a'), data)
    expect(await sha256File(join(folder, 'a'))).toBe(createHash('sha256').update(data).digest('hex'))
  })

  test('has another version after it was written to, though its size is the same', async () => {
    const path = join(folder, 'a')
    await writeFile(path, 'abc')
    const before = await statFile(path)
    expect((await statFile(path)).version).toBe(before.version)
    await writeFileAtomic(path, 'abd')
    const after = await statFile(path)
    expect(after.size).toBe(before.size)
    expect(after.version).not.toBe(before.version)
  })
})
