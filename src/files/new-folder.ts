import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { resolve } from 'node:path'
import { InputError } from '../errors/index.js'
import { fileError } from './disk.js'
import { inFolders } from './folder.js'
import { removeOnExit } from './process.js'

/**
 * Makes a folder that must not be there yet, whole or not at all: `work` fills one beside it, which then
 * takes the name. What it left is removed when it fails or the process ends.
 *
 * @throws {InputError} `FILE_EXISTS`, `FILE_ACCESS` also when the disk is full, and what `work` throws
 */
export async function writeNewFolder(
  path: string,
  work: (folder: string) => Promise<void>,
  mode?: number,
): Promise<void> {
  const folder = resolve(path)
  if (existsSync(folder)) {
    throw new InputError('FILE_EXISTS', 'exists already, and is not overwritten', {
      where: path,
      hint: 'Name another folder, or move this one away.',
    })
  }
  const making = `${folder}.making.${randomBytes(6).toString('hex')}`
  const remove = removeOnExit(making)
  try {
    await inFolders([{ path: making, ...(mode === undefined ? {} : { mode }) }], () => work(making))
    await rename(making, folder)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : fileError(path, error)
  } finally {
    remove()
  }
}
