import { packBytes } from '../field/index.js'

/**
 * A symbol or a name, whose UTF-8 is one element: no two of them pack alike, as none starts with a zero byte.
 */
export function packText(text: string): bigint {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length > 31 || bytes[0] === 0) throw new RangeError('a text is not one element')
  return packBytes(bytes)[0] ?? 0n
}
