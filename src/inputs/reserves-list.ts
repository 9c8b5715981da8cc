import { createReadStream } from 'node:fs'
import { fileError } from '../files/index.js'
import {
  type JudgedRow,
  type ListFormat,
  type ListReport,
  ListTally,
  linesOf,
  listReader,
} from '../reserves/index.js'

/** Longest line, in bytes. */
const MAX_LINE = 1 << 20
const LINE_END = 0x0a

/** How a list is read. */
export interface ReserveListOptions {
  /** Gets each row with its judgement, repeated ones excepted. */
  row?: (row: JudgedRow) => void
  /** Gets the number of bytes read so far. */
  progress?: (bytes: number) => void
}

/**
 * Reads a list of addresses that a venue published, in one pass, and says what its signatures cover: which
 * part of each balance is under one that holds for its address, in which form, and what of it is stale. That
 * is no verdict on the reserves.
 *
 * @throws {InputError} `RESERVES_LIST` with line and column, `RESERVES_CHAIN` and `RESERVES_ACCOUNT` for
 * accounts of a plain list, `FILE_ACCESS`, `JSON_SIZE` for a line of more than a mebibyte, `JSON_ENCODING`
 * @example
 * const { coins } = await readReserveList('published.csv', 'okx')
 * for (const { coin, signed } of coins) console.log(coin, signed)
 */
export async function readReserveList(
  path: string,
  format: ListFormat,
  { row, progress }: ReserveListOptions = {},
): Promise<ListReport> {
  const reader = listReader(format, path)
  const tally = new ListTally(format, path)
  const take = (rows: ReturnType<typeof reader.end>) => {
    for (const listed of rows) {
      const judged = tally.add(listed)
      if (judged !== undefined) row?.(judged)
    }
  }
  for await (const { text, number } of linesOf(pieces(path, progress), MAX_LINE, path)) {
    // Programs of offices put a mark before a file, and two characters behind a line.
    take(reader.line(text.replace(number === 1 ? /^\ufeff|\r$/g : /\r$/, ''), number))
  }
  take(reader.end())
  return tally.report(reader)
}

/** The bytes of a file, and the last line's end where it has none. */
async function* pieces(path: string, progress?: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0
  let last: number | undefined
  try {
    for await (const piece of createReadStream(path, { highWaterMark: MAX_LINE })) {
      bytes += (piece as Uint8Array).length
      last = (piece as Uint8Array).at(-1)
      progress?.(bytes)
      yield piece as Uint8Array
    }
  } catch (error) {
    throw fileError(path, error)
  }
  if (last !== undefined && last !== LINE_END) yield Uint8Array.of(LINE_END)
}
