import { randomBytes } from 'node:crypto'
import { constants, copyFile, link, lstat, open, readFile, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors/index.js'
import { fileError } from './disk.js'
import { removeOnExit } from './process.js'

/**
 * Writes a file so that a reader sees the old content or the new one, never a part: a temporary file beside
 * it, flushed to the disk, then moved to its name. Give private files `mode: 0o600`.
 *
 * @param data the content, or its pieces one after another
 * @param options.overwrite whether an existing file may be replaced (default: yes)
 * @throws {InputError} `FILE_SYMLINK` when the target is a symbolic link, `FILE_EXISTS`, `FILE_ACCESS` when
 * it cannot be written.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array | Iterable<Uint8Array>,
  options: { mode?: number; overwrite?: boolean } = {},
): Promise<void> {
  const { overwrite = true } = options
  const target = await lstat(path).catch(() => undefined)
  if (target && !overwrite) throw exists(path)
  if (target?.isSymbolicLink()) {
    throw new InputError('FILE_SYMLINK', 'the target is a symbolic link', {
      where: path,
      hint: 'Write to the file that the link points to, or remove the link.',
    })
  }
  // A device or a pipe would be replaced, and be gone for every other program.
  if (target && !target.isFile()) throw new InputError('FILE_ACCESS', 'not a regular file', { where: path })
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  const discard = removeOnExit(temporary)
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o644)
    try {
      const pieces = typeof data === 'string' || data instanceof Uint8Array ? [data] : data
      for (const piece of pieces) await file.writeFile(piece)
      await file.sync()
    } finally {
      await file.close()
    }
    await (overwrite ? rename(temporary, path) : place(temporary, path))
  } catch (error) {
    throw fileError(path, error)
  } finally {
    discard()
  }
  await syncFolder(folder)
}

/**
 * Refuses to replace a file that holds a different result.
 *
 * @param data the content to write; without it, every existing file counts as different
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS`
 */
export async function assertReplaceable(path: string, data?: string | Uint8Array): Promise<void> {
  const target = await lstat(path).catch(() => undefined)
  // Links, folders and devices are not written to, whatever is asked for.
  if (target === undefined || !target.isFile()) return
  if (data !== undefined && target.size === Buffer.byteLength(data)) {
    const there = await readFile(path).catch((error: unknown) => {
      throw fileError(path, error)
    })
    if (there.equals(Buffer.from(data))) return
  }
  throw new InputError('FILE_EXISTS', 'exists already, and is not overwritten', {
    where: path,
    hint: 'Name another file, move this one away, or overwrite it with --force.',
  })
}

/** Hard-links the file to its final name; copies it where hard links are not supported. */
async function place(from: string, to: string): Promise<void> {
  await link(from, to)
    .catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error
      return copyFile(from, to, constants.COPYFILE_EXCL)
    })
    .catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? exists(to) : error
    })
}

function exists(path: string): InputError {
  return new InputError('FILE_EXISTS', 'exists already, and is not overwritten', {
    where: path,
    hint: 'Name another file, or move this one away.',
  })
}

/** Makes the renaming itself last; file systems that cannot flush a folder are left as they are. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch {
    return
  }
}
