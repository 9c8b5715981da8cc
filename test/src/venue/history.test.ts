import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { zipArchive } from '../../../src/bundle/index.js'
import type { Manifest } from '../../../src/epoch/index.js'
import { openHistory } from '../../../src/inputs/index.js'
import { formatJson, sha256Text } from '../../../src/schema/index.js'
import { assertOwnEpoch, finishedEpochs, lastOf } from '../../../src/venue/index.js'
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
/** An archive of a manifest, under the name of an epoch's folder. */
function packInto(folder: string, name: string, manifest: Manifest): void {
  const files = new Map([['epoch/manifest.json', Buffer.from(formatJson(manifest))]])
  writeFileSync(join(folder, `${name}.zip`), zipArchive(files, `${name}.zip`))
}
const lastIn = async (folder: string, target: Manifest['target'] = null) =>
  lastOf(await finishedEpochs(folder, 'Tiny Venue'), folder, target)?.value.epoch

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
    packInto(folder, '2', SECOND)
    rmSync(join(folder, '2'), { recursive: true })
    expect(await lastIn(folder)).toBe('2')
  })

  test('counts when a link leads to it', async () => {
    const folder = folderOf(FIRST, SECOND)
    const elsewhere = join(temporaryFolder(), 'moved')
    renameSync(join(folder, '2'), elsewhere)
    symlinkSync(elsewhere, join(folder, '2'))
    expect(await lastIn(folder)).toBe('2')
  })

  test('is one of its folder and its archive, unless these are two epochs', async () => {
    const folder = folderOf(FIRST, SECOND)
    packInto(folder, '2', SECOND)
    symlinkSync(join(folder, '2'), join(folder, 'latest'))
    expect(await lastIn(folder)).toBe('2')
    packInto(folder, '2', OTHER)
    await expect(lastIn(folder)).rejects.toMatchObject({ code: 'EPOCH_HISTORY' })
  })

  test('is not guessed where the history has parted', async () => {
    await expect(lastIn(folderOf(FIRST, SECOND, OTHER))).rejects.toMatchObject({ code: 'EPOCH_HISTORY' })
  })

  test('is one for all of its copies for other targets: the one for the target of the next', async () => {
    const target = (digit: string) => ({ chainId: '10', contract: `0x${digit.repeat(40)}` })
    const folder = folderOf(FIRST, SECOND)
    // A copy of the first, which the second does not follow, and one of the second.
    packInto(folder, 'first-on-10', { ...FIRST, target: target('1') })
    packInto(folder, 'second-on-10', { ...SECOND, target: target('1') })
    const last = async (own: Manifest['target']) =>
      lastOf(await finishedEpochs(folder, 'Tiny Venue'), folder, own)?.value.target
    expect(await last(null)).toBeNull()
    expect(await last(target('1'))).toEqual(target('1'))
    await expect(last(target('2'))).rejects.toMatchObject({
      code: 'EPOCH_HISTORY',
      message: expect.stringMatching(/follows 2 for 0x1+ on chain 10, nor 2 for no chain: which/),
      hint: expect.stringMatching(/the next is for 0x2+ on chain 10: name the one that it follows/),
    })
    // Other books under the name are another epoch.
    packInto(folder, 'second-on-10', { ...SECOND, target: target('1'), riskRoot: '9' })
    await expect(last(null)).rejects.toMatchObject({ hint: expect.stringContaining('not of the history') })
  })
})

test('an archive that is another epoch than the folder of its name is part of a history (audit.4)', async () => {
  const folder = folderOf(FIRST, SECOND)
  packInto(folder, '2', SECOND)
  const names = async () => (await openHistory(folder)).map(({ name }) => relative(folder, name))
  expect(await names()).toEqual(['1', '2'])
  packInto(folder, '2', OTHER)
  expect(await names()).toEqual(['1', '2', '2.zip'])
})

test('a finished epoch of another venue, name, chain or table is not taken for the one to make (epoch.8)', () => {
  const refusal = (wanted: Partial<Manifest>) => {
    try {
      assertOwnEpoch(FIRST, { ...FIRST, ...wanted }, 'public/1')
      return undefined
    } catch (error) {
      return error
    }
  }
  expect(refusal({})).toBeUndefined()
  const target = { chainId: '1', contract: `0x${'1'.repeat(40)}` }
  for (const wanted of [{ venue: 'Other' }, { epoch: '2' }, { target }, { riskTable: '2'.repeat(64) }]) {
    expect(refusal(wanted), JSON.stringify(wanted)).toMatchObject({ code: 'EPOCH_OTHER_RUN' })
  }
})
