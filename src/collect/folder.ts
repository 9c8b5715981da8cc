import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileError, statFile } from '../files/index.js'
import type { EvidenceFolder } from '../reserves/index.js'

const PIECE = 1 << 20

/**
 * A folder of evidence on this machine.
 *
 * @throws {InputError} `FILE_ACCESS` where a file is there and cannot be read, from what it gives
 * @example
 * const checked = await checkReserves(evidenceFolder('epoch/reserves'))
 */
export function evidenceFolder(path: string): EvidenceFolder {
  return {
    name: path,
    async open(file) {
      const place = join(path, file)
      if (!(await filesOf(path)).includes(file)) return undefined
      await statFile(place)
      return pieces(place)
    },
    list: () => filesOf(path),
  }
}

async function* pieces(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE })) yield piece as Uint8Array
  } catch (error) {
    throw fileError(path, error)
  }
}

/** Relative paths of all that lies in a folder and is no folder, in rising order. */
async function filesOf(folder: string, inside = ''): Promise<string[]> {
  const entries = await readdir(join(folder, inside), { withFileTypes: true }).catch((error: unknown) => {
    throw fileError(folder, error)
  })
  const paths = await Promise.all(
    entries.map((entry) => {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`
      return entry.isDirectory() ? filesOf(folder, path) : [path]
    }),
  )
  return paths.flat().sort()
}
