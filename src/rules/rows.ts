import { InputError } from '../errors/index.js'
import { fits, packBytes, toField } from '../field/index.js'
import { poseidon, ROLES, sponge } from '../hash/index.js'
import { sha256Text } from '../schema/index.js'
import { formatMarginRule } from './file.js'
import { CONSTANT_BITS, type Exposure, FACTOR_BITS, FACTOR_ONE, type Line, type MarginRule } from './rule.js'

/** Requirements of a rule that accounts can be proven to meet. */
export const MAX_REQUIREMENTS = 4
/** Scenarios that a margin row has room for. */
export const MARGIN_SCENARIOS = 33
/** Sums that one requirement can charge or compare. */
export const MARGIN_SUMS = 6
/** Lines in one link of a row's chain of lines. */
export const LINES_PER_LINK = 4
/** Largest number of a choice; a circuit fills up with numbers above it. */
const MAX_CHOICES = 60_000
const MAX_GROUPS = 60_000
const MAX_IN_CHOICE = 256
const FACTORS_PER_ELEMENT = Math.floor(252 / FACTOR_BITS)

/** A group of the scan, as numbers. */
export interface MarginGroup {
  name: string
  /** From 1 on. */
  id: number
  /** Index of the sum that it adds its own worst loss to; none for a netted group. */
  sum?: number
  gain: bigint
  loss: bigint
}

/** Where the value of an exposure goes: a sum by index, a group, or nowhere, as it must be zero. */
export type Destination =
  | { sum: number }
  | { limit: true }
  | { raises: MarginGroup }
  | { bounds: MarginGroup }

/** A line of an exposure or a limit, as numbers, without its terms. */
export interface MarginLine {
  name: string
  /**
   * Lines are told apart and ordered by choice, exposure, line. An exposure without a choice is a choice of
   * its own.
   */
  choice: number
  exposure: number
  line: number
  branch?: 0 | 1
  to: Destination
  /** The deduction from the sum of the terms: zero or more, below 2^127. */
  deduction: bigint
}

/** A requirement's row for one instrument. */
export interface MarginRow {
  value: { long: bigint; short: bigint }
  /** The group that it is a member of, and its change in each scenario. */
  group?: MarginGroup
  changes: readonly bigint[]
  /** The group that it is a flat member of. */
  flatGroup?: MarginGroup
  flat: bigint
  lines: { line: MarginLine; long: bigint; short: bigint }[]
}

/** A requirement of a rule in the form that is proven: its parameters, and a row for each instrument. */
export interface MarginRequirement {
  name: string
  /** Its place among the rule's requirements. */
  index: number
  /**
   * Digest of the names of model and requirement, of the units of the rule, and of what its sums and
   * scenarios are, in order.
   */
  shape: bigint
  /** Digest of the rule's canonical text. */
  text: bigint
  /** As the rule states it. */
  threshold: bigint
  sums: string[]
  worst: { factor: bigint; sums: boolean[] }
  factors: bigint[]
  /** The multiple that is asked, in billionths. */
  times: bigint
  /** That multiple of the threshold and of the factors, rounded up: what the account is held to. */
  asked: { threshold: bigint; worstFactor: bigint; factors: bigint[] }
  /** Dampings by scenario; beyond the rule's own, the last is repeated. Likewise the changes of a row. */
  gains: bigint[]
  losses: bigint[]
  rows: ReadonlyMap<string, MarginRow>
}

/**
 * Brings one requirement of a rule to the form that is proven. `times` (billionths) asks for a multiple:
 * threshold and factors are multiplied by it and rounded up; rows and limits stay as they are, and so does
 * what the rule states.
 *
 * @throws {InputError} `MARGIN_REQUIREMENT` when there is none of that name, `MARGIN_TOO_WIDE` when the rule
 * has more than can be proven, `MARGIN_TIMES` when a multiple is zero or too large
 */
