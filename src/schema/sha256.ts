import { createHash } from 'node:crypto'
import { z } from 'zod'

/** A SHA-256 hash as files hold it: lower-case hex. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'has to be 64 hexadecimal digits in lower case')

/** SHA-256 of a text's UTF-8 bytes, in lower-case hex. */
export function sha256Text(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}
