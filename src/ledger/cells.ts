import { type Layout, type TidyLayout, tidyNames, type WideLayout } from './columns.js'
import type { Database } from './database.js'
import type { InstrumentKeys } from './instrument-keys.js'

/**
 * Every option of the reader is given: left to itself it guesses types, quotes and comments, skips rows and
 * pads them. Rows are numbered from the line after the header on.
 */
export function csvRows(layout: Layout): string {
  const names = Array.from({ length: layout.columns }, (_, i) => `'c${i}': 'VARCHAR'`)
  return `
    SELECT row_number() OVER () + 1 AS line, *
    FROM read_csv($path, auto_detect = false, header = false, skip = 1, columns = {${names.join(', ')}},
      delim = ',', quote = '"', escape = '"', comment = '', nullstr = '', encoding = 'utf-8', compression = 'none',
      strict_mode = true, null_padding = false, ignore_errors = false, store_rejects = false, parallel = false,
      union_by_name = false, hive_partitioning = false, filename = false, max_line_size = 1048578)`
}

/** The rows of a file: its columns, and a query of its lines `line, c0, c1, …`, each column as text. */
export interface FileRows {
  layout: Layout
  query: string
}

/**
 * Fills the table `cells (line, id, owner, key, text)`: one row for each quantity in the file, `text` the
 * file's own. The key (see `InstrumentKeys`) of an unknown instrument is NULL, and its name stands in the
 * place of the quantity, which nothing could be done with. Quantities that are nothing but zero are left out
 * of a wide file, except the first of each row, which keeps its account. The pledges of a wide file are among
 * the quantities where the list has any.
 */
export async function loadCells(
  db: Database,
  { layout, query }: FileRows,
  keys: InstrumentKeys,
): Promise<void> {
  if (layout.format === 'tidy') return loadTidy(db, query, layout, keys)
  await db.run(`CREATE TABLE cells AS ${wideCells(query, layout)}`, { path: db.inputPattern })
}

async function loadTidy(db: Database, rows: string, layout: TidyLayout, keys: InstrumentKeys): Promise<void> {
  const names = tidyNames(keys)
  await db.run('CREATE TABLE instruments AS SELECT unnest($names) AS name, unnest($keys) AS key', {
    names: names.map(({ name }) => name),
    keys: names.map(({ key }) => String(key)),
  })
  const owner = layout.owner === undefined ? "''" : `coalesce(nullif(c${layout.owner}, '0'), '')`
  await db.run(
    `CREATE TABLE cells AS
    SELECT line, coalesce(c${layout.account}, '') AS id, ${owner} AS owner,
      key::INTEGER AS key, coalesce(CASE WHEN key IS NULL THEN c${layout.instrument} ELSE c${layout.quantity} END, '') AS text
    FROM (${rows}) LEFT JOIN instruments ON name = c${layout.instrument}`,
    { path: db.inputPattern },
  )
}

function wideCells(query: string, layout: WideLayout): string {
  const columns = [...layout.quantities, ...layout.pledges]
  const zeros = Array.from({ length: 19 }, (_, i) => (i === 0 ? "'0'" : `'0.${'0'.repeat(i)}'`))
  // Places are chosen before anything is unnested: with hundreds of assets nearly every amount is zero.
  return `
    SELECT line, id, '' AS owner, unnest(list_select(quantities, places)) AS text,
      unnest(list_select([${columns.map(({ key }) => key).join(', ')}], places)) AS key
    FROM (
      SELECT *, list_filter(range(1, ${columns.length + 1}),
        lambda place: place = 1 OR quantities[place] NOT IN (${zeros.join(', ')})) AS places
      FROM (
        SELECT line, c${layout.account} AS id, [${columns.map(({ column }) => `c${column}`).join(', ')}] AS quantities
        FROM (${query})
      )
    )`
}
