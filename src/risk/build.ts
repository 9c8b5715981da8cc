import { InputError } from '../errors/index.js'
import { roundRule } from './margin/round.js'
import type { ExactRule } from './margin/rule.js'
import { withCash, withMargin } from './margin/table.js'
import { exactRule, type MarginModelName } from './models/index.js'
import type { RiskTable } from './table.js'

/**
 * A risk table that holds accounts to the rule of a portfolio model.
 *
 * @param table prices and scenarios, its instruments in the ledger's order
 * @param rule.params what a parameter file of the model holds: decimals as strings
 * @param rule.cash the instrument that the model's cash is held in, where the parameters do not have it
 * @throws {InputError} `MARGIN_CASH`, `MARGIN_TABLE`, and what `exactRule` and `roundRule` throw
 * @example
 * const risk = buildRiskTable(await readRiskTable('risk.json'), { model: 'cross', params, cash: 'USDC' })
 */
export function buildRiskTable(
  table: RiskTable,
  rule: { model: MarginModelName; params: unknown; cash?: string },
): RiskTable {
  return withRule(table, exactRule(rule.model, rule.params), rule.cash)
}

/** A risk table that holds accounts to an exact rule, rounded against them. */
export function withRule(table: RiskTable, exact: ExactRule, cash?: string): RiskTable {
  if (cash === undefined) return withMargin(table, roundRule(exact))
  const row = table.instruments.find(({ symbol }) => symbol === cash)
  if (row !== undefined) return withMargin(table, roundRule(withCash(exact, row, table)))
  throw new InputError('MARGIN_CASH', `${cash} is not an instrument of the risk table`, {
    hint: "Cash is one of the table's own instruments, such as a stablecoin.",
  })
}
