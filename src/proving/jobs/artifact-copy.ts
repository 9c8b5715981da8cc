import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ArtifactError, InputError } from '../../errors/index.js'
import { fileError, sha256File } from '../../files/index.js'
import { sha256Text } from '../../schema/index.js'
import { type ArtifactOptions, type Artifacts, fillPlace, loadFrom, lockPlace } from '../artifacts.js'
import { cacheFolder, type Place, placeOf, placesOf } from '../cache.js'
import {
  ARTIFACT_FILES,
  KEY_FILE,
  type KeyFile,
  keyFileSchema,
  mostBytesOf,
  TRANSCRIPT_FILE,
} from '../key-file.js'
import type { JobHeader } from './job.js'

/** What a job says of the artifacts that its proof is made with. */
export type Wanted = Pick<JobHeader, 'instance' | 'manifestHash' | 'domainSize'>

/** Bytes of a manifest, at most. */
const MANIFEST_BYTES = 2 ** 20
/** HTTP status codes of a missing file. */
const NOT_FOUND = new Set([404, 410])

/**
 * The very artifacts that a job names, of which this machine's own are not: as they were copied before, or
 * copied now. Of what lies in the place nothing counts but what has the SHA-256 that the job has, or that the
 * manifest behind that has; then everything is checked as if it had been made here.
 *
 * @param from the coordinator's folder of artifacts, or a copy of it, or an address of http or https that
 * it is served under; without it there is what was copied before
 * @param onCopy told when copying begins
 * @throws {InputError} `ARTIFACTS_AWAY`, `INSTANCE_UNKNOWN`, `FILE_ACCESS`
 * @throws {ArtifactError} `WORKER_KEY`, and what `loadArtifacts` throws
 */
export async function copiedArtifacts(
  wanted: Wanted,
  from: string | undefined,
  options: ArtifactOptions,
  onCopy: () => void = () => {},
): Promise<Artifacts | undefined> {
  const { instance, manifestHash } = wanted
  const directory = join(cacheFolder(options), copyName(instance, manifestHash))
  const place = { ...placeOf(instance, options), directory, lock: `${directory}.lock` }
  if (!existsSync(directory)) {
    if (from === undefined) return undefined
    onCopy()
    const origin = originOf(from)
    const { folder, text } = await findManifest(origin, wanted, place, options)
    await lockPlace(place, options, () =>
      fillPlace(place, options, (making) => copyInto(making, origin, folder, text, wanted)),
    )
  }
  const { keyKind } = manifestIn(await readFile(join(directory, KEY_FILE), 'utf8'), wanted, directory)
  return loadFrom({ ...place, keyKind }, options)
}

/** The name of a copy in the cache. */
function copyName(instance: string, manifestHash: string): string {
  return `${instance}-${manifestHash.slice(0, 16)}`
}

/** Whether a folder of the cache is such a copy. */
export async function isCopy(directory: string): Promise<boolean> {
  const hash = await sha256File(join(directory, KEY_FILE)).catch(() => '')
  return hash !== '' && basename(directory).endsWith(copyName('', hash))
}

/** Where artifacts are copied from. Nothing that it gives is trusted. */
interface Origin {
  placeOf(path: string): string
  /** The bytes of a file; `undefined` when there is none. */
  open(path: string): Promise<AsyncIterable<Uint8Array> | undefined>
}

