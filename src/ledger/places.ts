import { type ErrorOptions, InputError } from '../errors/index.js'

/** Names places of one ledger file in messages. */
export interface Places {
  path: string
  /** A row of the file, e.g. `accounts.csv:12`. */
  row(line: number): string
}

/** Lines of a text file, rows of a Parquet file. */
export function placesOf(path: string, unit: 'line' | 'row'): Places {
  return { path, row: (line) => (unit === 'line' ? `${path}:${line}` : `${path}: row ${line}`) }
}

/** An `InputError` at a row and, where it is about one cell, a column. */
export function rowError(
  places: Places,
  at: { line: number; column?: string | undefined },
  code: string,
  message: string,
  hint?: string,
): InputError {
  const where = places.row(at.line) + (at.column === undefined ? '' : `, column ${at.column}`)
  const options: ErrorOptions = { where, ...(hint === undefined ? {} : { hint }) }
  return new InputError(code, message, options)
}

/** The error for an answer that lacks rows without saying so: no account is dropped unnoticed. */
export function lostRows(where: string): InputError {
  return new InputError('LEDGER_READ', 'the database gave back fewer rows than it took in', {
    where,
    hint: 'Check that memory and the temporary folder have room for the file.',
  })
}
