import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { zipArchive } from '../../../src/bundle/index.js'
import type { Manifest } from '../../../src/epoch/index.js'
import { formatJson, sha256Text } from '../../../src/schema/index.js'
import { finishedEpochs, lastOf } from '../../../src/venue/index.js'
import { temporaryFolder } from '../../helpers/cli.js'
import { MANIFEST } from '../../helpers/manifest.js'

const digest = (manifest: Manifest) => sha256Text(formatJson(manifest))
const FIRST = { ...MANIFEST, epoch: '1' }
const SECOND = { ...MANIFEST, epoch: '2', previous: digest(FIRST) }
const OTHER = { ...MANIFEST, epoch: '2b', previous: digest(FIRST) }

function folderOf(...manifests: Manifest[]): string {
  const folder = temporaryFolder()
  for (const manifest of manifests) {
    mkdirSync(join(folder, manifest.epoch))
    writeFileSync(join(folder, manifest.epoch, 'manifest.json'), formatJson(manifest))
  }
  return folder
}
const lastIn = async (folder: string) =>
  lastOf(await finishedEpochs(folder, 'Tiny Venue'), folder)?.value.epoch

describe('the last epoch of a history (epoch.20)', () => {
  test('is the one that no other names, whatever the order of their names', async () => {
    expect(await lastIn(folderOf(SECOND, FIRST))).toBe('2')
    expect(await lastIn(folderOf({ ...FIRST, epoch: '9' }))).toBe('9')
    expect(await lastIn(join(temporaryFolder(), 'none'))).toBeUndefined()
  })

  test('is no unfinished one, none of another venue, and nothing else that lies there', async () => {
    const { ledger } = MANIFEST.parts
    const folder = folderOf(
      FIRST,
      { ...SECOND, parts: { ledger } },
      { ...MANIFEST, epoch: 'x', venue: 'Other Venue' },
    )
    mkdirSync(join(folder, 'notes'))
    writeFileSync(join(folder, 'readme.txt'), '')
    expect(await lastIn(folder)).toBe('1')
  })

  test('counts when its archive alone is left', async () => {
    const folder = folderOf(FIRST, SECOND)
    const manifest = Buffer.from(formatJson(SECOND))
    writeFileSync(join(folder, '2.zip'), zipArchive(new Map([['epoch/manifest.json', manifest]]), '2.zip'))
    rmSync(join(folder, '2'), { recursive: true })
    expect(await lastIn(folder)).toBe('2')
  })

  test('is not guessed where the history has parted', async () => {
    await expect(lastIn(folderOf(FIRST, SECOND, OTHER))).rejects.toMatchObject({ code: 'EPOCH_HISTORY' })
  })
})
