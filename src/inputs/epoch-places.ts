import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError } from '../files/index.js'

/**
 * Where epochs may lie in a folder: the names of its folders and of its ZIP archives, in order. Symbolic
 * links count as what they lead to.
 *
 * @throws {InputError} `FILE_ACCESS` when it cannot be read
 */
export async function epochPlaces(folder: string): Promise<{ folders: string[]; archives: string[] }> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw fileError(folder, error)
  })
  const [folders, archives]: [string[], string[]] = [[], []]
  for (const name of names.sort()) {
    const entry = await stat(join(folder, name)).catch(() => undefined)
    if (entry?.isDirectory()) folders.push(name)
    else if (entry?.isFile() && /\.zip$/i.test(name)) archives.push(name)
  }
  return { folders, archives }
}