function originOf(from: string): Origin {
  if (/^https?:\/\//i.test(from) && URL.canParse(from)) return addressOrigin(new URL(from))
  return {
    placeOf: (path) => join(from, path),
    async open(path) {
      const file = join(from, path)
      const found = await stat(file).catch(() => undefined)
      return found?.isFile() ? createReadStream(file) : undefined
    },
  }
}

function addressOrigin({ origin, pathname }: URL): Origin {
  const placeOf = (path: string) => `${origin}${pathname.replace(/\/*$/, '/')}${path}`
  return {
    placeOf,
    async open(path) {
      const where = placeOf(path)
      const answer = await fetchAt(where)
      if (NOT_FOUND.has(answer.status)) return undefined
      if (!answer.ok || answer.body === null) throw away(where, `status ${answer.status}`)
      return answer.body
    },
  }
}

/** How often an address may send on to another. */
const MOST_REDIRECTS = 5

/** An answer, after redirects; none leads from https to what is not. */
async function fetchAt(where: string): Promise<Response> {
  let at = where
  for (let i = 0; i <= MOST_REDIRECTS; i++) {
    const answer = await fetch(at, { redirect: 'manual' }).catch((cause: unknown) => {
      throw away(where, cause)
    })
    const to = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null
    if (to === null) return answer
    await answer.body?.cancel()
    const next = URL.canParse(to, at) ? new URL(to, at) : undefined
    const allowed = at.startsWith('https:') ? ['https:'] : ['https:', 'http:']
    if (next === undefined || !allowed.includes(next.protocol)) {
      throw away(where, 'it sends on to an address that is not encrypted')
    }
    at = next.href
  }
  throw away(where, 'it sends on too often')
}

/** The manifest that a job names, in any of the folders that a cache keeps artifacts of its instance in. */
async function findManifest(
  origin: Origin,
  wanted: Wanted,
  { directory }: Place,
  options: ArtifactOptions,
): Promise<{ folder: string; text: string }> {
  const places = [directory, ...placesOf(wanted.instance, options).map((place) => place.directory)]
  for (const folder of places.map((path) => basename(path))) {
    const parts = await origin.open(`${folder}/${KEY_FILE}`)
    if (parts === undefined) continue
    const bytes: Uint8Array[] = []
    const where = origin.placeOf(`${folder}/${KEY_FILE}`)
    for await (const part of limited(parts, MANIFEST_BYTES, where)) bytes.push(part)
    const text = Buffer.concat(bytes).toString('utf8')
    if (sha256Text(text) === wanted.manifestHash) return { folder, text }
  }
  throw new ArtifactError(
    'WORKER_KEY',
    `there is no key of ${wanted.instance} that the proof has to verify under`,
    {
      where: origin.placeOf(''),
      hint: 'Name the folder of artifacts of the coordinator that hands out the jobs, as it is now.',
    },
  )
}

/** Copies the files of artifacts, each checked before it counts. */
async function copyInto(
  directory: string,
  origin: Origin,
  folder: string,
  text: string,
  wanted: Wanted,
): Promise<void> {
  const { files, ceremony } = manifestIn(text, wanted, origin.placeOf(folder))
  const hashes: [file: string, sha256: string][] = ARTIFACT_FILES.map((file) => [file, files[file]])
  if (ceremony) hashes.push([TRANSCRIPT_FILE, ceremony.transcript])
  for (const [file, sha256] of hashes) {
    const where = origin.placeOf(`${folder}/${file}`)
    const parts = await origin.open(`${folder}/${file}`)
    if (parts === undefined) throw foreign(where)
    const hash = createHash('sha256')
    const most = mostBytesOf(wanted)
    async function* hashed() {
      for await (const part of limited(parts!, most, where)) {
        hash.update(part)
        yield part
      }
    }
    const path = join(directory, file)
    await pipeline(hashed, createWriteStream(path, { flags: 'wx', mode: 0o600 })).catch((error: unknown) => {
      throw error instanceof ArtifactError ? error : fileError(path, error)
    })
    if (hash.digest('hex') !== sha256) throw foreign(where)
  }
  await writeFile(join(directory, KEY_FILE), text)
}

/** The parts of a file, which is refused as soon as it is too long. */
async function* limited(
  parts: AsyncIterable<Uint8Array>,
  most: number,
  where: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0
  try {
    for await (const part of parts) {
      length += part.length
      if (length > most) throw foreign(where)
      yield part
    }
  } catch (cause) {
    throw cause instanceof ArtifactError ? cause : away(where, cause)
  }
}

function manifestIn(text: string, { manifestHash }: Wanted, where: string): KeyFile {
  if (sha256Text(text) !== manifestHash) throw foreign(join(where, KEY_FILE))
  return keyFileSchema.parse(JSON.parse(text))
}

function foreign(where: string): ArtifactError {
  return new ArtifactError('WORKER_KEY', 'is not the file that the coordinator has', {
    where,
    hint: "Copy the coordinator's folder of artifacts again; a part of it that is not its own is never used.",
  })
}

function away(where: string, cause: unknown): InputError {
  return new InputError('ARTIFACTS_AWAY', 'cannot be fetched', {
    where,
    cause,
    hint: 'Look at --artifacts, and whether its server runs and lets this machine in.',
  })
}
