import type { Rule } from './rule.js'

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
  return {
    model: rule.model,
    timestamp: rule.timestamp,
    quote: rule.quote,
    cashDecimals: rule.cashDecimals,
    instruments: rule.instruments.map(({ symbol, decimals, value }) => ({
      symbol,
      decimals,
      value: { long: to.unit(symbol, value.long, 'down'), short: to.unit(symbol, value.short, 'up') },
    })),
    exposures: rule.exposures.map(({ name, forms }) => ({
      name,
      forms: forms.map(({ constant, terms }) => ({
        constant: to.whole(constant, 'up'),
        terms: terms.map(({ symbol, long, short }) => ({
          symbol,
          long: to.unit(symbol, long, 'up'),
          short: to.unit(symbol, short, 'up'),
        })),
      })),
    })),
    scans: rule.scans.map(({ name, scenarios, groups }) => ({
      name,
      scenarios: [...scenarios],
      groups: groups.map((group) => ({
        name: group.name,
        members: group.members.map(({ symbol, changes }) => ({
          symbol,
          changes: changes.map((change) => to.unit(symbol, change, 'down')),
        })),
        gain: group.gain.map((slope) => to.factor(slope, 'down')),
        loss: group.loss.map((slope) => to.factor(slope, 'up')),
      })),
    })),
    combinations: rule.combinations.map(({ name, pick, of }) => ({
      name,
      pick,
      of: of.map((sum) => [...sum]),
    })),
    requirements: rule.requirements.map(({ name, threshold, charges }) => ({
      name,
      threshold: to.whole(threshold, 'up'),
      charges: charges.map(({ of, factor }) => ({ of, factor: to.factor(factor, 'up') })),
    })),
    limits: rule.limits.map(({ of, cap }) => ({ of, cap: to.whole(cap, 'down') })),
  }
}
