import type { Line, Rule } from './rule.js'

/** Which way a number may be rounded so that the account is never granted more. */
export type Rounding = 'up' | 'down'

/** How the numbers of a rule become other numbers, by what they count. */
export interface Conversion<A, B> {
  /** For one unit of an instrument. */
  unit(symbol: string, value: A, against: Rounding): B
  /** A constant, a threshold, a cap. */
  whole(value: A, against: Rounding): B
  /** A slope or a factor. */
  factor(value: A, against: Rounding): B
}

/** The same rule over other numbers. */
export function mapRule<A, B>(rule: Rule<A>, to: Conversion<A, B>): Rule<B> {
  const line = ({ constant, terms, ...branch }: Line<A>): Line<B> => ({
    ...branch,
    constant: to.whole(constant, 'up'),
    terms: terms.map(({ symbol, long, short }) => ({
      symbol,
      long: to.unit(symbol, long, 'up'),
      short: to.unit(symbol, short, 'up'),
    })),
  })
  const slopes = ({ gain, loss }: { gain: A; loss: A }) => ({
    gain: to.factor(gain, 'down'),
    loss: to.factor(loss, 'up'),
  })
  const { scan } = rule
  return {
    model: rule.model,
    timestamp: rule.timestamp,
    quote: rule.quote,
    ...(rule.cash !== undefined && { cash: rule.cash }),
    instruments: rule.instruments.map(({ symbol, decimals, value }) => ({
      symbol,
      decimals,
      value: { long: to.unit(symbol, value.long, 'down'), short: to.unit(symbol, value.short, 'up') },
    })),
    ...(scan && {
      scan: {
        name: scan.name,
        scenarios: scan.scenarios.map((scenario) => ({ name: scenario.name, ...slopes(scenario) })),
        groups: scan.groups.map(({ name, sum, members, flat, ...group }) => ({
          name,
          ...(sum !== undefined && { sum }),
          ...slopes(group),
          members: members.map(({ symbol, changes }) => ({
            symbol,
            changes: changes.map((change) => to.unit(symbol, change, 'down')),
          })),
          flat: flat.map(({ symbol, change }) => ({ symbol, change: to.unit(symbol, change, 'down') })),
        })),
      },
    }),
    exposures: rule.exposures.map(({ name, choice, adds, lines }) => ({
      name,
      ...(choice !== undefined && { choice }),
      adds: { ...adds },
      lines: lines.map(line),
    })),
    requirements: rule.requirements.map(({ name, threshold, worst, charges }) => ({
      name,
      threshold: to.whole(threshold, 'up'),
      ...(worst && { worst: { factor: to.factor(worst.factor, 'up'), sums: [...worst.sums] } }),
      charges: charges.map(({ sum, factor }) => ({ sum, factor: to.factor(factor, 'up') })),
    })),
    limits: rule.limits.map(({ name, cap, lines }) => ({
      name,
      cap: to.whole(cap, 'down'),
      lines: lines.map(line),
    })),
  }
}
