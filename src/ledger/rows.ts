import { InputError } from '../errors/index.js'
import type { Database } from './database.js'
import { lostRows } from './places.js'

/** One quantity of a file, as the table `cells` has it. */
export interface Cell {
  /** 0 in the order `shuffled`. */
  line: number
  /** See `InstrumentKeys`; `null` for an unknown instrument. */
  key: number | null
  /** The quantity, or the name of an unknown instrument: the file's own text. */
  text: string
  /** The owner that is written beside it; empty for none. */
  owner: string
}

/** All rows of one account. */
export interface AccountRows {
  id: string
  /** At least one. */
  cells: Cell[]
}

/** Orders of accounts. In all but `shuffled` an account's cells are in the order of the file. */
const ORDERS = {
  /** By their first lines. An identifier, which may be long, comes with an account's first line alone. */
  file: `
    SELECT CASE WHEN line = first THEN id END, line::DOUBLE, key, text, owner
    FROM cells JOIN (SELECT id, min(line) AS first FROM cells GROUP BY id) USING (id)
    ORDER BY first, line, key`,
  /** By the bytes of identifiers, which takes the least memory. */
  sorted: 'SELECT id, line::DOUBLE, key, text, owner FROM cells ORDER BY id, line, key',
  /** By SHA-256 of the parameter `seed` followed by the identifier; cells by their keys, without lines. */
  shuffled: `
    SELECT id, 0::DOUBLE, key, text, owner FROM cells
    ORDER BY sha256($seed || encode(id)), id, key`,
}

export interface RowsOptions {
  order: keyof typeof ORDERS
  /** For the order `shuffled`. */
  seed?: Uint8Array
  /** The file's name, for messages. */
  where: string
  progress?: (done: number, of: number) => void
}

/** Rows of the table `cells`. */
export async function countRows(db: Database): Promise<number> {
  return Number((await db.rows('SELECT count(*) FROM cells'))[0]![0])
}

/**
 * All accounts of the table `cells`, some thousands at a time, each one's rows together.
 *
 * @throws {InputError} `LEDGER_EMPTY`, and `LEDGER_READ` when the database loses a row
 */
export async function* accountRows(
  db: Database,
  { order, seed, where, progress }: RowsOptions,
): AsyncGenerator<AccountRows[], void, undefined> {
  const count = await countRows(db)
  if (count === 0) throw new InputError('LEDGER_EMPTY', 'no accounts', { where })
  let current: AccountRows | undefined
  let seen = 0
  const parameters = seed === undefined ? {} : { seed }
  for await (const [ids, lines, keys, texts, owners] of db.columns(ORDERS[order], parameters)) {
    const finished: AccountRows[] = []
    for (let i = 0; i < ids!.length; i++) {
      const id = ids![i] as string | null
      if (current === undefined || (id !== null && id !== current.id)) {
        if (current) finished.push(current)
        current = { id: id!, cells: [] }
      }
      current.cells.push({
        line: lines![i] as number,
        key: keys![i] as number | null,
        text: texts![i] as string,
        owner: owners![i] as string,
      })
    }
    seen += ids!.length
    progress?.(seen, count)
    if (finished.length > 0) yield finished
  }
  if (seen !== count) throw lostRows(where)
  if (current) yield [current]
}
