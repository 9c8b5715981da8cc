import { unzipSync } from 'fflate'
import { fileKind } from '../../bundle/index.js'
import type { Brought } from './brought.js'
import type { Named, Place } from './messages.js'

/** By what a file says that it is. */
const KINDS: Readonly<Record<string, keyof Brought>> = {
  inclusion: 'file',
  pins: 'pins',
  owner: 'owner',
  policy: 'policy',
  disclosure: 'openings',
}

/** Bytes of a file that is read to see what it is. */
const MAX_SEEN = 64 * 1024 * 1024

/**
 * What files are, each by itself. A guess, which nothing rests on: what reads a file decides. A file that
 * says nothing of itself is taken for the reader's own, whose reader then says what is wrong with it.
 */
export async function recognize(files: readonly File[]): Promise<Brought> {
  const brought: Brought = {}
  for (const file of files) Object.assign(brought, await recognizeOne(file))
  return brought
}

/** The files of one folder, as an epoch or an archive. */
export function recognizeFolder(files: readonly File[]): Brought {
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? 'folder'
  const inside = new Map(files.map((file) => [file.webkitRelativePath.slice(name.length + 1), file]))
  const place: Place = { name, files: inside }
  return inside.has('archive.json') ? { sealed: place } : { epoch: place }
}

async function recognizeOne(file: File): Promise<Brought> {
  const named: Named = { name: file.name, content: file }
  const bytes = await file.arrayBuffer().catch(() => undefined)
  if (bytes === undefined) return { file: named }
  const head = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength))
  if (head[0] === 0x50 && head[1] === 0x4b) {
    return namesIn(new Uint8Array(bytes)).some((path) => /^(?:[^/]*\/)?archive\.json$/.test(path))
      ? { sealed: named }
      : { epoch: named }
  }
  const kind = bytes.byteLength > MAX_SEEN ? undefined : fileKind(new TextDecoder().decode(bytes))
  const role = kind !== undefined && Object.hasOwn(KINDS, kind) ? KINDS[kind]! : 'file'
  return { [role]: named }
}

/** Paths that the list of an archive has; nothing of it is unpacked. */
function namesIn(archive: Uint8Array): string[] {
  const names: string[] = []
  try {
    unzipSync(archive, {
      filter: ({ name }) => {
        names.push(name)
        return false
      },
    })
  } catch {
    // What opens it says what is wrong with it.
  }
  return names
}
