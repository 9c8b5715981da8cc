import { parseDecimal } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'
import type { SolvencyCheck } from '../../venue/index.js'
import { bars } from '../terminal/bars.js'
import type { Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'
import { shownAmount } from './amounts.js'
import { LAYER_NAMES } from './layers.js'

/**
 * What backs a ledger, for the terminal.
 *
 * @param risk the table that the books were checked by
 * @param tiered whether it has tiers
 */
export function booksView(check: SolvencyCheck, risk: RiskTable, tiered: boolean): Text {
  const { quote, accounts, scenarios, missingValue, weak, reasons, valid } = check
  const short = accounts.short === 0 ? 'none' : accounts.short
  const verdict = weak.length === 0 ? 'HOLDS' : 'HOLDS, by a policy below full reserves'
  return [
    instrumentsTable(check),
    ...(tiered ? [`Accounts that owe more than their collateral counts for: ${short}.`] : []),
    ...(missingValue === '0' ? [] : [`Missing at mark: ${shownAmount(missingValue)} ${quote}.`]),
    ...(scenarios.length === 0 ? [] : scenariosPart(check, risk.valueDecimals)),
    ...reasons.map((reason) => `✗ ${reason}`),
    valid ? verdict : 'FAILS',
  ]
}

function instrumentsTable({ instruments }: SolvencyCheck): Text {
  return table(
    ['instrument', 'owed', 'lent', 'reserves', 'layers', 'missing'],
    instruments.map((i) => [
      i.symbol,
      i.long,
      i.short,
      i.reserves,
      i.layers,
      i.netted ? i.missing : 'not netted',
    ]),
  )
}

function scenariosPart(check: SolvencyCheck, decimals: number): Text[] {
  const { scenarios, cover, quote } = check
  const head = ['scenario', 'owed', 'shortfalls in it', 'held', 'to absorb', 'uncovered']
  const paid = payments(check, decimals)
  return [
    table(
      [...head, `${cover} largest`, 'by layers'],
      scenarios.map((line) => [
        line.scenario,
        ...[line.owed, line.shortfalls, line.held, line.need, line.uncovered, line.cover.needed].map(
          (amount) => shownAmount(amount),
        ),
        `${line.cover.valid ? 'covered' : 'NOT COVERED'} by ${shownAmount(line.cover.fund)}`,
      ]),
    ),
    `Amounts in ${quote}, rounded down to two decimals; --json prints them exactly.`,
    ...(paid.length === 0
      ? []
      : ['', 'Who pays, first to last; bars to the left: uncovered', bars(paid), '']),
  ]
}

/** A bar for every layer that pays, scenario by scenario, and one for what nobody pays. */
function payments({ scenarios }: SolvencyCheck, decimals: number): Parameters<typeof bars>[0] {
  const value = (amount: string) => parseDecimal(amount, { decimals })
  return scenarios.flatMap(({ scenario, layers, uncovered }) => {
    const paying = layers.filter((layer) => layer.absorbed !== '0')
    const rows = paying.map((layer) => ({
      name: `${scenario}  ${LAYER_NAMES[layer.layer]}`,
      value: value(layer.absorbed),
      text: `${shownAmount(layer.absorbed)} of ${shownAmount(layer.worth)}`,
    }))
    const left = { name: `${scenario}  uncovered`, value: -value(uncovered), text: shownAmount(uncovered) }
    return uncovered === '0' ? rows : [...rows, left]
  })
}
