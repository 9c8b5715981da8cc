import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { fileError, statFile } from './disk.js'

/**
 * SHA-256 of a file's bytes, in lower-case hex, read as a stream.
 *
 * @throws {InputError} `FILE_ACCESS`
 */
export async function sha256File(path: string): Promise<string> {
  await statFile(path)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash).catch((error: unknown) => {
    throw fileError(path, error)
  })
  return hash.digest('hex')
}
