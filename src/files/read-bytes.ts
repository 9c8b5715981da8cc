import { readFile } from 'node:fs/promises'
import { tooLarge } from '../schema/index.js'
import { fileError, statFile } from './disk.js'

/**
 * The bytes of a regular file, read once and whole.
 *
 * @param maxBytes more are refused, before the file is read
 * @throws {InputError} `FILE_ACCESS`, `JSON_SIZE`
 */
export async function readBytes(path: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await statFile(path)
  if (size > BigInt(maxBytes)) throw tooLarge(maxBytes, path)
  return readFile(path).catch((error: unknown) => {
    throw fileError(path, error)
  })
}
