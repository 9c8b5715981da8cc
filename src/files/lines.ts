import { createReadStream } from 'node:fs'
import { InputError } from '../errors/index.js'
import { fileError } from './disk.js'

/** Longest line, in bytes. */
const MAX_LINE = 1 << 20
const LF = 0x0a

/**
 * Reads a text file of any size line by line, without line ends, nor the mark that some programs put at a
 * file's beginning.
 *
 * @param progress gets the number of bytes read so far, every mebibyte or so
 * @throws {InputError} `FILE_ACCESS`, `FILE_ENCODING` for bytes that are not UTF-8, `FILE_TOO_LARGE` for a line
 * of more than a mebibyte; the last two with the line
 */
export async function* readLines(
  path: string,
  progress?: (bytes: number) => void,
): AsyncGenerator<{ text: string; number: number }> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let number = 0
  let bytes = 0
  let rest: Buffer = Buffer.alloc(0)
  const decode = (line: Buffer) => {
    number++
    const hasMark = number === 1 && line.subarray(0, 3).equals(Buffer.from('efbbbf', 'hex'))
    const end = line.at(-1) === 0x0d ? line.length - 1 : line.length
    try {
      return { text: decoder.decode(line.subarray(hasMark ? 3 : 0, end)), number }
    } catch {
      throw new InputError('FILE_ENCODING', 'not valid UTF-8', {
        where: `${path}:${number}`,
        hint: 'Save the file as UTF-8.',
      })
    }
  }
  const source = createReadStream(path, { highWaterMark: MAX_LINE })
  try {
    for await (const chunk of source) {
      bytes += (chunk as Buffer).length
      progress?.(bytes)
      const block = Buffer.concat([rest, chunk as Buffer])
      let start = 0
      for (let end = block.indexOf(LF); end >= 0; end = block.indexOf(LF, start)) {
        yield decode(block.subarray(start, end))
        start = end + 1
      }
      rest = block.subarray(start)
      if (rest.length > MAX_LINE) {
        throw new InputError('FILE_TOO_LARGE', `a line longer than ${MAX_LINE} bytes`, {
          where: `${path}:${number + 1}`,
        })
      }
    }
  } catch (error) {
    throw fileError(path, error)
  } finally {
    source.destroy()
  }
  if (rest.length > 0) yield decode(rest)
}
