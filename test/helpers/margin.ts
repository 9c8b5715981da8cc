import { parseDecimal } from '../../src/field/index.js'
import { exactRule, type MarginModelName } from '../../src/models/index.js'
import { decimalsOf, type MarginRule, type Portfolio, roundRule } from '../../src/rules/index.js'
import { marginFigures } from '../../src/statements/index.js'

/** The head that every parameter file has. */
export function head(model: MarginModelName, quote = 'USD') {
  return { schema: `plimsoll/margin-params/${model}/1`, timestamp: 1767225600, quote }
}

/** Cash and positions written as decimals. */
export function portfolio(rule: MarginRule, positions: Record<string, string>, cash = '0'): Portfolio {
  const decimals = decimalsOf(rule)
  return {
    cash: parseDecimal(cash, { decimals: decimals(rule.cash ?? ''), signed: true }),
    positions: Object.entries(positions).map(([symbol, text]) => ({
      symbol,
      quantity: parseDecimal(text, { decimals: decimals(symbol), signed: true }),
    })),
  }
}

/** Builds a rule and says what it asks of an account: requirements, values and equity as doubles. */
export function figuresByModel(
  model: MarginModelName,
  params: object,
  positions: Record<string, string>,
  cash = '0',
) {
  const rule = roundRule(exactRule(model, params))
  const figures = marginFigures(rule, portfolio(rule, positions, cash))
  const number = (value: bigint, decimals: number) => Number(value) / 10 ** decimals
  return {
    equity: number(figures.equity, figures.decimals),
    required: Object.fromEntries(
      figures.requirements.map((r) => [r.name, number(r.required, figures.decimals)]),
    ),
    limits: Object.fromEntries(
      figures.limits.map((l) => [l.name, { value: number(l.value, figures.valueDecimals), met: l.met }]),
    ),
    met: Object.fromEntries(figures.requirements.map((r) => [r.name, r.met])),
    values: Object.fromEntries(figures.values.map((v) => [v.name, number(v.value, figures.valueDecimals)])),
    worst: Object.fromEntries(figures.values.map((v) => [v.name, v.worst])),
  }
}
