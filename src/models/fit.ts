import { InputError } from '../errors/index.js'
import { formatDecimal, Rational } from '../field/index.js'
import type { Instrument, RiskTable } from '../risk/index.js'
import type { ModelInstrument } from '../rules/index.js'
import { isSettledAtMark } from '../rules/index.js'
import type { LedgerRule } from './cash.js'

/**
 * A model's rule beside a risk table: of each instrument that both have, kind and price are compared, and in
 * equity a long then counts for the lower of mark and model, a short for the higher.
 *
 * @param where the files' names, for messages
 * @throws {InputError} `MARGIN_KIND` when the table's instrument is not of a kind that the model takes it
 * for, `MARGIN_PRICE` when the model's price of it is not the table's mark, or is too far from it where it is
 * a formula's
 */
export function fitToTable(rule: LedgerRule, table: RiskTable, where?: string): LedgerRule {
  const rows = new Map(table.instruments.map((row) => [row.symbol, row]))
  const instruments = rule.instruments.map((row) => {
    const own = rows.get(row.symbol)
    return own === undefined ? row : fitted(row, own, { model: rule.model, table, where })
  })
  return { ...rule, instruments }
}

function fitted(
  row: ModelInstrument,
  { symbol, kind, mark, decimals }: Instrument,
  { model, table, where }: { model: string; table: RiskTable; where: string | undefined },
): ModelInstrument {
  const at = where === undefined ? {} : { where }
  if (!row.kinds.includes(kind)) {
    throw new InputError(
      'MARGIN_KIND',
      `${symbol} is of kind ${kind} in the risk table, and ${row.kinds.join(' or ')} in the parameters of ${model}`,
      { ...at, hint: 'Give it the same kind in both, or leave it out of the parameters.' },
    )
  }
  const unit = Rational.of(10n ** BigInt(table.valueDecimals), 10n ** BigInt(decimals))
  const marked = Rational.of(mark).div(unit)
  if (row.price !== undefined) {
    const { value, within } = row.price
    const off = value.sub(marked).abs()
    // A price with more places than a table holds is its mark when it is so rounded.
    if (off.compare(within) > 0 && off.mul(unit).compare(Rational.ONE) >= 0) {
      throw new InputError(
        'MARGIN_PRICE',
        `${symbol} is at ${text(value)} in the parameters of ${model}, its mark in the risk table is ${text(marked)}`,
        {
          ...at,
          hint:
            within.numerator === 0n
              ? 'Both are of one moment: give the mark in both.'
              : `They may differ by ${text(within)}: check price, size, volatility and time.`,
        },
      )
    }
  }
  if (isSettledAtMark(kind)) return row
  return { ...row, value: { long: row.value.long.min(marked), short: row.value.short.max(marked) } }
}

/** Exactly when that takes no more than twenty decimals. */
function text(value: Rational): string {
  const scale = 20
  const scaled = value.mul(Rational.of(10n ** BigInt(scale)))
  return scaled.denominator === 1n ? formatDecimal(scaled.numerator, scale) : String(value.toNumber())
}
