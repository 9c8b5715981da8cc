import { existsSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_UNPACKED, zipArchive } from '../bundle/index.js'
import { EPOCH_PATHS, epochFiles, readManifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { assertReplaceable, writeFileAtomic } from '../files/index.js'
import { openSource } from '../inputs/index.js'
import { MAX_TEXT_BYTES, sha256Hex } from '../schema/index.js'
import { liesIn } from './folders.js'
import { provenSolvency } from './proven-solvency.js'

export interface PackEpochOptions {
  /** The epoch: its solvency must be proven. */
  folder: string
  /** The archive to write. */
  out: string
  /** Whether another archive may be replaced. */
  force?: boolean
}

/** An epoch as one file. */
export interface PackedEpoch {
  /** Of the archive's bytes, lower-case hex. */
  sha256: string
  bytes: number
  files: number
}

/** The folder that an archive unpacks to. */
const FOLDER = 'epoch'

/**
 * Packs an epoch into one ZIP archive: every file that its manifest lists, its signature if there is one, and
 * nothing else. The same epoch gives the same bytes, wherever it lies.
 *
 * @throws {InputError} `EPOCH_UNFINISHED` when its solvency is not proven, `EPOCH_FILES` when a file is
 * missing or foreign, `ARCHIVE_LINK`, `EPOCH_FOLDERS` when the archive would lie in the epoch,
 * `ARCHIVE_SIZE`, `FILE_EXISTS`
 * @example
 * const { sha256 } = await packEpoch({ folder: 'epoch', out: '2026-01.zip' })
 */
export async function packEpoch({ folder, out, force = false }: PackEpochOptions): Promise<PackedEpoch> {
  if (liesIn(folder, out)) {
    throw new InputError('EPOCH_FOLDERS', 'an archive of the epoch must not lie in it', {
      where: out,
      hint: 'Name a file outside the epoch with --out.',
    })
  }
  const { archive, files } = await epochArchive(folder, out)
  if (!force) await assertReplaceable(out, archive)
  await writeFileAtomic(out, archive)
  return { sha256: sha256Hex(archive), bytes: archive.length, files }
}

/**
 * The archive of an epoch, and how many files are in it.
 *
 * @param place the epoch: a folder, an archive or an address
 * @param name what messages call the archive that is made
 * @throws {InputError} `EPOCH_UNFINISHED`, `EPOCH_FILES`, `ARCHIVE_LINK`, `ARCHIVE_SIZE`
 */
export async function epochArchive(
  place: string,
  name: string,
): Promise<{ archive: Uint8Array; files: number }> {
  const source = await openSource(place)
  const manifest = await readManifest(source)
  provenSolvency(manifest, place)
  const files = new Map<string, Uint8Array>()
  const folder = existsSync(join(place, EPOCH_PATHS.manifest)) ? await realpath(place) : undefined
  for (const path of await epochFiles(source, manifest)) {
    if (folder !== undefined) await assertNoLink(place, path, folder)
    const most = path.startsWith(`${EPOCH_PATHS.reserves}/`) ? MAX_UNPACKED : MAX_TEXT_BYTES
    files.set(`${FOLDER}/${path}`, (await source.read(path, most))!)
  }
  return { archive: zipArchive(files, name), files: files.size }
}

/** Refuses a file of a folder that leads elsewhere. */
async function assertNoLink(place: string, path: string, folder: string): Promise<void> {
  if ((await realpath(join(place, path))) === join(folder, path)) return
  throw new InputError('ARCHIVE_LINK', 'is a symbolic link: what it leads to would be published', {
    where: join(place, path),
    hint: 'Put the file itself in its place.',
  })
}
