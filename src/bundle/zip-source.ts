import { unzipSync } from 'fflate'
import { InputError } from '../errors/index.js'
import { bytesSource } from './bytes-source.js'
import type { Source } from './source.js'

/** All that is unpacked of one archive, in bytes: 1 GiB, six times the largest epoch. */
const MAX_UNPACKED = 1024 * 1024 * 1024

/**
 * A source of the files in a ZIP archive. A single top-level folder is stripped from the paths.
 *
 * @param name what messages call it
 * @throws {InputError} `ARCHIVE_FORMAT` when the bytes are not a complete ZIP archive, `ARCHIVE_SIZE` when it
 * unpacks to more than 1 GiB, `ARCHIVE_DUPLICATE` when it has two files of one path: another reader could
 * take the other one
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const report = await verifyEpoch(zipSource(await readFile('epoch.zip'), 'epoch.zip'), { pins })
 */
export function zipSource(archive: Uint8Array, name: string): Source {
  const seen = new Set<string>()
  let unpacked = 0
  const files = unzip(archive, name, (path, size) => {
    if (seen.has(path)) {
      throw new InputError('ARCHIVE_DUPLICATE', `has the file ${path} twice`, { where: name, hint: WHOLE })
    }
    seen.add(path)
    unpacked += size
    if (unpacked > MAX_UNPACKED) {
      throw new InputError('ARCHIVE_SIZE', `unpacks to more than ${MAX_UNPACKED} bytes`, {
        where: name,
        hint: WHOLE,
      })
    }
  })
  const [first] = seen
  const top = `${first?.split('/')[0] ?? ''}/`
  const isNested = seen.size > 0 && [...seen].every((path) => path.startsWith(top))
  // By the archive's own list: among the keys of an object, a file of the name `__proto__` is none.
  const paths = [...seen].map((path) => [isNested ? path.slice(top.length) : path, files[path]!] as const)
  return bytesSource(new Map(paths.filter(([path]) => path !== '')), name)
}

const WHOLE = 'Take the archive as the venue published it.'

function unzip(
  archive: Uint8Array,
  where: string,
  onFile: (path: string, size: number) => void,
): Record<string, Uint8Array> {
  try {
    return unzipSync(archive, {
      filter({ name, size, originalSize }) {
        // A file that is stored as it is has its packed size, whatever the archive says of the other one.
        onFile(name, Math.max(size, originalSize))
        return true
      },
    })
  } catch (cause) {
    if (cause instanceof InputError) throw cause
    throw new InputError('ARCHIVE_FORMAT', 'not a whole ZIP archive', { where, cause, hint: WHOLE })
  }
}
