import { unzipSync } from 'fflate'
import { fileKind } from '../../bundle/index.js'
import type { Brought, Recognized } from './brought.js'
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
 * says nothing of itself is taken for the reader's own where no other is, whose reader then says what is
 * wrong with it.
 */
export async function recognize(files: readonly File[]): Promise<Recognized> {
  const more: Brought = {}
  const aside: string[] = []
  const unsaid: Named[] = []
  for (const file of files) {
    const named: Named = { name: file.name, content: file }
    const role = await roleOf(file)
    if (role === undefined) unsaid.push(named)
    else if (more[role] !== undefined) aside.push(file.name)
    else more[role] = named
  }
  const hasFile = more.file !== undefined || more.sealed !== undefined
  if (!hasFile && unsaid.length > 0) more.file = unsaid.shift()!
  aside.push(...unsaid.map(({ name }) => name))
  if (more.file !== undefined && more.sealed !== undefined) {
    aside.push(more.sealed.name)
    delete more.sealed
  }
  return { more, aside }
}

/** A file of a folder that was chosen as a whole. */
type FileOfFolder = Blob & { webkitRelativePath: string }

/** The files of one folder, as an epoch or an archive. */
export function recognizeFolder(files: readonly FileOfFolder[]): Recognized {
  const name = files[0]?.webkitRelativePath.split('/')[0] ?? 'folder'
  const inside = new Map(files.map((file) => [file.webkitRelativePath.slice(name.length + 1), file]))
  const place: Place = { name, files: inside }
  return { more: inside.has('archive.json') ? { sealed: place } : { epoch: place }, aside: [] }
}

/** Nothing for a file that does not say what it is. */
async function roleOf(file: File): Promise<keyof Brought | undefined> {
  const bytes = await file.arrayBuffer().catch(() => undefined)
  if (bytes === undefined) return undefined
  const head = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength))
  if (head[0] === 0x50 && head[1] === 0x4b) {
    const isSealed = namesIn(new Uint8Array(bytes)).some((path) => /^(?:[^/]*\/)?archive\.json$/.test(path))
    return isSealed ? 'sealed' : 'epoch'
  }
  const kind = bytes.byteLength > MAX_SEEN ? undefined : fileKind(new TextDecoder().decode(bytes))
  return kind !== undefined && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
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
