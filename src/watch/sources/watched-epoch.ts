import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Source } from '../../bundle/index.js'
import { type OpenedEpoch, openEpoch, type VerifyEpochOptions } from '../../epoch/index.js'
import { InputError } from '../../errors/index.js'
import { sha256Hex } from '../../schema/index.js'

/** A file that was asked for while an epoch was verified, and what was there. */
interface Asked {
  /** SHA-256 of its bytes; `undefined` when there was none. */
  digest: string | undefined
  /** The most bytes that were asked for; none for a file that was read in pieces. */
  maxBytes?: number
}

/** A verdict, and the bytes that it is of. */
export interface HeldVerdict {
  opened: OpenedEpoch
  files: ReadonlyMap<string, Asked>
  /** When the bytes were last read whole, seconds since 1970-01-01 UTC. */
  readAt: number
}

/**
 * Verifies an epoch, and keeps the hashes of all that the verdict rests on.
 *
 * @throws {InputError} also when a file could not be fetched: that says nothing about the epoch
 */
export async function verdictOf(
  source: Source,
  options: VerifyEpochOptions,
  now: number,
): Promise<HeldVerdict> {
  const read: Recorded = { files: new Map() }
  const opened = await openEpoch(recording(source, read), options)
  if (read.unread !== undefined) throw read.unread
  return { opened, files: read.files, readAt: now }
}

interface Recorded {
  files: Map<string, Asked>
  /** Why a file could not be read, the first one. */
  unread?: InputError
}

/** Whether a source still has the very bytes that a verdict is of. */
export async function isUnchanged(source: Source, { files }: HeldVerdict): Promise<boolean> {
  for (const [path, { digest, maxBytes }] of files) {
    if ((await digestOf(source, path, maxBytes)) !== digest) return false
  }
  return true
}

async function digestOf(source: Source, path: string, maxBytes?: number): Promise<string | undefined> {
  if (maxBytes !== undefined) {
    const bytes = await source.read(path, maxBytes)
    return bytes && sha256Hex(bytes)
  }
  const pieces = await source.stream?.(path)
  if (pieces === undefined) return undefined
  const hash = sha256.create()
  for await (const piece of pieces) hash.update(piece)
  return bytesToHex(hash.digest())
}

/** A source that hashes what is read of it. */
function recording(inner: Source, read: Recorded): Source {
  const { files } = read
  const noted = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      if (error instanceof InputError && error.code === 'FILE_ACCESS') read.unread ??= error
      throw error
    })
  return {
    name: inner.name,
    async read(path, maxBytes) {
      const bytes = await noted(inner.read(path, maxBytes))
      files.set(path, { digest: bytes && sha256Hex(bytes), maxBytes })
      return bytes
    },
    ...(inner.list && { list: (folder) => inner.list!(folder) }),
    ...(inner.stream && {
      async stream(path) {
        const pieces = await noted(inner.stream!(path))
        if (pieces === undefined) files.set(path, { digest: undefined })
        return pieces && hashed(path, pieces, files)
      },
    }),
  }
}

async function* hashed(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  files: Map<string, Asked>,
): AsyncGenerator<Uint8Array> {
  const hash = sha256.create()
  for await (const piece of pieces) {
    hash.update(piece)
    yield piece
  }
  files.set(path, { digest: bytesToHex(hash.digest()) })
}
