import { InputError } from '../../errors/index.js'
import { Rational, VALUE_BITS } from '../../field/index.js'
import { isRequirement, type RiskTable, type Scenario } from '../../risk/index.js'
import { FACTOR_ONE, isDerivative, type Line, type MarginRule } from '../../rules/index.js'

/** A scenario that is to carry the charges of a requirement. */
export interface RequirementScenario {
  /** The scenario's name in the risk table. */
  name: string
  /** The requirement's name in the table's margin rule. */
  requirement: string
}

/** What one unit of an instrument, long and short, is charged, in 10^-valueDecimals of the rule. */
type Charges = Map<string, { long: Rational; short: Rational }>

/**
 * A requirement of a table's margin rule as a scenario: a long unit is worth what the rule counts it for less
 * what it is charged, a short unit costs that and its charge. Then an account's equity in the scenario is
 * what it has beyond the requirement, and it is below zero exactly where it does not meet it (values are
 * rounded against the account, by less than 10^-valueDecimals a smallest unit).
 *
 * It reaches requirements whose charges are one line a key: every sum that is charged is of exposures with a
 * single line, no deduction and no coefficient below zero. It does not reach a threshold, a worst loss over
 * scenarios, groups of a scan, exposures that are the largest of several lines (rates that rise with size),
 * or the rule's limits: those are properties of an account that no value of a unit expresses.
 *
 * @throws {InputError} `REQUIREMENT_RULE` when the table has no margin rule or the rule no such requirement,
 * `REQUIREMENT_LINES` naming what is not one line a key, `REQUIREMENT_INSTRUMENT` when the rule does not know
 * an instrument of the table, `STRESS_VALUE_TOO_LARGE`
 * @example
 * const scenario = requirementScenario(table, { name: 'maintenance', requirement: 'maintenance' })
 */
export function requirementScenario(
  table: Pick<RiskTable, 'instruments' | 'valueDecimals' | 'margin'>,
  wanted: RequirementScenario,
): Scenario {
  const rule = table.margin
  if (rule === undefined) {
    throw new InputError('REQUIREMENT_RULE', 'the risk table has no margin rule', {
      hint: 'Build one in with `plimsoll risk build --table`, then name its requirement.',
    })
  }
  const charges = chargesOf(rule, wanted.requirement)
  const known = new Map(rule.instruments.map((row) => [row.symbol, row.value]))
  const unit = Rational.of(10n ** BigInt(table.valueDecimals), 10n ** BigInt(rule.valueDecimals))
  const values = table.instruments.map(({ symbol, kind }) => {
    const value = known.get(symbol)
    if (value === undefined) {
      throw new InputError('REQUIREMENT_INSTRUMENT', `the margin rule does not know ${symbol}`, {
        hint: 'A requirement of a whole ledger has to judge every instrument: build a rule that knows it.',
      })
    }
    const charge = charges.get(symbol) ?? { long: Rational.ZERO, short: Rational.ZERO }
    const long = Rational.of(value.long).sub(charge.long).mul(unit).floor()
    const short = Rational.of(value.short).add(charge.short).mul(unit).ceil()
    if (long < 0n && !isDerivative(kind)) {
      throw notOneLine(wanted.requirement, `it charges a long unit of ${symbol} more than it is worth`)
    }
    if ([-long, short].some((side) => side >> BigInt(VALUE_BITS) > 0n)) {
      throw new InputError(
        'STRESS_VALUE_TOO_LARGE',
        `${symbol} in ${wanted.name} does not stay within ±2^${VALUE_BITS}`,
        { hint: 'Lower valueDecimals, or give the instrument more decimals.' },
      )
    }
    return { long, short }
  })
  return { name: wanted.name, requirement: true, values }
}

/** What a requirement does not say of a ledger when it is proven as a scenario; nothing for most rules. */
export function outsideRequirement(table: RiskTable): string[] {
  const limits = table.margin?.limits.length ?? 0
  if (limits === 0 || !table.scenarios.some((_, s) => isRequirement(table, s))) return []
  return [
    `The rule's ${limits === 1 ? 'limit is' : `${limits} limits are`} no part of a requirement that is proven of a whole ledger: it is about equity alone.`,
  ]
}

function chargesOf(rule: MarginRule, name: string): Charges {
  const requirement = rule.requirements.find((r) => r.name === name)
  if (requirement === undefined) {
    throw new InputError('REQUIREMENT_RULE', `the margin rule has no requirement ${name}`, {
      hint: `It has ${rule.requirements.map((r) => r.name).join(', ')}.`,
    })
  }
  const { threshold, worst, charges } = requirement
  if (threshold !== 0n) throw notOneLine(name, 'it has a threshold')
  if (worst !== undefined && worst.factor !== 0n) throw notOneLine(name, 'it charges a worst loss')
  const all: Charges = new Map()
  for (const { sum, factor } of charges) {
    const group = rule.scan?.groups.find((g) => g.sum === sum)
    if (group !== undefined) throw notOneLine(name, `the group ${group.name} adds its worst loss to ${sum}`)
    for (const { name: exposure, lines, choice, adds } of rule.exposures) {
      if (!('sum' in adds) || adds.sum !== sum) continue
      if (choice !== undefined || lines.length !== 1 || !isPlain(lines[0]!)) {
        throw notOneLine(name, `the exposure ${exposure} is the largest of several lines, or has a deduction`)
      }
      for (const { symbol, long, short } of lines[0]!.terms) {
        const own = all.get(symbol) ?? { long: Rational.ZERO, short: Rational.ZERO }
        const charged = (coefficient: bigint) => Rational.of(coefficient * factor, FACTOR_ONE)
        all.set(symbol, { long: own.long.add(charged(long)), short: own.short.add(charged(short)) })
      }
    }
  }
  return all
}

/** Whether a line is a charge of so much a unit, and never below zero. */
function isPlain({ constant, branch, terms }: Line<bigint>): boolean {
  return (
    constant === 0n && branch === undefined && terms.every(({ long, short }) => long >= 0n && short >= 0n)
  )
}

function notOneLine(requirement: string, why: string): InputError {
  return new InputError(
    'REQUIREMENT_LINES',
    `the requirement ${requirement} is not one line a key, as values of a scenario are: ${why}`,
    {
      hint: 'Prove it account by account with `plimsoll margin prove`, or state one that is: docs/requirements.md says which rules are.',
    },
  )
}
