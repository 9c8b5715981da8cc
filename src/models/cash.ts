import { InputError } from '../errors/index.js'
import { Rational } from '../field/index.js'
import type { Instrument, RiskTable } from '../risk/index.js'
import type { Line, ModelRule } from '../rules/index.js'

/** A model's rule for a ledger, where cash is an instrument of the table, or none. */
export type LedgerRule = Omit<ModelRule, 'cash'> & { cash?: string }

/**
 * A model's rule whose cash is an instrument of a ledger. A model counts cash in the quote currency; a unit
 * of the instrument counts for its mark, in equity and in every charge.
 *
 * @param cash a row of the table; without one, accounts hold no cash in the rule's sense
 * @param where the files' names, for messages
 * @throws {InputError} `MARGIN_CASH` when the instrument cannot be cash, or the rule has it already
 */
export function withCash(
  rule: ModelRule,
  cash: Instrument | undefined,
  { quote, valueDecimals }: Pick<RiskTable, 'quote' | 'valueDecimals'>,
  where?: string,
): LedgerRule {
  const fail = (message: string, hint: string): never => {
    throw new InputError('MARGIN_CASH', message, { hint, ...(where === undefined ? {} : { where }) })
  }
  if (cash === undefined) {
    const { cash: _, ...rest } = replaced(rule, { instrument: () => [], term: () => [] })
    return rest
  }
  const { symbol, decimals } = cash
  if (rule.instruments.some((row) => row.symbol === symbol && symbol !== rule.cash)) {
    fail(
      `the margin rule has ${symbol} already`,
      'Leave it out of the parameters, or do not name it as cash.',
    )
  }
  const mark = Rational.of(cash.mark * 10n ** BigInt(decimals), 10n ** BigInt(valueDecimals))
  if (cash.kind !== 'stablecoin' && symbol !== quote) {
    fail(
      `${symbol} is of kind ${cash.kind} and cannot be cash`,
      `Cash is ${quote} itself or a stablecoin: a model charges nothing for moves of its price.`,
    )
  }
  if (mark.numerator <= 0n) {
    fail(
      `${symbol} is marked at zero and cannot be cash`,
      'A debt of it would be free. Name another instrument.',
    )
  }
  if (symbol === quote && mark.compare(Rational.ONE) !== 0) {
    fail(`${symbol} is the quote currency, and its mark is not 1`, 'Values are counted in it: mark it at 1.')
  }
  const scale = <V extends { long: Rational; short: Rational }>(values: V): V => ({
    ...values,
    long: values.long.mul(mark),
    short: values.short.mul(mark),
  })
  return {
    ...replaced(rule, {
      instrument: (row) => [{ ...row, symbol, decimals, value: scale(row.value) }],
      term: (term) => [{ ...scale(term), symbol }],
    }),
    cash: symbol,
  }
}

type Row = ModelRule['instruments'][number]
type Term = Line<Rational>['terms'][number]

/** A rule with something else for its cash, which is a member of no scan. */
function replaced(
  rule: ModelRule,
  by: { instrument: (row: Row) => Row[]; term: (term: Term) => Term[] },
): ModelRule {
  const each = <T extends { symbol: string }>(list: readonly T[], other: (item: T) => T[]): T[] =>
    list.flatMap((item) => (item.symbol === rule.cash ? other(item) : [item]))
  const inLines = <T extends { lines: Line<Rational>[] }>(list: readonly T[]): T[] =>
    list.map((of) => ({
      ...of,
      lines: of.lines.map((line) => ({ ...line, terms: each(line.terms, by.term) })),
    }))
  return {
    ...rule,
    instruments: each(rule.instruments, by.instrument),
    exposures: inLines(rule.exposures),
    limits: inLines(rule.limits),
  }
}