export function compileRequirement(rule: MarginRule, name: string, times = FACTOR_ONE): MarginRequirement {
  const index = rule.requirements.findIndex((r) => r.name === name)
  const requirement = rule.requirements[index]
  if (requirement === undefined) {
    throw new InputError('MARGIN_REQUIREMENT', `the rule has no requirement ${name}`, {
      hint: `It has ${rule.requirements.map((r) => r.name).join(', ')}.`,
    })
  }
  assertAtMost('requirements', rule.requirements.length, MAX_REQUIREMENTS)
  const sums = [
    ...new Set([...(requirement.worst?.sums ?? []), ...requirement.charges.map(({ sum }) => sum)]),
  ]
  assertAtMost(`sums in ${name}`, sums.length, MARGIN_SUMS)
  const { scenarios = [] } = rule.scan ?? {}
  assertAtMost('scenarios', scenarios.length, MARGIN_SCENARIOS)

  const multiple = (value: bigint, bits: number): bigint => {
    const product = value * times
    const rounded = product / FACTOR_ONE + (product > 0n && product % FACTOR_ONE > 0n ? 1n : 0n)
    const inRange = times > 0n && times >> BigInt(FACTOR_BITS) === 0n
    if (inRange && fits(rounded, bits)) return rounded
    throw new InputError('MARGIN_TIMES', `that multiple of ${name} is not in range`, {
      hint: 'A multiple is above 0 and below 1000, and every factor of the requirement times it below 1099.',
    })
  }
  const byIndex = <T>(of: (sum: string) => T, none: T): T[] =>
    Array.from({ length: MARGIN_SUMS }, (_, k) => (sums[k] === undefined ? none : of(sums[k])))
  const { threshold, worst, charges } = requirement
  const factors = byIndex(
    (sum) => charges.reduce((total, c) => (c.sum === sum ? total + c.factor : total), 0n),
    0n,
  )
  const worstFactor = worst?.factor ?? 0n
  return {
    name,
    index,
    shape: shapeDigest(rule, name, sums),
    text: ruleTextDigest(rule),
    threshold,
    sums,
    worst: { factor: worstFactor, sums: byIndex((sum) => worst?.sums.includes(sum) ?? false, false) },
    factors,
    times,
    asked: {
      threshold: multiple(threshold, CONSTANT_BITS),
      worstFactor: multiple(worstFactor, FACTOR_BITS),
      factors: factors.map((factor) => multiple(factor, FACTOR_BITS)),
    },
    gains: repeatLast(scenarios.map(({ gain }) => gain)),
    losses: repeatLast(scenarios.map(({ loss }) => loss)),
    rows: rowsOf(rule, sums, requirement.worst !== undefined),
  }
}

function rowsOf(rule: MarginRule, sums: string[], netted: boolean): Map<string, MarginRow> {
  const rows = new Map<string, MarginRow>()
  for (const { symbol, value } of rule.instruments) {
    rows.set(symbol, { value, changes: repeatLast([]), flat: 0n, lines: [] })
  }
  const groups = new Map<string, MarginGroup>()
  for (const [i, group] of (rule.scan?.groups ?? []).entries()) {
    const sum = group.sum === undefined ? undefined : sums.indexOf(group.sum)
    if (sum === undefined ? !netted : sum < 0) continue
    assertAtMost('groups', i + 1, MAX_GROUPS)
    const { name, gain, loss } = group
    const numbered: MarginGroup = { name, id: i + 1, ...(sum === undefined ? {} : { sum }), gain, loss }
    groups.set(name, numbered)
    for (const { symbol, changes } of group.members) {
      Object.assign(rows.get(symbol)!, { group: numbered, changes: repeatLast(changes) })
    }
    for (const { symbol, change } of group.flat) {
      Object.assign(rows.get(symbol)!, { flatGroup: numbered, flat: change })
    }
  }

  /** Exposures of each choice so far; one without a choice stands under a name that no choice has. */
  const choices = new Map<string, number>()
  const order = new Map<string, number>()
  const add = (name: string, choice: string, to: Destination, lines: readonly Line<bigint>[]): void => {
    if (!order.has(choice)) order.set(choice, order.size)
    const exposure = choices.get(choice) ?? 0
    choices.set(choice, exposure + 1)
    assertAtMost('choices', order.size, MAX_CHOICES)
    assertAtMost('exposures in one choice', exposure + 1, MAX_IN_CHOICE)
    assertAtMost(`lines in ${name}`, lines.length, MAX_IN_CHOICE)
    for (const [i, { constant, terms, branch }] of lines.entries()) {
      assertAtMost(`bits in a constant of ${name}`, (-constant).toString(2).length, CONSTANT_BITS)
      const line: MarginLine = {
        name,
        choice: order.get(choice)!,
        exposure,
        line: i,
        ...(branch === undefined ? {} : { branch }),
        to,
        deduction: -constant,
      }
      for (const { symbol, long, short } of terms) {
        if (long !== 0n || short !== 0n) rows.get(symbol)!.lines.push({ line, long, short })
      }
    }
  }
  for (const { name, choice, adds, lines } of rule.exposures) {
    const to = destination(adds, sums, groups)
    if (to !== undefined) add(name, choice === undefined ? `exposure ${name}` : `choice ${choice}`, to, lines)
  }
  for (const { name, cap, lines } of rule.limits) {
    const capped = lines.map((line) => ({ ...line, constant: line.constant - cap }))
    add(name, `limit ${name}`, { limit: true }, capped)
  }
  return rows
}

