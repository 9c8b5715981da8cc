import { InputError } from '../errors/index.js'

/** Largest text file that is read, in bytes: 64 MiB. */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024

/**
 * The text of UTF-8 bytes.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `JSON_ENCODING`
 */
export function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new InputError('JSON_ENCODING', 'not valid UTF-8', { where })
  }
}

/** The error for a file of more bytes than are read. */
export function tooLarge(limit: number, where: string): InputError {
  return new InputError('JSON_SIZE', `larger than the ${limit} bytes allowed`, { where })
}
