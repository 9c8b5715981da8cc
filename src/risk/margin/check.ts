import { InputError } from '../../errors/index.js'
import { INSTRUMENT_BITS, MAGNITUDE_BITS } from '../../field/index.js'
import {
  COEFFICIENT_BITS,
  CONSTANT_BITS,
  FACTOR_BITS,
  FACTOR_ONE,
  type Form,
  MAX_POSITIONS,
  type MarginRule,
  REQUIREMENT_BITS,
} from './rule.js'

/** The most that one coefficient's column can come to over an account. */
const COLUMN = (1n << BigInt(COEFFICIENT_BITS + MAGNITUDE_BITS)) * BigInt(MAX_POSITIONS)
const CONSTANT = 1n << BigInt(CONSTANT_BITS)
const FACTOR = 1n << BigInt(FACTOR_BITS)

/**
 * Checks that a rule hangs together: every name is known and given once, every list has one entry a scenario, every number
 * keeps to its width, and no sum can outgrow `REQUIREMENT_BITS`, whatever the account holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `RULE_DUPLICATE`, `RULE_UNKNOWN`, `RULE_SCENARIOS`, `RULE_RANGE`, `RULE_WIDTH`, `RULE_EMPTY`
 */
export function checkRule(rule: MarginRule, where?: string): void {
  const fail = (code: string, message: string, field: string, hint?: string): never => {
    throw new InputError(code, message, {
      where: where === undefined ? field : `${where}: ${field}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
  const unique = (names: readonly string[], field: string): void => {
    const seen = new Set<string>()
    for (const name of names) {
      if (seen.has(name)) fail('RULE_DUPLICATE', `${name} is given twice`, field)
      seen.add(name)
    }
  }
  const within = (value: bigint, bits: number, field: string, signed = true): void => {
    if ((value < 0n ? -value : value) >> BigInt(bits) || (!signed && value < 0n)) {
      fail('RULE_RANGE', `a number is ${value < 0n && !signed ? 'negative' : `not below 2^${bits}`}`, field)
    }
  }
  const symbols = new Set(rule.instruments.map((i) => i.symbol))
  const known = (list: readonly { symbol: string }[], field: string): void => {
    unique(
      list.map((entry) => entry.symbol),
      field,
    )
    for (const { symbol } of list) {
      if (!symbols.has(symbol)) fail('RULE_UNKNOWN', `${symbol} is not an instrument of the rule`, field)
    }
  }
  const checkForm = ({ constant, terms }: Form<bigint>, field: string): void => {
    within(constant, CONSTANT_BITS, field)
    known(terms, field)
    for (const { long, short } of terms) {
      within(long, COEFFICIENT_BITS, field)
      within(short, COEFFICIENT_BITS, field)
    }
  }

  if (rule.instruments.length > 1 << INSTRUMENT_BITS) {
    fail('RULE_RANGE', 'too many instruments', 'instruments')
  }
  if (rule.requirements.length === 0) fail('RULE_EMPTY', 'there is no requirement', 'requirements')
  unique(
    rule.instruments.map((i) => i.symbol),
    'instruments',
  )
  for (const { symbol, decimals, value } of rule.instruments) {
    if (decimals > rule.valueDecimals) {
      fail('RULE_RANGE', 'has more decimals than values have', `instruments: ${symbol}`)
    }
    within(value.long, COEFFICIENT_BITS, `instruments: ${symbol}`)
    within(value.short, COEFFICIENT_BITS, `instruments: ${symbol}`)
  }
  if (rule.cashDecimals > rule.valueDecimals) {
    fail('RULE_RANGE', 'cash has more decimals than values have', 'cashDecimals')
  }

  unique(
    [...rule.exposures, ...rule.scans, ...rule.combinations].map(({ name }) => name),
    'exposures, scans and combinations',
  )
  /** The most that each named value can come to, in billionths of 10^-valueDecimals. */
  const bounds = new Map<string, bigint>()
  for (const { name, forms } of rule.exposures) {
    for (const form of forms) checkForm(form, `exposures: ${name}`)
    bounds.set(name, (COLUMN + CONSTANT) * FACTOR_ONE)
  }
  for (const { name, scenarios, groups } of rule.scans) {
    const field = `scans: ${name}`
    unique(scenarios, field)
    for (const group of groups) {
      known(group.members, `${field}: ${group.name}`)
      for (const list of [group.gain, group.loss, ...group.members.map((m) => m.changes)]) {
        if (list.length !== scenarios.length) {
          const message = `a list has ${list.length} entries, there are ${scenarios.length} scenarios`
          fail('RULE_SCENARIOS', message, `${field}: ${group.name}`)
        }
      }
      for (const slope of [...group.gain, ...group.loss]) within(slope, FACTOR_BITS, field, false)
      for (const { changes } of group.members) for (const x of changes) within(x, COEFFICIENT_BITS, field)
    }
    bounds.set(name, 2n * COLUMN * FACTOR * BigInt(groups.length))
  }
  const bound = (name: string, field: string): bigint =>
    bounds.get(name) ??
    fail('RULE_UNKNOWN', `${name} is no exposure, no scan and no combination before it`, field)
  for (const { name, of } of rule.combinations) {
    const field = `combinations: ${name}`
    if (of.length === 0) fail('RULE_EMPTY', 'there is nothing to pick from', field)
    let largest = 0n
    for (const sum of of) {
      const total = sum.reduce((partial, part) => partial + bound(part, field), 0n)
      if (total > largest) largest = total
    }
    bounds.set(name, largest)
  }
  unique(
    rule.requirements.map((r) => r.name),
    'requirements',
  )
  for (const { name, threshold, charges } of rule.requirements) {
    const field = `requirements: ${name}`
    within(threshold, CONSTANT_BITS, field)
    let total = 2n * (COLUMN + CONSTANT) * FACTOR_ONE * FACTOR_ONE
    for (const { of, factor } of charges) {
      within(factor, FACTOR_BITS, field, false)
      total += bound(of, field) * FACTOR
    }
    if (total >> BigInt(REQUIREMENT_BITS)) {
      fail('RULE_WIDTH', `its sum could reach 2^${REQUIREMENT_BITS}`, field, 'Use fewer combinations.')
    }
  }
  for (const { of, cap } of rule.limits) {
    bound(of, `limits: ${of}`)
    within(cap, CONSTANT_BITS, `limits: ${of}`, false)
  }
}
