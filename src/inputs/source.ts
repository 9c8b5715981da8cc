import { createReadStream, existsSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { archiveSource, type Source, urlSource, zipSource } from '../bundle/index.js'
import { fileError, readBytes, statFile } from '../files/index.js'

/** Largest archive that is read, in bytes: 1 GiB. */
const MAX_ARCHIVE = 1024 * 1024 * 1024
/** Bytes of a file that is read in pieces, at a time. */
const PIECE = 1024 * 1024
const MISSING = new Set(['ENOENT', 'ENOTDIR'])

/**
 * A source of the files in a folder.
 *
 * @example
 * const report = await verifyEpoch(folderSource('epoch'), { pins })
 */
export function folderSource(folder: string): Source {
  return {
    name: folder,
    async read(path, maxBytes) {
      const file = join(folder, path)
      return readBytes(file, maxBytes).catch((error: unknown) => {
        if (isMissing(error)) return undefined
        throw error
      })
    },
    async stream(path) {
      const file = join(folder, path)
      try {
        await statFile(file)
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
      return pieces(file)
    },
    async list(path) {
      const entries = await readdir(join(folder, path), { withFileTypes: true }).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw fileError(join(folder, path), error)
      })
      return entries?.map((entry) => ({ name: entry.name, isFile: entry.isFile() }))
    },
  }
}

async function* pieces(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(file, { highWaterMark: PIECE })) yield piece as Uint8Array
  } catch (error) {
    throw fileError(file, error)
  }
}

/**
 * The source that a user names: a folder, a ZIP archive, or an address of http or https, of a folder or, when
 * it ends with `.zip`, of an archive.
 *
 * @throws {InputError} `FILE_ACCESS` when the file does not exist, and what `zipSource`, `urlSource` and
 * `archiveSource` throw
 * @example
 * const report = await verifyEpoch(await openSource('epoch'), { pins })
 */
export async function openSource(path: string): Promise<Source> {
  if (isAddress(path)) return /\.zip$/i.test(new URL(path).pathname) ? archiveSource(path) : urlSource(path)
  const entry = await stat(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
  if (entry.isDirectory()) return folderSource(path)
  return zipSource(await readBytes(path, MAX_ARCHIVE), path)
}

/**
 * Where a file of an epoch lies: below the nearest folder that has a folder `keys`, as far up as a batch is.
 *
 * @example
 * const { source, path } = placeInEpoch('epoch/ledger/0000/0000000.json') // path: ledger/0000/0000000.json
 */
export function placeInEpoch(file: string): { source: Source; path: string } {
  const above = [dirname(file), join(dirname(file), '..'), join(dirname(file), '..', '..')]
  const folder = above.find((candidate) => existsSync(join(candidate, 'keys'))) ?? above[0]!
  return {
    source: folderSource(folder),
    path: relative(resolve(folder), resolve(file)).split(sep).join('/'),
  }
}

/**
 * Whether a path names a single file that is not an archive.
 *
 * @throws {InputError} `FILE_ACCESS` when there is no such file
 */
export async function isPlainFile(path: string): Promise<boolean> {
  if (isAddress(path)) return false
  try {
    if ((await stat(path)).isDirectory()) return false
    await statFile(path)
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0)
      return !(bytesRead === 2 && buffer[0] === 0x50 && buffer[1] === 0x4b)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fileError(path, error)
  }
}

function isAddress(path: string): boolean {
  return /^https?:\/\//i.test(path)
}

/** Whether a file cannot be read because it is not there. */
function isMissing(error: unknown): boolean {
  const { cause } = error as Error
  return MISSING.has((cause as NodeJS.ErrnoException | undefined)?.code ?? '')
}
