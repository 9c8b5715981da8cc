import { InputError } from '../errors/index.js'
import type { Database } from './database.js'
import {
  type InstrumentList,
  type Layout,
  type TidyLayout,
  tidyLayout,
  tidyNames,
  type WideLayout,
} from './layout.js'

/**
 * Every option of the reader is given: left to itself it guesses types, quotes and comments, skips rows and pads them.
 * Rows are numbered from the line after the header on.
 */
function csvRows(layout: Layout): string {
  const names = Array.from({ length: layout.columns }, (_, i) => `'c${i}': 'VARCHAR'`)
  return `
    SELECT row_number() OVER () + 1 AS line, *
    FROM read_csv($path, auto_detect = false, header = false, skip = 1, columns = {${names.join(', ')}},
      delim = ',', quote = '"', escape = '"', comment = '', nullstr = '', encoding = 'utf-8', compression = 'none',
      strict_mode = true, null_padding = false, ignore_errors = false, store_rejects = false, parallel = false,
      union_by_name = false, hive_partitioning = false, filename = false, max_line_size = 1048578)`
}

/**
 * Fills the table `cells (line, id, owner, key, quantity)`: one row for each quantity in the file, everything but
 * the line and the key (see `Layout`) still the file's own text. The key of an unknown instrument is NULL.
 * Quantities that are nothing but zero are left out of a wide file, except the first of each row, which keeps its account.
 * The pledges of a wide file are among the quantities where the list has any.
 */
export async function loadCsv(
  db: Database,
  path: string,
  layout: Layout,
  table: InstrumentList,
): Promise<void> {
  if (layout.format === 'tidy') return loadTidy(db, path, csvRows(layout), layout, table)
  await db.run(`CREATE TABLE cells AS ${wideCells(layout, table.pledges.length > 0)}`, {
    path: literalPath(path),
  })
}

/**
 * The same from a Parquet file with the columns of the tidy format, all of them text.
 *
 * @throws {InputError} `LEDGER_HEADER`, `LEDGER_COLUMN_TYPE`
 */
export async function loadParquet(db: Database, path: string, table: InstrumentList): Promise<TidyLayout> {
  const described = await db.rows('DESCRIBE SELECT * FROM read_parquet($path)', { path: literalPath(path) })
  const layout = tidyLayout(
    described.map(([name]) => String(name)),
    path,
  )
  for (const [name, type] of described) {
    if (type !== 'VARCHAR') {
      throw new InputError('LEDGER_COLUMN_TYPE', `the column ${name} is not text`, {
        where: path,
        hint: 'Store every column as text, quantities as exact decimal strings.',
      })
    }
  }
  const columns = described.map(([name], i) => `${name} AS c${i}`)
  const rows = `
    SELECT file_row_number + 1 AS line, ${columns.join(', ')}
    FROM read_parquet($path, file_row_number = true, hive_partitioning = false, union_by_name = false)`
  await loadTidy(db, path, rows, layout, table)
  return layout
}

async function loadTidy(
  db: Database,
  path: string,
  rows: string,
  layout: TidyLayout,
  table: InstrumentList,
): Promise<void> {
  const names = tidyNames(table)
  await db.run('CREATE TABLE instruments AS SELECT unnest($names) AS name, unnest($keys) AS key', {
    names: names.map(({ name }) => name),
    keys: names.map(({ key }) => String(key)),
  })
  const owner = layout.owner === undefined ? "''" : `coalesce(nullif(c${layout.owner}, '0'), '')`
  await db.run(
    `CREATE TABLE cells AS
    SELECT line, coalesce(c${layout.account}, '') AS id, ${owner} AS owner,
      key::INTEGER AS key, coalesce(c${layout.quantity}, '') AS quantity
    FROM (${rows}) LEFT JOIN instruments ON name = c${layout.instrument}`,
    { path: literalPath(path) },
  )
}

function wideCells(layout: WideLayout, pledges: boolean): string {
  const columns = [...layout.quantities, ...(pledges ? layout.pledges : [])]
  const zeros = Array.from({ length: 19 }, (_, i) => (i === 0 ? "'0'" : `'0.${'0'.repeat(i)}'`))
  // Places are chosen before anything is unnested: with hundreds of assets nearly every amount is zero.
  return `
    SELECT line, id, '' AS owner, unnest(list_select(quantities, places)) AS quantity,
      unnest(list_select([${columns.map(({ key }) => key).join(', ')}], places)) AS key
    FROM (
      SELECT *, list_filter(range(1, ${columns.length + 1}),
        lambda place: place = 1 OR quantities[place] NOT IN (${zeros.join(', ')})) AS places
      FROM (
        SELECT line, c${layout.account} AS id, [${columns.map(({ column }) => `c${column}`).join(', ')}] AS quantities
        FROM (${csvRows(layout)})
      )
    )`
}

/** A path as a DuckDB pattern that matches this one file, whatever characters are in it. */
function literalPath(path: string): string {
  return path.replace(/[*?[]/g, '[$&]')
}
