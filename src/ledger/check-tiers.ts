import { type PlimsollError, StatementError } from '../errors/index.js'
import { assetsOf, type RiskTable } from '../risk/index.js'
import type { Database } from './database.js'
import { type Places, rowError } from './errors.js'
import type { Fault } from './findings.js'
import { holdingsOf, slotsOf } from './holdings.js'
import type { InstrumentList } from './layout.js'
import type { LedgerFormat } from './ledger.js'
import type { QuantityReader } from './quantity.js'
import { tierFaults } from './tier-faults.js'

/**
 * Holds every account of the checked table `cells` to its collateral by a table with tiers, and counts accounts by their slots once
 * tiers are filled. Of all accounts at fault, the one on the first line is named, without amounts.
 *
 * @throws {InputError} `COLLATERAL_ABOVE_EQUITY`, `LEDGER_RANGE`
 * @throws {StatementError} `DEBT_ABOVE_COLLATERAL`
 */
export async function tieredSlotCounts(
  db: Database,
  context: {
    table: RiskTable
    list: InstrumentList
    format: LedgerFormat
    places: Places
    readQuantity: QuantityReader
  },
): Promise<Map<number, number>> {
  const { table, list, format, places } = context
  const assets = assetsOf(table)
  const counts = new Map<number, number>()
  let worst: { line: number; fault: Fault } | undefined
  let open: { id: string; line: number; held: Map<number, bigint> } | undefined
  const finish = ({ line, held }: NonNullable<typeof open>): void => {
    const holdings = holdingsOf(held, list, format)
    const slots = slotsOf(holdings, assets)
    counts.set(slots.length, (counts.get(slots.length) ?? 0) + 1)
    const [fault] = tierFaults(table, assets, holdings, slots)
    if (fault && (worst === undefined || line < worst.line)) worst = { line, fault }
  }
  const byAccount = 'SELECT id, line, key, quantity FROM cells ORDER BY id, line, key'
  for await (const [ids, lines, keys, quantities] of db.columns(byAccount)) {
    for (let i = 0; i < ids!.length; i++) {
      const id = ids![i] as string
      if (open?.id !== id) {
        if (open) finish(open)
        open = { id, line: Number(lines![i]), held: new Map() }
      }
      const key = keys![i] as number
      open.held.set(key, context.readQuantity(key, quantities![i] as string))
    }
  }
  if (open) finish(open)
  if (worst) throw asError(worst.fault, worst.line, places)
  return new Map([...counts].sort(([a], [b]) => a - b))
}

/** A fault without its amounts. */
function asError({ code, instrument }: Fault, line: number, places: Places): PlimsollError {
  if (code === 'DEBT_ABOVE_COLLATERAL') {
    return new StatementError(code, 'the account owes more than its collateral counts for', {
      where: places.row(line),
      hint: 'No proof was made. `plimsoll ledger check` by the table that `plimsoll risk tiers` writes names every such account and its amounts.',
    })
  }
  const above = code === 'COLLATERAL_ABOVE_EQUITY'
  return rowError(
    places,
    { line },
    code,
    above
      ? `the account has pledged more ${instrument} than it has`
      : `the account has too much ${instrument}, all that is pledged counted in`,
    above
      ? '`plimsoll ledger check` names every such account and its amounts.'
      : 'Give the instrument fewer decimals in the risk table.',
  )
}
