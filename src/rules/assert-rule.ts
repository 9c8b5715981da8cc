import { InputError } from '../errors/index.js'
import { fits, INSTRUMENT_BITS, MAGNITUDE_BITS } from '../field/index.js'
import {
  COEFFICIENT_BITS,
  CONSTANT_BITS,
  FACTOR_BITS,
  FACTOR_ONE,
  type Line,
  MAX_POSITIONS,
  type MarginRule,
  WORST_BITS,
} from './rule.js'

/** The most that one coefficient's column can come to over an account. */
const COLUMN = (1n << BigInt(COEFFICIENT_BITS + MAGNITUDE_BITS)) * BigInt(MAX_POSITIONS)
/**
 * The most that all groups of a scan can come to before slopes: an instrument counts in one as a member and
 * in one as flat.
 */
const SCANNED = 2n * COLUMN

type Fail = (code: string, message: string, field: string, hint?: string) => never

/**
 * Checks that a rule hangs together: every name is known and given once, every list has one entry a scenario,
 * every number keeps to its width, and no net loss can outgrow `WORST_BITS`, whatever the account holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `RULE_DUPLICATE`, `RULE_UNKNOWN`, `RULE_SCENARIOS`, `RULE_RANGE`, `RULE_CONSTANT`,
 * `RULE_SLOPE`, `RULE_BRANCH`, `RULE_CHOICE`, `RULE_WIDTH`, `RULE_EMPTY`
 */
export function assertRule(rule: MarginRule, where?: string): void {
  const fail: Fail = (code, message, field, hint) => {
    throw new InputError(code, message, {
      where: where === undefined ? field : `${where}: ${field}`,
      ...(hint === undefined ? {} : { hint }),
    })
  }
  assertNames(rule, fail)
  assertInstruments(rule, fail)
  assertScan(rule, fail)
  const known = symbolsIn(rule, fail)
  for (const exposure of rule.exposures) {
    const field = `exposures: ${exposure.name}`
    for (const line of exposure.lines) {
      assertLine(line, field, known, fail)
      if (line.branch !== undefined && exposure.choice === undefined) {
        fail('RULE_BRANCH', 'a line has a branch, but there is no choice', field)
      }
    }
  }
  assertPlaces(rule, fail)
  assertRequirements(rule, fail)
  for (const { name, cap, lines } of rule.limits) {
    const field = `limits: ${name}`
    within(cap, CONSTANT_BITS, field, fail, false)
    for (const line of lines) {
      assertLine(line, field, known, fail)
      if (line.branch !== undefined) fail('RULE_BRANCH', 'a limit has no branches', field)
    }
  }
}

/** The sums of a rule, which are what exposures and groups add to. */
function sumNames({ exposures, scan }: MarginRule): Set<string> {
  return new Set([
    ...ownGroups(scan).map(({ sum }) => sum),
    ...exposures.flatMap(({ adds }) => ('sum' in adds ? [adds.sum] : [])),
  ])
}

/** The groups that are not netted. */
function ownGroups(scan: MarginRule['scan']) {
  return (scan?.groups ?? []).flatMap(({ sum, ...group }) => (sum === undefined ? [] : [{ ...group, sum }]))
}

function unique(names: readonly string[], field: string, fail: Fail): void {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) fail('RULE_DUPLICATE', `${name} is given twice`, field)
    seen.add(name)
  }
}

function within(value: bigint, bits: number, field: string, fail: Fail, signed = true): void {
  if (!signed && value < 0n) fail('RULE_RANGE', 'a number is negative', field)
  if (!fits(value, bits)) {
    fail('RULE_RANGE', `a number is not below 2^${bits}`, field)
  }
}

type Known = (list: readonly { symbol: string }[], field: string) => void

/** Refuses a list with a symbol that comes twice or is no instrument. */
function symbolsIn({ instruments }: MarginRule, fail: Fail): Known {
  const symbols = new Set(instruments.map(({ symbol }) => symbol))
  return (list, field) => {
    const named = list.map(({ symbol }) => symbol)
    unique(named, field, fail)
    const stranger = named.find((symbol) => !symbols.has(symbol))
    if (stranger !== undefined) fail('RULE_UNKNOWN', `${stranger} is not an instrument of the rule`, field)
  }
}

function assertNames(rule: MarginRule, fail: Fail): void {
  const { instruments, scan, exposures, requirements, limits } = rule
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name)
  const groups = scan === undefined ? [] : names(scan.groups)
  unique(
    instruments.map(({ symbol }) => symbol),
    'instruments',
    fail,
  )
  unique(names(scan?.scenarios ?? []), 'scan: scenarios', fail)
  unique([...names(exposures), ...groups, ...sumNames(rule)], 'exposures, groups of the scan and sums', fail)
  unique(names(requirements), 'requirements', fail)
  unique(names(limits), 'limits', fail)
}

function assertInstruments(rule: MarginRule, fail: Fail): void {
  if (rule.instruments.length > 1 << INSTRUMENT_BITS) {
    fail('RULE_RANGE', 'too many instruments', 'instruments')
  }
  for (const { symbol, decimals, value } of rule.instruments) {
    const field = `instruments: ${symbol}`
    if (decimals > rule.valueDecimals) fail('RULE_RANGE', 'has more decimals than values have', field)
    within(value.long, COEFFICIENT_BITS, field, fail)
    within(value.short, COEFFICIENT_BITS, field, fail)
  }
  if (rule.cash !== undefined && !rule.instruments.some(({ symbol }) => symbol === rule.cash)) {
    fail('RULE_UNKNOWN', `${rule.cash} is not an instrument of the rule`, 'cash')
  }
}

