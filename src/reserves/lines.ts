import { InputError } from '../errors/index.js'
import { decodeText, joinBytes } from '../schema/index.js'

const LINE_END = 0x0a

/** One line of a text, without its end. */
export interface Line {
  text: string
  /** Counted from 1. */
  number: number
}

/**
 * The lines of a text that comes in pieces. Each ends with LF, the last one too; nothing longer than a line
 * is kept.
 *
 * @param maxBytes of a line; a longer one is refused before it is whole
 * @param where the file's name, for messages
 * @throws {InputError} `JSON_SIZE`, `JSON_ENCODING`, `JSON_SYNTAX` for a last line without an end
 */
export async function* linesOf(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number,
  where: string,
): AsyncGenerator<Line> {
  let rest: Uint8Array[] = []
  let length = 0
  let number = 1
  for await (const piece of pieces) {
    let start = 0
    for (;;) {
      const end = piece.indexOf(LINE_END, start)
      const part = piece.subarray(start, end === -1 ? piece.length : end)
      length += part.length
      if (length > maxBytes) {
        throw new InputError('JSON_SIZE', `longer than the ${maxBytes} bytes allowed`, {
          where: `${where}:${number}`,
        })
      }
      if (end === -1) {
        rest.push(part)
        break
      }
      yield { text: decodeText(joinBytes([...rest, part]), `${where}:${number}`), number }
      rest = []
      length = 0
      number++
      start = end + 1
    }
  }
  if (length > 0) {
    throw new InputError('JSON_SYNTAX', 'the last line has no end: the file is cut short', {
      where: `${where}:${number}`,
    })
  }
}
