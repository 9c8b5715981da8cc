import { InputError } from '../../errors/index.js'
import { Rational } from '../rational.js'
import { type Instrument, isTiered, type RiskTable } from '../table.js'
import { compileRequirement } from './rows.js'
import type { ExactRule, MarginRule } from './rule.js'

/**
 * A risk table that holds accounts to a rule. Everything the rule judges must be an instrument of the table, counted alike; an
 * account that holds anything else cannot prove its margin.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `MARGIN_TABLE` when an instrument is not in the table or has other decimals, or when quote or time differ;
 * `MARGIN_TOO_WIDE` when the rule has more than can be proven; `RISK_TIER_MARGIN` for a table with tiers
 */
export function withMargin(table: RiskTable, margin: MarginRule, where?: string): RiskTable {
  const fail = (message: string, hint: string): never => {
    throw new InputError('MARGIN_TABLE', message, { hint, ...(where === undefined ? {} : { where }) })
  }
  if (isTiered(table)) {
    throw new InputError('RISK_TIER_MARGIN', 'a table with tiers holds no margin rule yet', {
      hint: 'Leave the rule out, or keep it in a table of its own without tiers.',
      ...(where === undefined ? {} : { where }),
    })
  }
  if (margin.quote !== table.quote) {
    fail(
      `the margin rule counts in ${margin.quote}, the risk table in ${table.quote}`,
      'Build both in one currency.',
    )
  }
  if (margin.timestamp !== table.timestamp) {
    fail('the margin rule and the risk table are of different times', 'Give both the same timestamp.')
  }
  const decimals = new Map(table.instruments.map((row) => [row.symbol, row.decimals]))
  for (const row of margin.instruments) {
    const expected = decimals.get(row.symbol)
    if (expected === undefined) {
      fail(`the risk table has no ${row.symbol}`, 'Add it to the table, or leave it out of the margin rule.')
    }
    if (expected !== row.decimals) {
      fail(
        `${row.symbol} has ${expected} decimals in the risk table, ${row.decimals} in the margin rule`,
        'Give it the same.',
      )
    }
  }
  for (const { name } of margin.requirements) compileRequirement(margin, name)
  return { ...table, margin }
}

/**
 * A rule in which cash is an instrument, as in a ledger: a unit of it is worth what the table says, and nothing is charged. It joins
 * before the rule is rounded, as the scale of a rule has to fit every instrument.
 *
 * @param cash a row of the table, whose `valueDecimals` its mark counts
 * @throws {InputError} `MARGIN_CASH` when the rule has the instrument already
 */
export function withCash(
  rule: ExactRule,
  { symbol, decimals, mark }: Pick<Instrument, 'symbol' | 'decimals' | 'mark'>,
  { valueDecimals }: Pick<RiskTable, 'valueDecimals'>,
): ExactRule {
  if (rule.instruments.some((row) => row.symbol === symbol)) {
    throw new InputError('MARGIN_CASH', `the margin rule has ${symbol} already`, {
      hint: 'Leave it out of the parameters, or do not name it as cash.',
    })
  }
  const price = Rational.of(mark * 10n ** BigInt(decimals), 10n ** BigInt(valueDecimals))
  return {
    ...rule,
    instruments: [...rule.instruments, { symbol, decimals, value: { long: price, short: price } }],
  }
}
