import { InputError } from '../errors/index.js'
import { Rational } from '../field/index.js'
import { assertRule } from './assert-rule.js'
import { mapRule, type Rounding } from './map.js'
import {
  COEFFICIENT_BITS,
  CONSTANT_BITS,
  decimalsOf,
  type ExactRule,
  FACTOR_DECIMALS,
  type MarginRule,
} from './rule.js'

const MAX_VALUE_DECIMALS = 36

/**
 * Rounds a rule to integers, each number against the account, at the finest `valueDecimals` at which all of
 * them fit. What the integers grant is never more than what the exact rule grants: values and gains are
 * rounded down, debts, charges, losses and thresholds up.
 *
 * @throws {InputError} `RULE_SCALE` when no scale fits all numbers, and what `assertRule` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const params = JSON.parse(await readFile('lending.json', 'utf8'))
 * const rule = roundRule(exactRule('lending', params))
 */
export function roundRule(exact: ExactRule): MarginRule {
  const valueDecimals = finestScale(exact)
  const decimals = decimalsOf(exact)
  const at = (value: Rational, scale: number, against: Rounding): bigint => {
    const scaled = value.mul(power(scale))
    return against === 'up' ? scaled.ceil() : scaled.floor()
  }
  const rule: MarginRule = {
    ...mapRule<Rational, bigint>(exact, {
      unit: (symbol, value, against) => at(value, valueDecimals - decimals(symbol), against),
      whole: (value, against) => at(value, valueDecimals, against),
      factor: (value, against) => at(value, FACTOR_DECIMALS, against),
    }),
    valueDecimals,
  }
  assertRule(rule)
  return rule
}

function power(exponent: number): Rational {
  const ten = 10n ** BigInt(Math.abs(exponent))
  return exponent < 0 ? Rational.of(1n, ten) : Rational.of(ten)
}

/** The largest number of decimals at which every coefficient and constant keeps to its width. */
function finestScale(exact: ExactRule): number {
  const decimals = decimalsOf(exact)
  let scale = MAX_VALUE_DECIMALS
  const lower = (value: Rational, bits: number, below: number): void => {
    const largest = Rational.of((1n << BigInt(bits)) - 1n)
    while (
      scale > 0 &&
      value
        .abs()
        .mul(power(scale - below))
        .compare(largest) > 0
    )
      scale--
  }
  mapRule<Rational, void>(exact, {
    unit: (symbol, value) => lower(value, COEFFICIENT_BITS, decimals(symbol)),
    whole: (value) => lower(value, CONSTANT_BITS, 0),
    factor: () => {},
  })
  const least = Math.max(0, ...exact.instruments.map((i) => i.decimals))
  if (scale < least) {
    throw new InputError(
      'RULE_SCALE',
      `no scale fits both the largest value and an instrument of ${least} decimals`,
      { hint: 'Give instruments with many decimals fewer, and those of high price more.' },
    )
  }
  return scale
}
