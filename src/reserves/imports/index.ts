import { BitmexReader } from './bitmex.js'
import type { ListReader } from './row.js'
import { TABLES, TableReader } from './table.js'

export { type JudgedRow, type ListedCoin, type ListReport, ListTally, type RowSum } from './report.js'
export type {
  DeclaredTotal,
  ListReader,
  RowJudgement,
  RowStatus,
} from './row.js'

/** Form of a published list: of a venue or a tool, or a plain one of our own. */
export type ListFormat = 'okx' | 'htx' | 'bitmex' | 'summa' | 'csv'

/**
 * What reads a list of a form, line by line.
 *
 * @param where the file's name, for messages
 * @example
 * const reader = listReader('okx', 'list.csv')
 * const rows = reader.line('coin,Network,Snapshot Height,address,amount,message,signature1', 1)
 */
export function listReader(format: ListFormat, where: string): ListReader {
  return format === 'bitmex' ? new BitmexReader(where) : new TableReader(TABLES[format], where)
}
