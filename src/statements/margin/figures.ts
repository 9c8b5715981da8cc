import { InputError } from '../../errors/index.js'
import { fits, MAGNITUDE_BITS } from '../../field/index.js'
import {
  type BoundRule,
  boundRule,
  type Direction,
  type Exposure,
  FACTOR_DECIMALS,
  FACTOR_ONE,
  type Line,
  MAX_POSITIONS,
  type MarginRule,
  type Portfolio,
} from '../../rules/index.js'

/** Something that could be decisive. */
interface Amount {
  name: string
  value: bigint
}

/** A margin rule's figures for an account, in exact integers. Private. */
export interface MarginFigures {
  /** Decimals of `equity`, `required`, `slack` and `charge`: those of the rule's values and three factors. */
  decimals: number
  /**
   * Decimals of profits, and of the values of exposures, groups, sums and limits: those of the rule's values
   * and two factors.
   */
  valueDecimals: number
  equity: bigint
  /**
   * Profit of each scenario, negative for a loss: of the netted groups together under the scan's name, and of
   * every group that is not netted under its own.
   */
  scans: { name: string; scenarios: { name: string; profit: bigint }[] }[]
  /**
   * Exposures, groups that are not netted, sums, and what is worst for each requirement that asks it; `worst`
   * is what decides, or the largest part of a sum, when there is something.
   */
  values: { name: string; value: bigint; worst?: string }[]
  requirements: {
    name: string
    /** Equity that is needed. */
    required: bigint
    /** Equity less what is needed. */
    slack: bigint
    /** Slack is not negative, and every limit holds. */
    met: boolean
    charges: { of: string; charge: bigint }[]
  }[]
  limits: { name: string; value: bigint; cap: bigint; met: boolean }[]
}

/**
 * The arithmetic of a rule in integers, as a circuit has it: no division, everything brought to one scale.
 *
 * @param direction `against` the account, as `margin` has it: equity at most and every charge at least what
 * the exact rule says; or `for` it: equity at least and every charge at most, so that a slack below zero is
 * one in exact arithmetic
 * @throws {InputError} `PORTFOLIO_INSTRUMENT`, `PORTFOLIO_CASH`, `PORTFOLIO_RANGE`, `PORTFOLIO_SIZE` for an
 * account that the rule cannot judge
 * @example
 * const { equity, decimals } = marginFigures(rule, await readAccount('inclusion.json', rule))
 * console.log(formatDecimal(equity, decimals))
 */
