import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { archiveSource, type Source, urlSource } from '../../bundle/index.js'
import { EPOCH_PATHS, readPublishedManifest } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import { epochPlaces, openSource } from '../../inputs/index.js'
import { isAddress } from '../config.js'
import { guardedFetch } from '../guarded-fetch.js'

/** An epoch that was found in a place, by its manifest alone. */
export interface FoundEpoch {
  /** A path or an address. */
  place: string
  venue: string
  epoch: string
  manifestSha256: string
  /** Whether its solvency is proven. */
  finished: boolean
}

/** For the files of an epoch, which may be many. */
const EPOCH_SECONDS = 600
/** Numbers that are tried at one reading. */
const MAX_TRIED = 64
const DAY = 86_400
/** What is no epoch, or none yet. */
const NOT_YET = new Set(['EPOCH_MISSING', 'EPOCH_UNFINISHED'])

/** The epochs of one place of the configuration. What has not changed is not opened again. */
export class EpochPlace {
  private known = new Map<string, { stamp: string; found: FoundEpoch | undefined }>()
  /** The next number to be tried in an address with {number}. */
  private number: number

  /** @param at a path or an address */
  constructor(
    private readonly at: string,
    private readonly hosts: ReadonlySet<string>,
    firstNumber: number,
  ) {
    this.number = firstNumber
  }

  /**
   * What lies there now, in no order.
   *
   * @throws {InputError} what `openSource` and `readPublishedManifest` throw
   */
  async epochs(now: number): Promise<FoundEpoch[]> {
    if (!isAddress(this.at)) return this.inFolder()
    if (this.at.includes('{number}')) return this.byNumber()
    const days = [now, now - DAY].map((time) => new Date(1000 * time).toISOString().slice(0, 10))
    const places = this.at.includes('{date}')
      ? days.map((day) => this.at.replaceAll('{date}', day))
      : [this.at]
    const found = await Promise.all(places.map((place) => this.lookInto(place)))
    return found.filter((epoch) => epoch !== undefined)
  }

  /** The files of an epoch. */
  async open(place: string): Promise<Source> {
    if (!isAddress(place)) return openSource(place)
    const fetch = guardedFetch(this.hosts, EPOCH_SECONDS)
    return /\.zip$/i.test(new URL(place).pathname)
      ? archiveSource(place, { fetch })
      : urlSource(place, { fetch })
  }

  private async inFolder(): Promise<FoundEpoch[]> {
    const whole = await stampOf(this.at)
    const places: string[] = []
    if (whole !== undefined) places.push(this.at)
    else {
      const { folders, archives } = await epochPlaces(this.at)
      places.push(...[...folders, ...archives].map((name) => join(this.at, name)))
    }
    const known = new Map<string, { stamp: string; found: FoundEpoch | undefined }>()
    for (const place of places) {
      const stamp = await stampOf(place)
      if (stamp === undefined) continue
      const before = this.known.get(place)
      known.set(place, before?.stamp === stamp ? before : { stamp, found: await this.lookInto(place) })
    }
    this.known = known
    return [...known.values()].flatMap(({ found }) => found ?? [])
  }

  private async byNumber(): Promise<FoundEpoch[]> {
    const found: FoundEpoch[] = []
    // The last one that was there is looked at again: it may have been replaced.
    for (let number = Math.max(1, this.number - 1), tried = 0; tried < MAX_TRIED; number++, tried++) {
      const epoch = await this.lookInto(this.at.replaceAll('{number}', `${number}`))
      if (epoch !== undefined) found.push(epoch)
      else if (number >= this.number) break
      if (epoch !== undefined) this.number = Math.max(this.number, number + 1)
    }
    return found
  }

  private async lookInto(place: string): Promise<FoundEpoch | undefined> {
    try {
      const source = await this.open(place)
      const { value, sha256 } = await readPublishedManifest(source)
      const { venue, epoch, parts } = value
      return { place, venue, epoch, manifestSha256: sha256, finished: parts.solvency !== undefined }
    } catch (error) {
      if (error instanceof InputError && (NOT_YET.has(error.code) || isMissing(error))) return undefined
      throw error
    }
  }
}

/** An archive that is not there: other files are missing with a reason of their own. */
function isMissing({ code, what, cause }: InputError): boolean {
  return code === 'FILE_ACCESS' && what === 'no such file' && cause === undefined
}

/** What changes when an archive, or the manifest of a folder, is written anew; `undefined` for neither. */
async function stampOf(place: string): Promise<string | undefined> {
  for (const path of /\.zip$/i.test(place) ? [place] : [join(place, EPOCH_PATHS.manifest)]) {
    const entry = await stat(path, { bigint: true }).catch(() => undefined)
    if (entry?.isFile()) return `${entry.ino}:${entry.size}:${entry.mtimeNs}`
  }
  return undefined
}
