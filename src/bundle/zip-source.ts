import { unzipSync } from 'fflate'
import { InputError } from '../errors/index.js'
import { bytesSource } from './bytes-source.js'
import type { Source } from './source.js'

/** All that is unpacked of one archive, in bytes: 1 GiB, six times the largest epoch. */
export const MAX_UNPACKED = 1024 * 1024 * 1024

/**
 * A source of the files in a ZIP archive. A single top-level folder is stripped from the paths.
 *
 * @param name what messages call it
 * @throws {InputError} `ARCHIVE_FORMAT` when the bytes are not a complete ZIP archive, or a file is not what
 * its check sum says, `ARCHIVE_SIZE` when it unpacks to more than 1 GiB, `ARCHIVE_DUPLICATE` when it has two
 * files of one path: another reader could take the other one; `ARCHIVE_LINK` for a symbolic link, which
 * unpacked is another file
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const report = await verifyEpoch(zipSource(await readFile('epoch.zip'), 'epoch.zip'), { pins })
 */
export function zipSource(archive: Uint8Array, name: string): Source {
  const files = unzip(archive, name)
  const [first = ''] = files.keys()
  const top = `${first.split('/')[0]}/`
  const isNested = files.size > 0 && [...files.keys()].every((path) => path.startsWith(top))
  const inside = [...files].map(([path, bytes]) => [isNested ? path.slice(top.length) : path, bytes] as const)
  return bytesSource(new Map(inside.filter(([path]) => !isNested || path !== '')), name)
}

const WHOLE = 'Take the archive as the venue published it.'

/** The files of an archive by their paths, in the order of its list. */
function unzip(archive: Uint8Array, where: string): Map<string, Uint8Array> {
  // By the archive's own list: among the keys of an object, a file of the name `__proto__` is none.
  const paths = new Set<string>()
  let unpacked = 0
  const admit = (path: string, size: number) => {
    if (paths.has(path)) {
      throw new InputError('ARCHIVE_DUPLICATE', `has the file ${path} twice`, { where, hint: WHOLE })
    }
    paths.add(path)
    unpacked += size
    if (unpacked > MAX_UNPACKED) {
      throw new InputError('ARCHIVE_SIZE', `unpacks to more than ${MAX_UNPACKED} bytes`, {
        where,
        hint: WHOLE,
      })
    }
    return true
  }
  try {
    const unzipped = unzipSync(archive, {
      // A file that is stored as it is has its packed size, whatever the archive says of the other one.
      filter: ({ name, size, originalSize }) => admit(name, Math.max(size, originalSize)),
    })
    const files = new Map([...paths].map((path) => [path, unzipped[path]!]))
    const entries = entriesOf(archive, files.size)
    const link = [...paths].find((_, i) => entries[i]!.isLink)
    if (link !== undefined) {
      throw new InputError('ARCHIVE_LINK', `has the symbolic link ${link}`, { where, hint: WHOLE })
    }
    if (![...files.values()].every((file, i) => crc32(file) === entries[i]!.sum)) {
      throw new Error('a file is damaged')
    }
    return files
  } catch (cause) {
    if (cause instanceof InputError) throw cause
    throw new InputError('ARCHIVE_FORMAT', 'not a whole ZIP archive', { where, cause, hint: WHOLE })
  }
}

/**
 * What the archive's list says of each file, in its order. A file that has another CRC-32 is damaged, or the
 * list makes it shorter than it is, and other readers would see more of it.
 */
function entriesOf(archive: Uint8Array, count: number): { sum: number; isLink: boolean }[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length)
  const is = (at: number, signature: number) => at >= 0 && view.getUint32(at, true) === signature
  let end = archive.length - 22
  while (!is(end, LIST_END)) end--
  let entry = view.getUint32(end + 16, true)
  if (is(end - 20, ZIP64_LOCATOR)) {
    const at = view.getUint32(end - 12, true)
    if (is(at, ZIP64_END)) entry = view.getUint32(at + 48, true)
  }
  return Array.from({ length: count }, () => {
    const sum = view.getUint32(entry + 16, true)
    const isLink = view.getUint32(entry + 38, true) >>> 28 === SYMBOLIC_LINK
    const [name, extra, comment] = [28, 30, 32].map((at) => view.getUint16(entry + at, true))
    entry += 46 + name! + extra! + comment!
    return { sum, isLink }
  })
}

/** The kind of a file in its mode, where an archive has Unix modes. */
const SYMBOLIC_LINK = 0xa
const LIST_END = 0x06054b50
const ZIP64_LOCATOR = 0x07064b50
const ZIP64_END = 0x06064b50

function crc32(bytes: Uint8Array): number {
  let sum = -1
  for (const byte of bytes) sum = (sum >>> 8) ^ CRC_STEPS[(sum ^ byte) & 0xff]!
  return ~sum >>> 0
}

const CRC_STEPS = Array.from({ length: 256 }, (_, byte) => {
  let step = byte
  for (let bit = 0; bit < 8; bit++) step = (step >>> 1) ^ (step & 1 ? 0xedb88320 : 0)
  return step
})
