import { randomBytes } from 'node:crypto'
import { lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors/index.js'
import { fileError } from './disk.js'

/**
 * Writes a file so that a reader sees the old content or the new one, never a part: a temporary file beside it,
 * flushed to the disk, then renamed over it. Give private files `mode: 0o600`.
 *
 * @throws {InputError} `FILE_SYMLINK` when the target is a symbolic link, `FILE_ACCESS` when it cannot be written.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: { mode?: number } = {},
): Promise<void> {
  if ((await lstat(path).catch(() => undefined))?.isSymbolicLink()) {
    throw new InputError('FILE_SYMLINK', 'the target is a symbolic link', {
      where: path,
      hint: 'Write to the file that the link points to, or remove the link.',
    })
  }
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o644)
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw fileError(path, error)
  }
  await syncFolder(folder)
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
