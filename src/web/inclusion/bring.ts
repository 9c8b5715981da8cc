import { fileKind } from '../../bundle/index.js'
import type { Brought, Recognized } from './brought.js'
import type { Named, Place } from './messages.js'

/** What a file can be by itself. Which of two epochs is the earlier one, its reader says. */
type Role = Exclude<keyof Brought, 'before'>

/** By what a file says that it is. */
const KINDS: Readonly<Record<string, Role>> = {
  inclusion: 'file',
  pins: 'pins',
  owner: 'owner',
  policy: 'policy',
  disclosure: 'openings',
}

/** Bytes of a file that is read to see what it is. */
const MAX_SEEN = 64 * 1024 * 1024
/** How the list of a ZIP archive ends and how each entry of it starts, with their lengths without texts. */
const [END_OF_LIST, END_BYTES] = [0x06054b50, 22]
const [ENTRY, ENTRY_BYTES] = [0x02014b50, 46]
/** The end of the list, and the longest comment behind it. */
const MAX_TAIL = END_BYTES + 0xffff

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

/** The files of one folder by their paths in it, as an epoch or an archive. */
export function recognizeFolder(name: string, files: ReadonlyMap<string, Blob>): Recognized {
  const place: Place = { name, files: new Map(files) }
  return { more: files.has('archive.json') ? { sealed: place } : { epoch: place }, aside: [] }
}

/** Nothing for a file that does not say what it is. */
async function roleOf(file: File): Promise<Role | undefined> {
  try {
    const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer())
    if (first === 0x50 && second === 0x4b) {
      const isSealed = (await namesIn(file)).some((path) => /^(?:[^/]*\/)?archive\.json$/.test(path))
      return isSealed ? 'sealed' : 'epoch'
    }
    const kind = file.size > MAX_SEEN ? undefined : fileKind(await file.text())
    return kind !== undefined && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  } catch {
    return undefined
  }
}

/**
 * Paths that the list of an archive has. Nothing else of it is read, as an archive can be large: what opens
 * it says what is wrong with it.
 */
async function namesIn(archive: Blob): Promise<string[]> {
  const tail = new DataView(await archive.slice(-MAX_TAIL).arrayBuffer())
  let end = tail.byteLength - END_BYTES
  while (end >= 0 && tail.getUint32(end, true) !== END_OF_LIST) end--
  if (end < 0) return []
  const [size, start] = [tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)]
  if (size > MAX_SEEN) return []
  const list = new DataView(await archive.slice(start, start + size).arrayBuffer())
  const names: string[] = []
  for (let at = 0; at + ENTRY_BYTES <= list.byteLength && list.getUint32(at, true) === ENTRY; ) {
    const length = list.getUint16(at + 28, true)
    const name = new Uint8Array(
      list.buffer,
      at + ENTRY_BYTES,
      Math.min(length, list.byteLength - at - ENTRY_BYTES),
    )
    names.push(new TextDecoder().decode(name))
    at += ENTRY_BYTES + length + list.getUint16(at + 30, true) + list.getUint16(at + 32, true)
  }
  return names
}
