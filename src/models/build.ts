import { InputError } from '../errors/index.js'
import type { RiskTable } from '../risk/index.js'
import { withMargin } from '../risk/index.js'
import type { ModelRule } from '../rules/index.js'
import { roundRule } from '../rules/index.js'
import { withCash } from './cash.js'
import { fitToTable } from './fit.js'
import { exactRule, type MarginModelName } from './portfolio/index.js'

/**
 * A risk table that holds accounts to the rule of a portfolio model. Rule and table agree: an instrument has
 * one kind and one price in both, and nothing is worth more in the rule's equity than at the table's mark.
 *
 * @param table prices and scenarios, its instruments in the ledger's order
 * @param rule.params what a parameter file of the model holds: decimals as strings
 * @param rule.cash the instrument that the model's cash is held in: the quote currency or a stablecoin, worth
 * its mark
 * @throws {InputError} `MARGIN_CASH`, `MARGIN_KIND`, `MARGIN_PRICE`, `MARGIN_TABLE`, and what `exactRule` and
 * `roundRule` throw
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const params = JSON.parse(await readFile('lending.json', 'utf8'))
 * const risk = buildRiskTable(await readRiskTable('risk.json'), { model: 'lending', params, cash: 'USDT' })
 */
export function buildRiskTable(
  table: RiskTable,
  rule: { model: MarginModelName; params: unknown; cash?: string },
): RiskTable {
  return withRule(table, exactRule(rule.model, rule.params), rule.cash)
}

/**
 * A risk table that holds accounts to a model's exact rule, rounded against them.
 *
 * @param where the files' names, for messages
 * @throws {InputError} `MARGIN_CASH`, `MARGIN_KIND`, `MARGIN_PRICE`, and what `roundRule` and `withMargin`
 * throw
 */
export function withRule(table: RiskTable, model: ModelRule, cash?: string, where?: string): RiskTable {
  const row = table.instruments.find(({ symbol }) => symbol === cash)
  if (cash !== undefined && row === undefined) {
    throw new InputError('MARGIN_CASH', `${cash} is not an instrument of the risk table`, {
      ...(where === undefined ? {} : { where }),
      hint: "Cash is one of the table's own instruments, such as a stablecoin.",
    })
  }
  return withMargin(table, roundRule(fitToTable(withCash(model, row, table, where), table, where)), where)
}
