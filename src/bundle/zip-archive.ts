import { zipSync } from 'fflate'
import { InputError } from '../errors/index.js'
import { MAX_UNPACKED } from './zip-source.js'

/** Files that the list of an archive counts. */
const MAX_FILES = 65_535
/**
 * The first day that an archive can name, in the time of the place, as archives hold it: it says nothing of
 * when or where a file was made.
 */
const noTime = (): Date => new Date(1980, 0, 1, 12)

/**
 * A ZIP archive of files: the same bytes for the same files, whoever makes it, wherever and whenever. Files
 * stand in the order of their paths, and have neither times nor owners.
 *
 * @param name what messages call it
 * @throws {InputError} `ARCHIVE_SIZE` for more files or bytes than `zipSource` reads
 */
export function zipArchive(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const paths = [...files.keys()].sort()
  const bytes = paths.reduce((sum, path) => sum + files.get(path)!.length, 0)
  if (paths.length > MAX_FILES || bytes > MAX_UNPACKED) {
    throw new InputError('ARCHIVE_SIZE', `would hold ${paths.length} files and ${bytes} bytes`, {
      where: name,
      hint: `An archive holds at most ${MAX_FILES} files and ${MAX_UNPACKED} bytes: publish the folder.`,
    })
  }
  const entries = Object.fromEntries(paths.map((path) => [path, files.get(path)!]))
  return zipSync(entries, { level: 6, mtime: noTime() })
}