function destination(
  adds: Exposure<bigint>['adds'],
  sums: readonly string[],
  groups: ReadonlyMap<string, MarginGroup>,
): Destination | undefined {
  if ('sum' in adds) {
    const sum = sums.indexOf(adds.sum)
    return sum < 0 ? undefined : { sum }
  }
  const group = groups.get('raises' in adds ? adds.raises : adds.bounds)
  if (group === undefined) return undefined
  return 'raises' in adds ? { raises: group } : { bounds: group }
}

/** One number for each scenario that there is room for: a scenario that happens twice changes nothing. */
function repeatLast(numbers: readonly bigint[]): bigint[] {
  return Array.from({ length: MARGIN_SCENARIOS }, (_, s) => numbers[s] ?? numbers.at(-1) ?? 0n)
}

function assertAtMost(what: string, count: number, most: number): void {
  if (count <= most) return
  throw new InputError('MARGIN_TOO_WIDE', `the rule has ${count} ${what}, at most ${most} can be proven`, {
    hint: '`plimsoll margin explain` judges such a rule; make it smaller for proofs.',
  })
}

const at = (value: number | bigint, bit: number): bigint => BigInt(value) << BigInt(bit)

/** `id (16 bits) · sum + 1, or 0 (4) · gain (40) · loss (40)`, lowest first; 0 for no group. */
export function groupKey(group: MarginGroup | undefined): bigint {
  if (group === undefined) return 0n
  return (
    at(group.id, 0) +
    at(group.sum === undefined ? 0 : group.sum + 1, 16) +
    at(group.gain, 20) +
    at(group.loss, 20 + FACTOR_BITS)
  )
}

/**
 * `line (8 bits) · exposure (8) · choice (16) · only in branch 0 (1) · only in branch 1 (1) · destination (4)
 * · group (20) · deduction (127)`, lowest first. Destinations: a sum's index, 6 limit, 7 raises the group, 8
 * bounds it.
 */
export function lineKey({ line, exposure, choice, branch, to, deduction }: MarginLine): bigint {
  return (
    at(line, 0) +
    at(exposure, 8) +
    at(choice, 16) +
    at(branch === 0 ? 1 : 0, 32) +
    at(branch === 1 ? 1 : 0, 33) +
    at(destinationCode(to), 34) +
    at(destinationGroup(to), 38) +
    at(deduction, 58)
  )
}

/** A destination in a line's key, without its group. */
export function destinationCode(to: Destination): number {
  if ('sum' in to) return to.sum
  return MARGIN_SUMS + ('limit' in to ? 0 : 'raises' in to ? 1 : 2)
}

/** The group that a destination names, 0 for none: its id and its sum, as in its own key (20 bits). */
export function destinationGroup(to: Destination): bigint {
  return BigInt.asUintN(20, groupKey('raises' in to ? to.raises : 'bounds' in to ? to.bounds : undefined))
}

