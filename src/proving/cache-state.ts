import { rm } from 'node:fs/promises'
import { PlimsollError } from '../errors/index.js'
import { isLocked, withFileLock } from '../files/index.js'
import { type ArtifactOptions, loadFrom } from './artifacts.js'
import {
  assertCacheUnexposed,
  type CacheItem,
  cacheFolder,
  cacheItems,
  ownInCache,
  placesOf,
} from './cache.js'
import { loadInstances } from './instances.js'
import { isCopy } from './jobs/artifact-copy.js'

/** Something in the cache, and of what use it is. */
export interface CacheEntry extends CacheItem {
  /**
   * `current`: artifacts of an instance as it is now, whole. `outdated`: of a circuit or compiler as it was.
   * `copied`: of another machine, for whose jobs they were needed here.
   * `broken`: refused, see `why`. `unfinished`: left by a process that died. `in use`: a process is making or
   * removing it.
   */
  state: 'current' | 'outdated' | 'copied' | 'broken' | 'unfinished' | 'in use'
  why?: string
}

/** Content of the cache, with every file of current artifacts checked. */
export async function cacheEntries(options: ArtifactOptions = {}): Promise<CacheEntry[]> {
  const items = await cacheItems(options)
  const known = new Set([...loadInstances(options).map(({ name }) => name), ...(await ownInCache(options))])
  // An address takes a hash over all sources: only those of instances that something is there of.
  const held = [...new Set(items.map(({ instance }) => instance))].filter((name) => known.has(name))
  const current = new Map(
    held.flatMap((name) => placesOf(name, options)).map((place) => [place.directory, place] as const),
  )
  const entries: CacheEntry[] = []
  for (const item of items) entries.push({ ...item, ...(await stateOf(item)) })
  return entries

  async function stateOf({ path, directory }: CacheItem): Promise<Pick<CacheEntry, 'state' | 'why'>> {
    if (await isLocked(`${directory}.lock`)) return { state: 'in use' }
    if (path !== directory) return { state: 'unfinished' }
    const place = current.get(directory)
    if (place === undefined) return { state: (await isCopy(path)) ? 'copied' : 'outdated' }
    try {
      await loadFrom(place, options)
      return { state: 'current' }
    } catch (error) {
      if (error instanceof PlimsollError) return { state: 'broken', why: error.message }
      throw error
    }
  }
}

/**
 * Removes what is outdated, copied, broken or unfinished. What another process works on is left, and so is
 * all that is not Plimsoll's.
 *
 * @returns what was removed
 * @throws {ArtifactError} `CACHE_EXPOSED`
 */
export async function pruneCache(options: ArtifactOptions = {}): Promise<CacheEntry[]> {
  await assertCacheUnexposed(cacheFolder(options))
  const removed: CacheEntry[] = []
  for (const entry of await cacheEntries(options)) {
    if (entry.state === 'current' || entry.state === 'in use') continue
    const lock = `${entry.directory}.lock`
    try {
      // A lock that was left is removed by taking it over and giving it back.
      const remove = () =>
        entry.path === lock ? Promise.resolve() : rm(entry.path, { recursive: true, force: true })
      await withFileLock(lock, remove, () => Promise.reject(new Busy()))
      removed.push(entry)
    } catch (error) {
      if (!(error instanceof Busy)) throw error
    }
  }
  return removed
}

class Busy extends Error {}
