import { InputError, type PlimsollError, StatementError } from '../errors/index.js'
import type { Database } from './database.js'
import type { PlacedFault } from './findings.js'
import { type Places, rowError } from './places.js'

/** Two lines of one account that cannot both stand, the first of them first. */
const PAIRS: Record<string, string> = {
  LEDGER_DUPLICATE_ACCOUNT: `
    SELECT min(line) FROM cells AS other JOIN (SELECT id, key FROM cells WHERE line = $line::BIGINT) AS here
    ON other.id = here.id AND other.key IS NOT DISTINCT FROM here.key`,
  LEDGER_OWNER_CONFLICT: `
    SELECT min(line) FROM cells WHERE id = (SELECT any_value(id) FROM cells WHERE line = $line::BIGINT)`,
}
const TWICE: Record<string, string> = {
  LEDGER_DUPLICATE_ACCOUNT: 'one account is given twice, or has an instrument twice',
  LEDGER_OWNER_CONFLICT: 'one account has two different owners',
}

/**
 * A fault that stops a proof as an error: without the account, its amounts, and what the file has in an
 * instrument's place.
 */
export async function stopError(stop: PlacedFault, db: Database, places: Places): Promise<PlimsollError> {
  const { code, line, instrument, column, reason, hint } = stop
  const query = PAIRS[code]
  if (query !== undefined) {
    const [row] = await db.rows(query, { line: String(line) })
    return pairError(code, places, Number(row![0]), line)
  }
  if (code === 'DEBT_ABOVE_COLLATERAL') {
    return new StatementError(code, 'the account owes more than its collateral counts for', {
      where: places.row(line),
      hint: 'No proof was made. `plimsoll ledger check` names every such account and its amounts.',
    })
  }
  if (code === 'COLLATERAL_ABOVE_EQUITY') {
    const message = `the account has pledged more ${instrument} than it has`
    return rowError(
      places,
      { line },
      code,
      message,
      '`plimsoll ledger check` names every such account and its amounts.',
    )
  }
  return rowError(
    places,
    { line, column },
    code,
    instrument === undefined || code === 'LEDGER_INSTRUMENT' ? reason : `${instrument}: ${reason}`,
    hint,
  )
}

function pairError(code: string, places: Places, first: number, second: number): PlimsollError {
  const where = `${places.row(first)} and ${places.row(second)}`
  return new InputError(code, TWICE[code]!, { where })
}