function assertScan(rule: MarginRule, fail: Fail): void {
  const { scan } = rule
  if (scan === undefined) return
  const { scenarios, groups } = scan
  if (scenarios.length === 0) fail('RULE_EMPTY', 'there is no scenario', 'scan')
  const known = symbolsIn(rule, fail)
  known(
    groups.flatMap(({ members }) => members),
    'scan: members of all groups',
  )
  known(
    groups.flatMap(({ flat }) => flat),
    'scan: flat members of all groups',
  )
  for (const { name, gain, loss } of [...scenarios, ...groups]) {
    within(gain, FACTOR_BITS, `scan: ${name}`, fail, false)
    within(loss, FACTOR_BITS, `scan: ${name}`, fail, false)
  }
  for (const { name, members, flat } of groups) {
    const field = `scan: ${name}`
    for (const { change } of flat) within(change, COEFFICIENT_BITS, field, fail)
    for (const { changes } of members) {
      if (changes.length !== scenarios.length) {
        const message = `a list has ${changes.length} entries, there are ${scenarios.length} scenarios`
        fail('RULE_SCENARIOS', message, field)
      }
      for (const change of changes) within(change, COEFFICIENT_BITS, field, fail)
    }
  }
  assertNetLoss(scan, fail)
  const isDamped = scenarios.some((scenario) => scenario.loss !== FACTOR_ONE)
  for (const { name, gain, loss } of ownGroups(scan)) {
    const field = `scan: ${name}`
    if (gain !== FACTOR_ONE || loss !== FACTOR_ONE) {
      fail('RULE_SLOPE', 'a group with a sum of its own must have slopes of one', field)
    }
    if (isDamped) {
      fail('RULE_SLOPE', 'beside a group with a sum of its own, no scenario may damp losses', field)
    }
  }
}

/**
 * The slope of a group and the damping of a scenario multiply, losses and gains apart: no net loss is above
 * `WORST_BITS`.
 */
function assertNetLoss({ scenarios, groups }: NonNullable<MarginRule['scan']>, fail: Fail): void {
  for (const side of ['gain', 'loss'] as const) {
    const widest = scenarios.reduce((most, scenario) => (scenario[side] > most[side] ? scenario : most))
    const wide = groups.find(
      ({ sum, [side]: slope }) =>
        sum === undefined && (SCANNED * slope * widest[side]) >> BigInt(WORST_BITS) > 0n,
    )
    if (wide === undefined) continue
    const most = (1n << BigInt(WORST_BITS)) / (SCANNED * FACTOR_ONE ** 2n)
    fail(
      'RULE_WIDTH',
      `its ${side} times the ${side} of ${widest.name} is above ${most}`,
      `scan: ${wide.name}`,
      'Make one of them smaller.',
    )
  }
}

function assertLine({ constant, terms }: Line<bigint>, field: string, known: Known, fail: Fail): void {
  within(constant, CONSTANT_BITS, field, fail)
  if (constant > 0n) fail('RULE_CONSTANT', 'the constant of a line is above zero', field)
  known(terms, field)
  for (const { long, short } of terms) {
    within(long, COEFFICIENT_BITS, field, fail)
    within(short, COEFFICIENT_BITS, field, fail)
  }
}

/** Where exposures add: to a sum, or to a group that is not netted; all of one choice to one place. */
function assertPlaces({ exposures, scan }: MarginRule, fail: Fail): void {
  const groups = new Set(ownGroups(scan).map(({ name }) => name))
  const places = new Map<string, string>()
  for (const { name, choice, adds } of exposures) {
    const field = `exposures: ${name}`
    const [[kind, place]] = Object.entries(adds) as [[string, string]]
    if (kind !== 'sum' && !groups.has(place)) {
      fail('RULE_UNKNOWN', `${place} is not a group with a sum of its own`, field)
    }
    if (choice === undefined) continue
    const here = `${kind} ${place}`
    if ((places.get(choice) ?? here) !== here) {
      fail('RULE_CHOICE', `exposures of the choice ${choice} add to different places`, field)
    }
    places.set(choice, here)
  }
}

function assertRequirements(rule: MarginRule, fail: Fail): void {
  if (rule.requirements.length === 0) fail('RULE_EMPTY', 'there is no requirement', 'requirements')
  const sums = sumNames(rule)
  const known = (names: readonly string[], field: string): void => {
    unique(names, field, fail)
    const stranger = names.find((name) => !sums.has(name))
    if (stranger !== undefined) fail('RULE_UNKNOWN', `nothing adds to the sum ${stranger}`, field)
  }
  for (const { name, threshold, worst, charges } of rule.requirements) {
    const field = `requirements: ${name}`
    within(threshold, CONSTANT_BITS, field, fail)
    for (const { factor } of worst ? [worst, ...charges] : charges) {
      within(factor, FACTOR_BITS, field, fail, false)
    }
    known(worst?.sums ?? [], field)
    known(
      charges.map(({ sum }) => sum),
      field,
    )
  }
}