/**
 * `sponge(marginRow, [long value, short value, group key, flat group key, flat change, 33 changes, lines])`,
 * with the lines four at a time in a chain `h = P(marginLines; h, key, long, short, …)` from 0 on, filled up
 * with zeros. Negative numbers are field elements.
 */
export function marginRowDigest(row: MarginRow): bigint {
  let lines = 0n
  for (let i = 0; i < row.lines.length; i += LINES_PER_LINK) {
    const link = Array.from({ length: LINES_PER_LINK }, (_, j) => row.lines[i + j])
    const elements = link.flatMap((l) =>
      l === undefined ? [0n, 0n, 0n] : [lineKey(l.line), toField(l.long), toField(l.short)],
    )
    lines = poseidon([lines, ...elements], ROLES.marginLines.tag)
  }
  return sponge('marginRow', [
    ...[row.value.long, row.value.short].map(toField),
    groupKey(row.group),
    groupKey(row.flatGroup),
    ...[row.flat, ...row.changes].map(toField),
    lines,
  ])
}

/**
 * What a margin proof says that an account meets: `P(multiple; statedDigest, times)`. What is stated is under
 * the risk root of every table that has the requirement, and the same in all of them, whatever prices are.
 */
export function requirementDigest(requirement: MarginRequirement): bigint {
  return poseidon([statedDigest(requirement), requirement.times], ROLES.multiple.tag)
}

/**
 * A requirement as the rule states it: `sponge(requirement, [index, shape, threshold, worst factor, which
 * sums it ranges over (bits), six factors, gains, losses])`, gains and losses packed six 40-bit numbers to an
 * element.
 */
export function statedDigest(requirement: MarginRequirement): bigint {
  const { index, shape, threshold, worst, factors, gains, losses } = requirement
  return sponge('requirement', [
    BigInt(index),
    shape,
    toField(threshold),
    worst.factor,
    worst.sums.reduce((bits, on, k) => bits + at(on ? 1 : 0, k), 0n),
    ...factors,
    ...packFactors(gains),
    ...packFactors(losses),
  ])
}

/**
 * `sponge(marginShape, [model, name, quote, valueDecimals, number of sums, each sum's name, number of
 * scenarios, each scenario's name])`, of every text the digest of its bytes and their number. A requirement
 * and the rows that it is proven over have one shape: a requirement cannot be met by rows that count in other
 * units.
 */
function shapeDigest(
  { model, quote, valueDecimals, scan }: MarginRule,
  requirement: string,
  sums: readonly string[],
): bigint {
  const scenarios = (scan?.scenarios ?? []).map(({ name }) => name)
  const text = (name: string): bigint => {
    const bytes = new TextEncoder().encode(name)
    return sponge('marginShape', [BigInt(bytes.length), ...packBytes(bytes)])
  }
  return sponge('marginShape', [
    ...[model, requirement, quote].map(text),
    BigInt(valueDecimals),
    ...[sums, scenarios].flatMap((names) => [BigInt(names.length), ...names.map(text)]),
  ])
}

/**
 * The digest of a requirement under a risk root, over its rows, everything that it asks, and the rule's text:
 * `P(marginRoot; root over the rows, statedDigest, ruleTextDigest)`.
 */
export function marginRoot(rowsRoot: bigint, requirement: MarginRequirement): bigint {
  return poseidon([rowsRoot, statedDigest(requirement), requirement.text], ROLES.marginRoot.tag)
}

/**
 * The canonical text of a rule as one element: its SHA-256 without the last eight bits. So the names of
 * groups, exposures and limits, which no number depends on, are bound as well.
 */
function ruleTextDigest(rule: MarginRule): bigint {
  return BigInt(`0x${sha256Text(formatMarginRule(rule))}`) >> 8n
}

function packFactors(factors: readonly bigint[]): bigint[] {
  const packed: bigint[] = []
  for (let i = 0; i < factors.length; i += FACTORS_PER_ELEMENT) {
    packed.push(
      factors.slice(i, i + FACTORS_PER_ELEMENT).reduce((sum, f, j) => sum + at(f, j * FACTOR_BITS), 0n),
    )
  }
  return packed
}
