import { existsSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { ArtifactError } from '../errors/index.js'
import { exposedAt } from '../files/index.js'
import type { KeyKind } from '../schema/index.js'
import { type Instance, isOwnInstance } from '../statements/index.js'
import { type CircuitsLocation, findInstance, shippedHashes } from './instances.js'
import { ARTIFACT_FILES, KEY_FILE, TRANSCRIPT_FILE } from './key-file.js'
import { gatherSources, sourceHash } from './sources.js'

export interface CacheOptions extends CircuitsLocation {
  /**
   * Where artifacts are kept, unless in `PLIMSOLL_CACHE`, `XDG_CACHE_HOME/plimsoll` or `~/.cache/plimsoll`.
   */
  cacheDir?: string
}

/** The folder that artifacts are kept in. */
export function cacheFolder({ cacheDir }: CacheOptions = {}): string {
  const { PLIMSOLL_CACHE, XDG_CACHE_HOME } = process.env
  const shared = () => join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'plimsoll')
  return resolve(cacheDir ?? (PLIMSOLL_CACHE || shared()))
}

/** An instance's place in the cache: artifacts of other sources have another. */
export interface Place {
  instance: Instance
  /** Of the key that is kept there. */
  keyKind: KeyKind
  sourceHash: string
  directory: string
  /** The lock of whoever makes or removes artifacts there. */
  lock: string
}

/** @throws {InputError} `INSTANCE_UNKNOWN` */
export function placeOf(name: string, options: CacheOptions): Place {
  const instance = findInstance(name, options)
  const hash = sourceHash(instance, gatherSources([instance.file], options))
  const directory = join(cacheFolder(options), `${name}-${hash.slice(0, 16)}`)
  return { instance, keyKind: 'development', sourceHash: hash, directory, lock: `${directory}.lock` }
}

/**
 * The place of an instance's key out of a ceremony. Its address is the hash of the constraints: a comment
 * that changes makes no other key. `undefined` for a circuit whose hash this version does not have.
 *
 * @param own what `placeOf` says, where it is known
 * @throws {InputError} `INSTANCE_UNKNOWN`
 */
export function ceremonyPlaceOf(name: string, options: CacheOptions, own?: Place): Place | undefined {
  const hash = shippedHashes(name, options)?.r1cs
  if (hash === undefined) return undefined
  const directory = join(cacheFolder(options), `${name}-${hash.slice(0, 16)}`)
  return { ...(own ?? placeOf(name, options)), keyKind: 'ceremony', directory, lock: `${directory}.lock` }
}

/** The places of an instance's keys: one out of a ceremony goes before one that this machine made. */
export function placesOf(name: string, options: CacheOptions): Place[] {
  const own = placeOf(name, options)
  const ceremony = ceremonyPlaceOf(name, options, own)
  return [...(ceremony === undefined ? [] : [ceremony]), own]
}

/**
 * Refuses a cache, or artifacts in it, that another user can write to: whoever writes the files writes their
 * hashes too, so nothing in the folder could be believed, and private numbers are put into what it holds.
 *
 * @throws {ArtifactError} `CACHE_EXPOSED`
 */
export async function assertUnexposed(directory: string): Promise<void> {
  const files = [...ARTIFACT_FILES, KEY_FILE, TRANSCRIPT_FILE].map((file) => join(directory, file))
  for (const path of [directory, ...files]) if (existsSync(path)) await assertCacheUnexposed(path)
}

/** @throws {ArtifactError} `CACHE_EXPOSED` when another user can write to a path or to a folder above it. */
export async function assertCacheUnexposed(path: string): Promise<void> {
  const exposure = await exposedAt(path)
  if (exposure === undefined) return
  throw new ArtifactError('CACHE_EXPOSED', `${exposure.why}: nothing that lies there can be believed`, {
    where: exposure.path,
    hint: 'Take the right to write there from everyone else (`chmod go-w`, `chown`), or set PLIMSOLL_CACHE to a folder of your own and run `plimsoll setup`.',
  })
}

/**
 * A name in the cache: an instance, a part of the hash of its sources, and what stands behind them of
 * something unfinished: what is being made, by this version or an earlier one, and locks.
 */
const ENTRY =
  /^([a-z0-9-]+)-([0-9a-f]{16})(\.(?:making|[0-9]+)\.[0-9a-f]{12}|\.lock(?:\.[0-9a-f]+)*(?:\.tmp)?)?$/

/**
 * Names of one instance's artifacts that are there beside `directory`'s own: unfinished ones of the same
 * place.
 */
export async function leftoversOf({ directory }: Place, options: CacheOptions): Promise<string[]> {
  const folder = cacheFolder(options)
  const own = directory.slice(folder.length + 1)
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => ENTRY.exec(name)?.[3] !== undefined && name.startsWith(`${own}.making.`))
    .map((name) => join(folder, name))
}

/** Something of Plimsoll's in the cache. */
export interface CacheItem {
  path: string
  instance: string
  /** The place that it belongs to, where the artifacts are or were to be. */
  directory: string
  bytes: number
  modified: Date
}

/** Everything in the cache that belongs to Plimsoll, by name. */
export async function cacheItems(options: CacheOptions): Promise<CacheItem[]> {
  const folder = cacheFolder(options)
  const items: CacheItem[] = []
  for (const name of (await readdir(folder).catch(() => [])).sort()) {
    const match = ENTRY.exec(name.replace(/^\./, ''))
    if (!match) continue
    const [, instance, hash] = match as unknown as [string, string, string]
    const path = join(folder, name)
    if (match[3] === undefined && !(await holdsArtifactsAlone(path))) continue
    items.push({ path, instance, directory: join(folder, `${instance}-${hash}`), ...(await measure(path)) })
  }
  return items
}

/**
 * Whether a path is a folder with nothing in it but what artifacts have: a name alone does not make it
 * Plimsoll's.
 */
async function holdsArtifactsAlone(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => undefined)
  const known: readonly string[] = [...ARTIFACT_FILES, KEY_FILE, TRANSCRIPT_FILE]
  return names?.every((name) => known.includes(name)) ?? false
}

async function measure(path: string): Promise<{ bytes: number; modified: Date }> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return { bytes: 0, modified: new Date(0) }
  if (!found.isDirectory()) return { bytes: found.size, modified: found.mtime }
  let bytes = 0
  for (const name of await readdir(path).catch(() => [])) bytes += (await measure(join(path, name))).bytes
  return { bytes, modified: found.mtime }
}

/** Names of the project's own instances of which the cache has something. */
export async function ownInCache(options: CacheOptions = {}): Promise<string[]> {
  if (options.circuitsDir !== undefined) return []
  const names = (await cacheItems(options)).map(({ instance }) => instance)
  return [...new Set(names.filter(isOwnInstance))]
}