export function marginFigures(
  published: MarginRule,
  portfolio: Portfolio,
  direction: Direction = 'against',
): MarginFigures {
  const rule = boundRule(published, direction)
  const held = holdingsOf(rule, portfolio)
  const equity = rule.instruments.reduce(
    (sum, { symbol, value }) => sum + signedSide(held, symbol, value.long, value.short),
    0n,
  )

  // What every line is above what it comes to at least.
  const off = rule.unitOff * [...held.values()].reduce((sum, { long, short }) => sum + long + short, 0n)

  const exposures = exposureValues(rule, held, off)
  const { netted, own } = scanProfits(rule, held)
  const raised = own.map(({ name, scenarios }) => {
    const scanned = largestAmount(
      scenarios.map((scenario) => ({ name: scenario.name, value: -scenario.profit })),
    )
    const raises = exposures.filter(({ adds }) => 'raises' in adds && adds.raises === name)
    const bounds = exposures.filter(({ adds }) => 'bounds' in adds && adds.bounds === name)
    const worst = scanned.worst ?? largestAmount(raises).worst
    const decided = largestAmount([
      { name: worst ?? name, value: scanned.value + total(raises) },
      { name: largestAmount(bounds).worst ?? name, value: total(bounds) },
    ])
    return { name, ...decided }
  })
  const sums = chargeSums(rule, exposures, raised)
  const sumOf = (name: string): bigint => sums.find((sum) => sum.name === name)!.value

  const limits = rule.limits.map(({ name, cap, lines }) => {
    const { value } = largestLine(held, off, lines)
    return { name, value, cap: cap * FACTORS, met: value <= cap * FACTORS }
  })
  const within = limits.every(({ met }) => met)
  const worsts: MarginFigures['values'] = []
  const requirements = rule.requirements.map(({ name, threshold, worst, charges }) => {
    const charged = charges.map(({ sum, factor }) => ({ of: sum, charge: sumOf(sum) * factor }))
    if (worst) {
      const losses = netted.map((scenario) => ({ name: scenario.name, value: -scenario.profit }))
      const decided = largestAmount([...losses, ...sums.filter((sum) => worst.sums.includes(sum.name))])
      const of = `${name} worst`
      worsts.push({ name: of, ...decided })
      charged.unshift({ of, charge: decided.value * worst.factor })
    }
    const required = charged.reduce((sum, { charge }) => sum + charge, threshold * FACTORS * FACTOR_ONE)
    const slack = equity * FACTORS * FACTOR_ONE - required
    return { name, required, slack, met: slack >= 0n && within, charges: charged }
  })
  return {
    decimals: rule.valueDecimals + 3 * FACTOR_DECIMALS,
    valueDecimals: rule.valueDecimals + 2 * FACTOR_DECIMALS,
    equity: equity * FACTORS * FACTOR_ONE,
    scans: [...(netted.length > 0 ? [{ name: rule.scan!.name, scenarios: netted }] : []), ...own],
    values: [...exposures.map(({ adds: _, ...exposure }) => exposure), ...raised, ...sums, ...worsts],
    requirements,
    limits,
  }
}

/** Slopes of a group and of a scenario are two factors that every value is brought to. */
const FACTORS = FACTOR_ONE * FACTOR_ONE

/** Long quantity and short magnitude of each held instrument, cash among them. */
type Holdings = ReadonlyMap<string, { long: bigint; short: bigint }>

function holdingsOf(rule: MarginRule, { cash, positions }: Portfolio): Holdings {
  const symbols = new Set(rule.instruments.map(({ symbol }) => symbol))
  const tooLarge = (value: bigint) => !fits(value, MAGNITUDE_BITS)
  if (tooLarge(cash) || positions.some(({ quantity }) => tooLarge(quantity))) {
    throw new InputError('PORTFOLIO_RANGE', 'a magnitude is out of range')
  }
  if (cash !== 0n && rule.cash === undefined) {
    throw new InputError('PORTFOLIO_CASH', 'the margin rule does not say what cash is')
  }
  const held = new Map<string, { long: bigint; short: bigint }>()
  const money = rule.cash === undefined ? [] : [{ symbol: rule.cash, quantity: cash }]
  const open = [...positions, ...money].filter(({ quantity }) => quantity !== 0n)
  if (open.length > MAX_POSITIONS) {
    throw new InputError('PORTFOLIO_SIZE', `more than ${MAX_POSITIONS} positions`)
  }
  for (const { symbol, quantity } of open) {
    if (!symbols.has(symbol)) {
      throw new InputError('PORTFOLIO_INSTRUMENT', 'an instrument is not in the margin rule')
    }
    const sides = held.get(symbol) ?? { long: 0n, short: 0n }
    if (quantity < 0n) sides.short -= quantity
    else sides.long += quantity
    held.set(symbol, sides)
  }
  return held
}

/** `long quantity · long − short magnitude · short` */
function signedSide(held: Holdings, symbol: string, long: bigint, short: bigint): bigint {
  const sides = held.get(symbol)
  return sides === undefined ? 0n : sides.long * long - sides.short * short
}

/** The largest amount above zero and whose it is; the first of equal ones. */
function largestAmount(amounts: readonly Amount[]): { value: bigint; worst?: string } {
  let best: { value: bigint; worst?: string } = { value: 0n }
  for (const { name, value } of amounts) if (value > best.value) best = { value, worst: name }
  return best
}

