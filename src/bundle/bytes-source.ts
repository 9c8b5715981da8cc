import { tooLarge } from '../schema/index.js'
import { placeOf, type Source, type SourceEntry } from './source.js'

/**
 * A source of files in memory, by their paths.
 *
 * @param files bytes, or text as UTF-8, by path, as `{ 'manifest.json': … }`
 * @param name what messages call it
 * @example
 * const report = await verifyEpoch(bytesSource(new Map([['manifest.json', bytes], …])), { pins })
 */
export function bytesSource(
  files: ReadonlyMap<string, Uint8Array | string> | Readonly<Record<string, Uint8Array | string>>,
  name = 'memory',
): Source {
  const held = new Map(files instanceof Map ? files : Object.entries(files))
  const folders = foldersOf(held.keys())
  return {
    name,
    async read(path, maxBytes) {
      const file = held.get(path)
      const bytes = typeof file === 'string' ? new TextEncoder().encode(file) : file
      if (bytes !== undefined && bytes.length > maxBytes) throw tooLarge(maxBytes, placeOf({ name }, path))
      return bytes
    },
    list: async (folder) => folders.get(folder),
  }
}

/** Entries of each folder by its path. A path that ends with `/` names a folder. */
export function foldersOf(paths: Iterable<string>): Map<string, SourceEntry[]> {
  const folders = new Map<string, Map<string, boolean>>([['', new Map()]])
  for (const path of paths) {
    const parts = path.split('/')
    for (const [i, part] of parts.entries()) {
      const folder = parts.slice(0, i).join('/')
      if (!folders.has(folder)) folders.set(folder, new Map())
      if (part !== '') folders.get(folder)!.set(part, i === parts.length - 1)
    }
  }
  const entries = ([name, isFile]: [string, boolean]): SourceEntry => ({ name, isFile })
  return new Map([...folders].map(([folder, names]) => [folder, [...names].map(entries)]))
}
