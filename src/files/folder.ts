import { rmdirSync } from 'node:fs'
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { InputError } from '../errors/index.js'
import { fileError } from './disk.js'
import { onExit } from './process.js'

/**
 * Runs `work` with these folders in place. Those that had to be made and are still empty when it fails, or
 * when the process is interrupted, are removed again.
 *
 * @throws {InputError} `FILE_ACCESS` when one cannot be made, and what `work` throws
 */
export async function inFolders<T>(
  folders: readonly { path: string; mode?: number }[],
  work: () => Promise<T>,
): Promise<T> {
  const made: string[] = []
  const removeEmpty = () => {
    for (const folder of made.toReversed()) {
      try {
        rmdirSync(folder)
      } catch {
        // It holds something by now, or is gone.
      }
    }
  }
  const callOff = onExit(removeEmpty)
  try {
    for (const { path, mode } of folders) await makeFolder(resolve(path), mode, made)
    return await work()
  } catch (error) {
    removeEmpty()
    throw error
  } finally {
    callOff()
  }
}

/**
 * One level after the other: the recursive call of Node 20 never ends where nothing can be made and nothing
 * is there, as in /proc.
 */
async function makeFolder(path: string, mode: number | undefined, made: string[]): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw fileError(path, error)
  })
  if (found?.isDirectory()) return
  if (found !== undefined) throw new InputError('FILE_ACCESS', 'not a folder', { where: path })
  await makeFolder(dirname(path), mode, made)
  try {
    await mkdir(path, { mode: mode ?? 0o777 })
    made.push(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return // another process was first
    if (code === 'ENOENT') {
      throw new InputError('FILE_ACCESS', 'no folder can be made here', { where: path, cause: error })
    }
    throw fileError(path, error)
  }
}
