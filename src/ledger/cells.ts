import { InputError } from '../errors/index.js'
import { type Layout, type TidyLayout, tidyLayout, tidyNames, type WideLayout } from './columns.js'
import type { Database } from './database.js'
import type { InstrumentKeys } from './instrument-keys.js'

/**
 * Every option of the reader is given: left to itself it guesses types, quotes and comments, skips rows and
 * pads them. Rows are numbered from the line after the header on.
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
 * Fills the table `cells (line, id, owner, key, text)`: one row for each quantity in the file, `text` the
 * file's own. The key (see `InstrumentKeys`) of an unknown instrument is NULL, and its name stands in the
 * place of the quantity, which nothing could be done with. Quantities that are nothing but zero are left out
 * of a wide file, except the first of each row, which keeps its account. The pledges of a wide file are among
 * the quantities where the list has any.
 */
export async function loadCsv(db: Database, layout: Layout, keys: InstrumentKeys): Promise<void> {
  if (layout.format === 'tidy') return loadTidy(db, csvRows(layout), layout, keys)
  await db.run(`CREATE TABLE cells AS ${wideCells(layout, keys.pledges.length > 0)}`, {
    path: db.inputPattern,
  })
}

const INTEGER = 'U?(?:TINY|SMALL|BIG)INT|U?INTEGER'
/** Types of a column whose values have one exact text. */
const EXACT = {
  account_id: new RegExp(`^(?:VARCHAR|UUID|${INTEGER}|DECIMAL\\([0-9]+,0\\))$`),
  instrument: /^VARCHAR$/,
  quantity: new RegExp(`^(?:VARCHAR|${INTEGER}|DECIMAL\\([0-9]+,[0-9]+\\))$`),
  owner: new RegExp(`^(?:VARCHAR|${INTEGER}|DECIMAL\\([0-9]+,0\\))$`),
}

/**
 * Every option of the reader that could change what is read is given: left to itself it takes folders named
 * `a=b` for columns of their name, and bytes for text.
 */
const parquet = (
  withRows: boolean,
) => `read_parquet($path, file_row_number = ${withRows}, hive_partitioning = false,
  union_by_name = false, filename = false, binary_as_string = false)`

/**
 * The same from a Parquet file with the columns of the tidy format: text, or numbers and UUIDs that have one
 * exact text.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `LEDGER_HEADER`, `LEDGER_COLUMN_TYPE`
 */
export async function loadParquet(db: Database, where: string, keys: InstrumentKeys): Promise<TidyLayout> {
  // Without the number of the row, which would hide a column of that name.
  const described = await db.rows(`DESCRIBE SELECT * FROM ${parquet(false)}`, { path: db.inputPattern })
  const layout = tidyLayout(
    described.map(([name]) => String(name)),
    where,
  )
  const columns = described.map(([column, found], i) => {
    const [name, type] = [column as keyof typeof EXACT, String(found)]
    if (!EXACT[name].test(type)) {
      const what = type.endsWith(']') ? 'a list' : `of type ${/^[A-Z ]*/.exec(type)![0]}`
      const isRounded = /^(?:FLOAT|DOUBLE)$/.test(type)
      throw new InputError(
        'LEDGER_COLUMN_TYPE',
        `the column ${name} is ${what}${isRounded ? ', which is not exact' : ''}`,
        {
          where,
          hint:
            name === 'quantity'
              ? 'Store quantities as DECIMAL, as integers, or as text with exact decimal numbers.'
              : 'Store the column as text; account ids may be integers or UUIDs, owners integers.',
        },
      )
    }
    // A DECIMAL whose digits all are behind the point comes without a zero before it.
    const text = type.startsWith('DECIMAL')
      ? `regexp_replace(${name}::VARCHAR, '^(-?)[.]', '\\10.')`
      : `${name}::VARCHAR`
    return `${text} AS c${i}`
  })
  const rows = `SELECT file_row_number + 1 AS line, ${columns.join(', ')} FROM ${parquet(true)}`
  await loadTidy(db, rows, layout, keys)
  return layout
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

function wideCells(layout: WideLayout, pledges: boolean): string {
  const columns = [...layout.quantities, ...(pledges ? layout.pledges : [])]
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
        FROM (${csvRows(layout)})
      )
    )`
}
