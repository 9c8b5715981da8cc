import type { Stats } from 'node:fs'
import { lstat, readlink } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'

/** Where and why another user could change a path or its target. */
export interface Exposure {
  path: string
  why: string
}

/** Symbolic links that one path may lead through, as systems have it. */
const MOST_LINKS = 40

/**
 * The first of a path and the folders above it that another user could write to: the path itself has to be
 * its owner's alone to write, and so has every folder above it, in which anyone who can write could put
 * something else in its place. A folder with the sticky bit, as `/tmp`, is safe above a path: who does not
 * own an entry cannot replace it. Every symbolic link on the way is judged where it stands, and what it leads
 * to where that stands. `undefined` when nobody else can, where nothing is there, and on systems without
 * owners.
 */
export async function exposedAt(path: string): Promise<Exposure | undefined> {
  return process.getuid === undefined ? undefined : exposedOn(resolve(path), 0)
}

async function exposedOn(path: string, links: number): Promise<Exposure | undefined> {
  let folder: Stats | undefined
  for (const at of wayTo(path)) {
    const found = await lstat(at).catch(() => undefined)
    if (found === undefined) return undefined
    const why = found.isSymbolicLink() ? linkFaultOf(found, folder) : faultOf(found, at !== path)
    if (why !== undefined) return { path: at, why }
    if (found.isSymbolicLink()) {
      if (links === MOST_LINKS) return { path: at, why: 'leads through too many symbolic links' }
      return exposedOn(resolve(dirname(at), await readlink(at), relative(at, path)), links + 1)
    }
    folder = found
  }
  return undefined
}

/** A path and all folders above it, the topmost first. */
function wayTo(path: string): string[] {
  const above = dirname(path)
  return above === path ? [path] : [...wayTo(above), path]
}

const ANOTHERS = 'belongs to another user'
const [GROUP_WRITE, OTHERS_WRITE, STICKY] = [0o020, 0o002, 0o1000]

function faultOf(found: Stats, above: boolean): string | undefined {
  const me = process.getuid!()
  // Root that runs inside another user's folder was started there on purpose.
  const own = found.uid === me || found.uid === 0 || (above && me === 0)
  if (!own) return ANOTHERS
  if (above && (found.mode & STICKY) !== 0) return undefined
  // A group with the owner's own number is, by the custom of most systems, that user's alone.
  if ((found.mode & GROUP_WRITE) !== 0 && found.gid !== found.uid) return 'can be written to by a group'
  return (found.mode & OTHERS_WRITE) !== 0 ? 'can be written to by everyone' : undefined
}

/**
 * Whose a link is can replace it, also in a folder with the sticky bit. Whose the folder is can in any case.
 */
function linkFaultOf({ uid }: Stats, folder: Stats | undefined): string | undefined {
  return [process.getuid!(), 0, folder?.uid].includes(uid) ? undefined : ANOTHERS
}