function total(amounts: readonly Amount[]): bigint {
  return amounts.reduce((sum, { value }) => sum + value, 0n)
}

function largestLine(held: Holdings, off: bigint, lines: readonly Line<bigint>[], branch: 0 | 1 = 0) {
  const amounts = lines.flatMap((line, i): Amount[] => {
    if (line.branch !== undefined && line.branch !== branch) return []
    const value = line.terms.reduce(
      (sum, { symbol, long, short }) => sum + signedSide(held, symbol, long, -short),
      line.constant - off,
    )
    return [{ name: `line ${i + 1}`, value: value * FACTORS }]
  })
  const { value, worst } = largestAmount(amounts)
  return lines.length > 1 && worst !== undefined ? { value, worst } : { value }
}

type ExposureValue = MarginFigures['values'][number] & Pick<Exposure<bigint>, 'adds'>

/**
 * Every exposure, those of one choice on the branch that makes their total smallest, the first of equal ones.
 */
function exposureValues({ exposures }: MarginRule, held: Holdings, off: bigint): ExposureValue[] {
  const totals = new Map<string, [bigint, bigint]>()
  for (const { choice, lines } of exposures) {
    if (choice === undefined) continue
    const [first, second] = totals.get(choice) ?? [0n, 0n]
    const value = (branch: 0 | 1) => largestLine(held, off, lines, branch).value
    totals.set(choice, [first + value(0), second + value(1)])
  }
  return exposures.map(({ name, lines, choice, adds }) => {
    const [first, second] = (choice !== undefined && totals.get(choice)) || [0n, 0n]
    return { name, ...largestLine(held, off, lines, second < first ? 1 : 0), adds }
  })
}

/**
 * `x = Σ quantity·change` of each group and scenario, where the change of a short unit is the other bound;
 * then the netted groups together at their slopes, and the others each on its own.
 */
function scanProfits({ scan, shortChange }: BoundRule, held: Holdings) {
  const netted: MarginFigures['scans'][number]['scenarios'] = []
  const own: MarginFigures['scans'] = []
  if (scan === undefined) return { netted, own }
  const groups = scan.groups.map((group) => {
    const flat = group.flat.reduce(
      (x, { symbol, change }) => x + signedSide(held, symbol, change, change + shortChange),
      0n,
    )
    const changes = scan.scenarios.map((_, s) =>
      group.members.reduce((x, { symbol, changes }) => {
        const change = changes[s]!
        return x + signedSide(held, symbol, change, change + shortChange)
      }, flat),
    )
    return { ...group, changes }
  })
  const together = groups.filter(({ sum }) => sum === undefined)
  if (together.length > 0) {
    for (const [s, { name, gain, loss }] of scan.scenarios.entries()) {
      const profit = together.reduce((sum, group) => {
        const x = group.changes[s]!
        return sum + (x < 0n ? x * group.loss * loss : x * group.gain * gain)
      }, 0n)
      netted.push({ name, profit })
    }
  }
  for (const { name, sum, changes } of groups) {
    if (sum === undefined) continue
    const scenarios = scan.scenarios.map((scenario, s) => ({
      name: scenario.name,
      profit: changes[s]! * FACTORS,
    }))
    own.push({ name, scenarios })
  }
  return { netted, own }
}

/** Each sum with what adds to it, in the order of what comes first; `worst` is the largest part. */
function chargeSums(rule: MarginRule, exposures: readonly ExposureValue[], raised: readonly Amount[]) {
  const parts = new Map<string, Amount[]>()
  const add = (sum: string, part: Amount) => parts.set(sum, [...(parts.get(sum) ?? []), part])
  for (const exposure of exposures) if ('sum' in exposure.adds) add(exposure.adds.sum, exposure)
  for (const group of raised) add(rule.scan!.groups.find(({ name }) => name === group.name)!.sum!, group)
  return [...parts].map(([name, list]) => ({ ...largestAmount(list), name, value: total(list) }))
}
