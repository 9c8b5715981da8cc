import { mapRule } from './map.js'
import type { MarginRule } from './rule.js'

/**
 * Which way the numbers of a rule bound those that they were rounded from: `against` the account, as a rule
 * is published, so that whoever meets it meets the exact rule; or `for` it, so that whoever is below it is
 * below the exact rule.
 */
export type Direction = 'against' | 'for'

/** A rule whose every number is a bound on one side of the exact one. */
export interface BoundRule extends MarginRule {
  /** What each short unit's change is above the long one's: 1 against the account, -1 for it. */
  shortChange: 1n | -1n
  /** What each unit that the account holds takes off every line, in its terms or not: 1 for the account. */
  unitOff: 0n | 1n
}

/**
 * The bounds of a rule. Every published number is less than one away from the exact one, and the way is
 * known, so the bound for the account is the number itself, moved by one:
 *
 * | number | published | exact lies in | against | for |
 * | --- | --- | --- | --- | --- |
 * | value, long | down | [v, v + 1) | v | v + 1 |
 * | value, short | up | (v - 1, v] | v | v - 1 |
 * | change | down | [c, c + 1) | long c, short c + 1 | long c + 1, short c |
 * | constant, threshold | up | (a - 1, a] | a | a - 1 |
 * | coefficient | up | (a - 1, a] | a | a, less one for every unit that is held |
 * | gain, damping of gains | down | [g, g + 1) | g | g + 1 |
 * | loss, damping of losses, factor | up | (f - 1, f] | f | f - 1, at least 0 |
 * | cap | down | [c, c + 1) | c | c + 1 |
 *
 * Maxima, minima and sums of bounds are bounds of the same side.
 *
 * What a line loses for the account is one for every unit that is held, of whatever instrument: the row of an
 * instrument leaves out a line in which both coefficients are published as zero, and they too may have been
 * rounded up. So a row cannot say which lines its instrument is in.
 */
export function boundRule(rule: MarginRule, direction: Direction): BoundRule {
  const known = BOUNDS[direction].get(rule)
  if (known !== undefined) return known
  const bound = boundsOf(rule, direction)
  BOUNDS[direction].set(rule, bound)
  return bound
}

/** Bounds of rules that are in use: a whole ledger is judged by one. No rule is changed once it is made. */
const BOUNDS: Record<Direction, WeakMap<MarginRule, BoundRule>> = {
  against: new WeakMap(),
  for: new WeakMap(),
}

function boundsOf(rule: MarginRule, direction: Direction): BoundRule {
  if (direction === 'against') return { ...rule, shortChange: 1n, unitOff: 0n }
  const moved = (value: bigint, against: 'up' | 'down') => (against === 'up' ? value - 1n : value + 1n)
  const bound = mapRule<bigint, bigint>(rule, {
    unit: (_, value, against) => moved(value, against),
    whole: moved,
    factor: (value, against) => (against === 'up' && value === 0n ? 0n : moved(value, against)),
  })
  type Lined = { lines: MarginRule['limits'][number]['lines'] }
  const withTerms = <T extends Lined>(list: readonly T[], published: readonly Lined[]): T[] =>
    list.map((each, i) => ({
      ...each,
      lines: each.lines.map((line, l) => ({ ...line, terms: published[i]!.lines[l]!.terms })),
    }))
  return {
    ...bound,
    exposures: withTerms(bound.exposures, rule.exposures),
    limits: withTerms(bound.limits, rule.limits),
    valueDecimals: rule.valueDecimals,
    shortChange: -1n,
    unitOff: 1n,
  }
}
