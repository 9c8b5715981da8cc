import { InputError } from '../../errors/index.js'
import { MAGNITUDE_BITS } from '../../field/index.js'
import { FACTOR_DECIMALS, FACTOR_ONE, type Form, type MarginRule, type Portfolio } from '../../risk/index.js'

/** One form of an exposure, or the loss in one scenario of a scan. */
interface Line {
  name: string
  value: bigint
}

/** What a margin rule says of an account, in exact integers. Private. */
export interface MarginFigures {
  /** Decimals of `equity`, `required`, `slack` and `charge`. */
  decimals: number
  /** Decimals of the values of exposures, scans, combinations and limits. */
  valueDecimals: number
  equity: bigint
  /** Profit of each scenario, negative for a loss, by scan. */
  scans: { name: string; scenarios: { name: string; profit: bigint }[] }[]
  /** Exposures, scans and combinations in the rule's order; `worst` is what decides, when something does. */
  values: { name: string; value: bigint; worst?: string }[]
  requirements: {
    name: string
    /** Equity that is needed. */
    required: bigint
    /** Equity less what is needed: met when it is not negative. */
    slack: bigint
    met: boolean
    charges: { of: string; charge: bigint }[]
  }[]
  limits: { of: string; value: bigint; cap: bigint; met: boolean }[]
}

/**
 * The arithmetic of `margin` in integers, as a circuit has it: no division, everything brought to one scale. Values of exposures,
 * scans and combinations count 10^-(valueDecimals + 9) of the quote currency, requirements 10^-(valueDecimals + 18).
 *
 * @throws {InputError} `PORTFOLIO_INSTRUMENT`, `PORTFOLIO_RANGE` for an account that the rule cannot judge
 */
export function marginFigures(rule: MarginRule, portfolio: Portfolio): MarginFigures {
  const quantities = quantitiesOf(rule, portfolio)
  const cashUnit = 10n ** BigInt(rule.valueDecimals - rule.cashDecimals)
  const equity =
    portfolio.cash * cashUnit +
    rule.instruments.reduce((sum, { symbol, value }) => sum + sides(quantities, symbol, value), 0n)

  const values = new Map<string, bigint>()
  const worst = new Map<string, string>()
  const largest = (name: string, lines: readonly Line[]): void => {
    let value = 0n
    for (const line of lines) {
      if (line.value <= value) continue
      value = line.value
      worst.set(name, line.name)
    }
    values.set(name, value)
  }
  for (const { name, forms } of rule.exposures) {
    const lines = forms.map((form, j) => ({
      name: `line ${j + 1}`,
      value: formValue(quantities, form) * FACTOR_ONE,
    }))
    largest(name, lines)
    if (lines.length === 1) worst.delete(name)
  }
  const scans = rule.scans.map((scan) => {
    const scenarios = scan.scenarios.map((name, s) => ({ name, profit: scenarioProfit(quantities, scan, s) }))
    largest(
      scan.name,
      scenarios.map(({ name, profit }) => ({ name, value: -profit })),
    )
    return { name: scan.name, scenarios }
  })
  for (const { name, pick, of } of rule.combinations) {
    const lines = of.map((sum) => ({
      name: sum.join(' + '),
      value: sum.reduce((total, part) => total + values.get(part)!, 0n),
    }))
    const chosen = lines.reduce((a, b) => ((pick === 'max' ? b.value > a.value : b.value < a.value) ? b : a))
    values.set(name, chosen.value)
    if (chosen.value > 0n) worst.set(name, chosen.name)
  }

  const scale = FACTOR_ONE * FACTOR_ONE
  return {
    decimals: rule.valueDecimals + 2 * FACTOR_DECIMALS,
    valueDecimals: rule.valueDecimals + FACTOR_DECIMALS,
    equity: equity * scale,
    scans,
    values: [...values].map(([name, value]) => {
      const decider = worst.get(name)
      return { name, value, ...(decider === undefined ? {} : { worst: decider }) }
    }),
    requirements: rule.requirements.map(({ name, threshold, charges }) => {
      const charged = charges.map(({ of, factor }) => ({ of, charge: values.get(of)! * factor }))
      const required = charged.reduce((sum, { charge }) => sum + charge, threshold * scale)
      const slack = equity * scale - required
      return { name, required, slack, met: slack >= 0n, charges: charged }
    }),
    limits: rule.limits.map(({ of, cap }) => {
      const value = values.get(of)!
      return { of, value, cap: cap * FACTOR_ONE, met: value <= cap * FACTOR_ONE }
    }),
  }
}

/** Long quantity and short magnitude of each held instrument. */
type Quantities = ReadonlyMap<string, { long: bigint; short: bigint }>

function quantitiesOf(rule: MarginRule, { cash, positions }: Portfolio): Quantities {
  const symbols = new Set(rule.instruments.map((i) => i.symbol))
  const quantities = new Map<string, { long: bigint; short: bigint }>()
  const tooLarge = (value: bigint) => (value < 0n ? -value : value) >> BigInt(MAGNITUDE_BITS) > 0n
  if (tooLarge(cash) || [...positions.values()].some(tooLarge)) {
    throw new InputError('PORTFOLIO_RANGE', 'a magnitude is out of range')
  }
  for (const [symbol, quantity] of positions) {
    if (!symbols.has(symbol)) {
      throw new InputError('PORTFOLIO_INSTRUMENT', 'an instrument is not in the margin rule')
    }
    quantities.set(symbol, quantity < 0n ? { long: 0n, short: -quantity } : { long: quantity, short: 0n })
  }
  return quantities
}

/** `long·value.long − short·value.short` */
function sides(quantities: Quantities, symbol: string, value: { long: bigint; short: bigint }): bigint {
  const held = quantities.get(symbol)
  return held === undefined ? 0n : held.long * value.long - held.short * value.short
}

function formValue(quantities: Quantities, { constant, terms }: Form<bigint>): bigint {
  return terms.reduce((sum, { symbol, long, short }) => {
    const held = quantities.get(symbol)
    return held === undefined ? sum : sum + held.long * long + held.short * short
  }, constant)
}

/** `Σ_g φ(Σ quantity·change − Σ short)`: a short unit counts one more against the account, as its change was rounded down. */
function scenarioProfit(quantities: Quantities, scan: MarginRule['scans'][number], s: number): bigint {
  return scan.groups.reduce((profit, { members, gain, loss }) => {
    const x = members.reduce((sum, { symbol, changes }) => {
      const change = changes[s]!
      return sum + sides(quantities, symbol, { long: change, short: change + 1n })
    }, 0n)
    return profit + x * (x < 0n ? loss[s]! : gain[s]!)
  }, 0n)
}
