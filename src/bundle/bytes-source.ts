import { InputError } from '../errors/index.js'
import { tooLarge } from '../schema/index.js'
import { placeOf, type Source, type SourceEntry } from './source.js'

/**
 * A source of files in memory, by their paths.
 *
 * @param files bytes, text as UTF-8, or files that a browser holds, by path, as `{ 'manifest.json': … }`
 * @param name what messages call it
 * @throws {InputError} `SOURCE_PATH` for paths that no folder could have
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * // And every other file, by its path.
 * const files = { 'manifest.json': await readFile('epoch/manifest.json') }
 * const report = await verifyEpoch(bytesSource(files), { pins })
 */
export function bytesSource(
  files:
    | ReadonlyMap<string, Uint8Array | string | Blob>
    | Readonly<Record<string, Uint8Array | string | Blob>>,
  name = 'memory',
): Source {
  const held = new Map(files instanceof Map ? files : Object.entries(files))
  const folders = foldersOf(held.keys(), name)
  return {
    name,
    async read(path, maxBytes) {
      const file = held.get(path)
      if (typeof file === 'object' && 'arrayBuffer' in file)
        return bytesOfBlob(file, maxBytes, placeOf({ name }, path))
      const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
      if (bytes !== undefined && bytes.length > maxBytes) throw tooLarge(maxBytes, placeOf({ name }, path))
      return bytes
    },
    list: async (folder) => folders.get(folder),
  }
}

/**
 * The bytes of a file that a browser holds.
 *
 * @param maxBytes more are refused, before the file is read
 * @param where the file's name, for messages
 * @throws {InputError} `JSON_SIZE`; `FILE_ACCESS` when the file was moved or changed since it was chosen
 */
export async function bytesOfBlob(file: Blob, maxBytes: number, where: string): Promise<Uint8Array> {
  if (file.size > maxBytes) throw tooLarge(maxBytes, where)
  const bytes = await file.arrayBuffer().catch((cause: unknown) => {
    throw new InputError('FILE_ACCESS', 'cannot be read', {
      where,
      cause,
      hint: 'Choose the file again: it may have been moved or changed since.',
    })
  })
  return new Uint8Array(bytes)
}

/**
 * Entries of each folder by its path. A path that ends with `/` names a folder.
 *
 * @param name of the source, for messages
 * @throws {InputError} `SOURCE_PATH` for a path that would escape a listing: with an empty part, `.`, `..` or
 * a backslash, or of a file that is a folder, too; and for one that is longer or deeper than any of an epoch
 */
export function foldersOf(paths: Iterable<string>, name: string): Map<string, SourceEntry[]> {
  const folders = new Map<string, Map<string, boolean>>([['', new Map()]])
  for (const path of paths) {
    const parts = path.length > MAX_PATH ? [] : path.replace(/\/$/, '').split('/')
    if (parts.length === 0 || parts.length > MAX_DEPTH) refuse(name, path)
    for (const [i, part] of parts.entries()) {
      const folder = folders.get(parts.slice(0, i).join('/')) ?? refuse(name, path)
      const isFile = i === parts.length - 1 && !path.endsWith('/')
      if (UNLISTED.test(part) || (folder.get(part) ?? isFile) !== isFile) refuse(name, path)
      folder.set(part, isFile)
      const here = parts.slice(0, i + 1).join('/')
      if (!isFile && !folders.has(here)) folders.set(here, new Map())
    }
  }
  const entries = ([entry, isFile]: [string, boolean]): SourceEntry => ({ name: entry, isFile })
  return new Map([...folders].map(([folder, names]) => [folder, [...names].map(entries)]))
}

/** Characters and parts of a path: each folder above a file has a listing of its own. */
const [MAX_PATH, MAX_DEPTH] = [1000, 16]
/** A part of a path that no folder lists under this name. */
const UNLISTED = /^\.{0,2}$|\\/

function refuse(name: string, path: string): never {
  const shown = path.length > MAX_PATH ? `${path.slice(0, 20)}…` : path
  throw new InputError('SOURCE_PATH', `holds the path ${JSON.stringify(shown)}, which no folder lists`, {
    where: name,
    hint: 'Take the epoch as the venue published it.',
  })
}
