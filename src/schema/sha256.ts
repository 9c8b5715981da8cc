import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import * as z from 'zod'

/** A SHA-256 hash as files hold it: lower-case hex. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'has to be 64 hexadecimal digits in lower case')

/** SHA-256 of a text's UTF-8 bytes, in lower-case hex. */
export function sha256Text(text: string): string {
  return sha256Hex(utf8ToBytes(text))
}

/** SHA-256 of bytes, in lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes))
}
