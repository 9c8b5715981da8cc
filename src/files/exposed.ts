import { lstat, realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Where and why somebody else could change a path, or what it stands for. */
export interface Exposure {
  path: string
  why: string
}

/**
 * The first of a path and the folders above it that another user could write to: the path itself has to be its owner's alone to
 * write, and so has every folder above it, in which anyone who can write could put something else in its place. A folder with
 * the sticky bit, as `/tmp`, is safe above a path: who does not own an entry cannot replace it. `undefined` when nobody else
 * can, where nothing is there, and on systems without owners.
 */
export async function exposedAt(path: string): Promise<Exposure | undefined> {
  if (process.getuid === undefined) return undefined
  const real = await realpath(path).catch(() => undefined)
  // A symbolic link can be replaced where it stands, and what it leads to where that stands.
  const named = resolve(path)
  const targets = real === undefined || real === named ? [named] : [named, real]
  for (const target of targets) {
    for (let at = target; ; at = dirname(at)) {
      const why = await faultOf(at, at !== target)
      if (why !== undefined) return { path: at, why }
      if (dirname(at) === at) break
    }
  }
  return undefined
}

const [GROUP_WRITE, OTHERS_WRITE, STICKY] = [0o020, 0o002, 0o1000]

async function faultOf(path: string, above: boolean): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined || found.isSymbolicLink()) return undefined
  const me = process.getuid!()
  // What runs as root inside another user's folder was put there by who runs it.
  const own = found.uid === me || found.uid === 0 || (above && me === 0)
  if (!own) return 'belongs to another user'
  if (above && (found.mode & STICKY) !== 0) return undefined
  // A group with the owner's own number is, by the custom of most systems, that user's alone.
  if ((found.mode & GROUP_WRITE) !== 0 && found.gid !== found.uid) return 'can be written to by a group'
  return (found.mode & OTHERS_WRITE) !== 0 ? 'can be written to by everyone' : undefined
}
