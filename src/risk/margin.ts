import { InputError } from '../errors/index.js'
import { formatDecimal } from '../field/index.js'
import type { MarginRule, RuleInstrument } from '../rules/index.js'
import { compileRequirement, isSettledAtMark } from '../rules/index.js'
import { type Instrument, isTiered, type RiskTable } from './table.js'

/**
 * A risk table that holds accounts to a rule. Everything the rule judges must be an instrument of the table,
 * counted alike: in equity a long is worth no more and a short no less than at the table's mark, and what is
 * settled at its mark is worth nothing. An account that holds anything else cannot prove its margin.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `MARGIN_TABLE` when an instrument is not in the table or has other decimals, or when
 * quote or time differ; `MARGIN_VALUE` when the rule counts a unit for more than the table does;
 * `MARGIN_THRESHOLD` when a requirement could be met with less than nothing;
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
  const rows = new Map(table.instruments.map((row) => [row.symbol, row]))
  for (const row of margin.instruments) {
    const own = rows.get(row.symbol)
    if (own === undefined) {
      return fail(
        `the risk table has no ${row.symbol}`,
        'Add it to the table, or leave it out of the margin rule.',
      )
    }
    if (own.decimals !== row.decimals) {
      fail(
        `${row.symbol} has ${own.decimals} decimals in the risk table, ${row.decimals} in the margin rule`,
        'Give it the same.',
      )
    }
    assertValue(table, own, margin, row, where)
  }
  for (const { name, threshold } of margin.requirements) {
    // Every charge is zero or more, so that whoever meets a requirement is not below zero in the table.
    if (threshold < 0n) {
      throw new InputError('MARGIN_THRESHOLD', `the threshold of the requirement ${name} is below zero`, {
        ...(where === undefined ? {} : { where }),
        hint: 'An account that lacks as much would meet it. Set it to 0, or above.',
      })
    }
    compileRequirement(margin, name)
  }
  return { ...table, margin }
}

/** Refuses a value by which an account would have more in the rule than in the table. */
function assertValue(
  table: RiskTable,
  { symbol, kind, decimals, mark }: Instrument,
  margin: MarginRule,
  { value }: RuleInstrument<bigint>,
  where?: string,
): void {
  const worth = isSettledAtMark(kind) ? 0n : mark
  const [own, ours] = [10n ** BigInt(margin.valueDecimals), 10n ** BigInt(table.valueDecimals)]
  const text = (unit: bigint, valueDecimals: number) =>
    formatDecimal(unit * 10n ** BigInt(decimals), valueDecimals)
  const wrong = (['long', 'short'] as const).find((side) => {
    const over = value[side] * ours - worth * own
    return side === 'long' ? over > 0n : over < 0n
  })
  if (wrong === undefined) return
  const says = text(value[wrong], margin.valueDecimals)
  const counts = isSettledAtMark(kind)
    ? `a ${kind} is settled in cash at its mark and is worth 0`
    : `its mark is ${text(mark, table.valueDecimals)}`
  throw new InputError(
    'MARGIN_VALUE',
    `the margin rule has a ${wrong} unit of ${symbol} at ${says}; ${counts}`,
    {
      ...(where === undefined ? {} : { where }),
      hint: 'In equity a long counts for at most what the risk table has it at, a short for at least that.',
    },
  )
}
