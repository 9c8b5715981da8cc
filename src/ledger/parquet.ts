import { InputError } from '../errors/index.js'
import type { FileRows } from './cells.js'
import { detectLayout, type Layout } from './columns.js'
import type { Database } from './database.js'
import { shortName } from './header.js'
import type { InstrumentKeys } from './instrument-keys.js'

const INTEGER = 'U?(?:TINY|SMALL|BIG)INT|U?INTEGER'
const WHOLE = `${INTEGER}|DECIMAL\\([0-9]+,0\\)`
/** Types of a column whose values have one exact text, by what the column holds. */
const EXACT = {
  account: new RegExp(`^(?:VARCHAR|UUID|${WHOLE})$`),
  instrument: /^VARCHAR$/,
  amount: new RegExp(`^(?:VARCHAR|${INTEGER}|DECIMAL\\([0-9]+,[0-9]+\\))$`),
  owner: new RegExp(`^(?:VARCHAR|${WHOLE})$`),
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
 * The rows of a Parquet file with the columns of either format: text, or numbers and UUIDs that have one
 * exact text. Columns that are not used may be of any type.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `LEDGER_HEADER`, `LEDGER_COLUMN_TYPE`
 */
export async function parquetRows(db: Database, where: string, keys: InstrumentKeys): Promise<FileRows> {
  // Without the number of the row, which would hide a column of that name.
  const described = await db.rows(`DESCRIBE SELECT * FROM ${parquet(false)}`, { path: db.inputPattern })
  const names = described.map(([name]) => String(name))
  const layout = detectLayout(names, keys, where)
  const uses = usesOf(layout)
  const columns = described.flatMap(([, found], i) => {
    const use = uses.get(i)
    if (use === undefined) return []
    const [name, type] = [names[i]!, String(found)]
    if (!EXACT[use].test(type)) throw typeError(name, type, use, where)
    const value = `"${name.replaceAll('"', '""')}"::VARCHAR`
    // A DECIMAL whose digits all are behind the point comes without a zero before it.
    const text = type.startsWith('DECIMAL') ? `regexp_replace(${value}, '^(-?)[.]', '\\10.')` : value
    return [`coalesce(${text}, '') AS c${i}`]
  })
  return { layout, query: `SELECT file_row_number + 1 AS line, ${columns.join(', ')} FROM ${parquet(true)}` }
}

/** What is used of a file, by column. */
function usesOf(layout: Layout): Map<number, keyof typeof EXACT> {
  const uses = new Map<number, keyof typeof EXACT>([[layout.account, 'account']])
  if (layout.format === 'wide') {
    for (const { column } of [...layout.quantities, ...layout.pledges, ...layout.prices]) {
      uses.set(column, 'amount')
    }
    return uses
  }
  uses.set(layout.instrument, 'instrument').set(layout.quantity, 'amount')
  if (layout.owner !== undefined) uses.set(layout.owner, 'owner')
  return uses
}

function typeError(name: string, type: string, use: keyof typeof EXACT, where: string): InputError {
  const what = type.endsWith(']') ? 'a list' : `of type ${/^[A-Z ]*/.exec(type)![0]}`
  const isRounded = /^(?:FLOAT|DOUBLE)$/.test(type)
  return new InputError(
    'LEDGER_COLUMN_TYPE',
    `the column ${shortName(name)} is ${what}${isRounded ? ', which is not exact' : ''}`,
    {
      where,
      hint:
        use === 'amount'
          ? 'Store amounts as DECIMAL, as integers, or as text with exact decimal numbers.'
          : 'Store the column as text; account ids may be integers or UUIDs, owners integers.',
    },
  )
}
