import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { fileError, statFile } from './disk.js'

/** A SHA-256 hash as files hold it: lower-case hex. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'has to be 64 hexadecimal digits in lower case')

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

/** SHA-256 of a text's UTF-8 bytes, in lower-case hex. */
export function sha256Text(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
