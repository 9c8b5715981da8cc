import { readLines } from '../files/index.js'
import { type JudgedRow, type ListFormat, type ListReport, ListTally, listReader } from '../reserves/index.js'

/** How a list is read. */
export interface ReserveListOptions {
  /** Gets each row with its judgement, repeated ones excepted. */
  row?: (row: JudgedRow) => void
  /** Gets the number of bytes read so far. */
  progress?: (bytes: number) => void
}

/**
 * Reads a list of addresses that a venue published, in one pass, and says what its signatures cover: which part
 * of each balance is under one that holds for its address, in which form, and what of it is stale. That is no
 * verdict on the reserves.
 *
 * @throws {InputError} `RESERVES_LIST` with line and column, `RESERVES_CHAIN` and `RESERVES_ACCOUNT` for accounts
 * of a plain list, and what `readLines` throws
 * @example
 * const { coins } = await readReserveList('list.csv', 'okx')
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
  for await (const { text, number } of readLines(path, progress)) take(reader.line(text, number))
  take(reader.end())
  return tally.report(reader)
}
