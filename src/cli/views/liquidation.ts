import { formatDecimal } from '../../field/index.js'
import type { LiquidationReport } from '../../inclusion/index.js'
import { decimalsOf, type MarginRule } from '../../rules/index.js'
import type { ClosingFigures, LiquidationBooks, ShortBounds } from '../../statements/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { facts, table } from '../terminal/table.js'
import { shownAmount } from './amounts.js'
import { checksView } from './checks.js'

/** Decimals of an amount that decides about one account. */
const DECIMALS = 8

/** How far an account is below one requirement. */
export type RequirementShort = ShortBounds & { name: string }

/** What a policy lets be done to an account. */
export type PolicyClosings = LiquidationBooks & { figures: ClosingFigures }

/** Every figure as an exact decimal string of the quote currency, and quantities in whole units. */
export function exactShort(
  rule: MarginRule,
  requirements: readonly RequirementShort[],
  closing?: PolicyClosings,
): object {
  return {
    model: rule.model,
    quote: rule.quote,
    requirements: requirements.map((short) => ({
      name: short.name,
      standing: standing(short),
      short: exactBounds(short),
    })),
    ...(closing && { policy: exactClosings(rule, closing) }),
  }
}

function exactClosings(rule: MarginRule, { table, policy, figures }: PolicyClosings): object {
  const decimals = decimalsOf(rule)
  const atMarks = (value: bigint) => formatDecimal(value, table.valueDecimals)
  return {
    requirement: policy.requirement,
    partial: figures.partial,
    takeover: figures.takeover,
    mostLostWhole: atMarks(figures.mostLostWhole),
    positions: figures.closings.map(({ symbol, quantity, whole, allowed, mostLost }) => ({
      symbol,
      quantity: formatDecimal(quantity, decimals(symbol)),
      shortWhenClosed: exactBounds(whole),
      allowed: formatDecimal(allowed, decimals(symbol)),
      mostLost: atMarks(mostLost),
    })),
  }
}

export function shortView(
  rule: MarginRule,
  requirements: readonly RequirementShort[],
  closing?: PolicyClosings,
): Text {
  const rows = requirements.map((short) => [short.name, standing(short), ...shownBounds(short)])
  return apart([
    rule.model,
    table(['requirement', 'standing', `at least short, ${rule.quote}`, `at most short, ${rule.quote}`], rows),
    ...(closing === undefined ? [] : closingsView(rule, closing)),
  ])
}

function closingsView(rule: MarginRule, { table: risk, policy, figures }: PolicyClosings): Text[] {
  const decimals = decimalsOf(rule)
  const atMarks = (value: bigint) => shownAmount(formatDecimal(value, risk.valueDecimals), DECIMALS)
  const whole = figures.takeover
    ? `By the policy, the whole account may be closed; it loses at most ${atMarks(figures.mostLostWhole)} ${rule.quote}.`
    : figures.partial
      ? 'By the policy, the account may be closed in part.'
      : 'By the policy, nothing of the account may be closed.'
  const rows = figures.closings.map(({ symbol, quantity, whole, allowed, mostLost }) => [
    symbol,
    formatDecimal(quantity, decimals(symbol)),
    shownBounds(whole)[1],
    formatDecimal(allowed, decimals(symbol)),
    atMarks(mostLost),
  ])
  const title = [
    'position',
    'held',
    `short of ${policy.requirement} when closed`,
    'may be closed',
    'loses at most',
  ]
  return [whole, table(title, rows)]
}

/** Whether it can be proven that the account meets the requirement, or that it is short of it. */
function standing({ atLeast, atMost }: ShortBounds): 'meets' | 'short' | 'between' {
  if (atMost <= 0n) return 'meets'
  return atLeast > 0n ? 'short' : 'between'
}

function exactBounds({ decimals, atLeast, atMost }: ShortBounds) {
  return { atLeast: formatDecimal(atLeast, decimals), atMost: formatDecimal(atMost, decimals) }
}

function shownBounds({ decimals, atLeast, atMost }: ShortBounds): [string, string] {
  const shown = (value: bigint) => shownAmount(formatDecimal(value, decimals), DECIMALS)
  return [shown(atLeast), shown(atMost)]
}

/** The result of `liquidation prove`. */
export function liquidationProvenView(
  result: { proof: string; record: string; instance: string },
  epoch: string,
): Text {
  const { proof, record, instance } = result
  return facts([
    ['public proof', proof],
    ['proven with', instance],
    ['opens what moved, for you only', record],
    ['readers verify it', `plimsoll liquidation verify ${proof} --epoch ${epoch}`],
    ['its customer sees it', 'plimsoll inclusion export, then plimsoll inclusion verify'],
  ])
}

export function liquidationReportView(report: Omit<LiquidationReport, 'exitCode'>): Text {
  const { valid, checks, shown, moved } = report
  const rows = moved?.map(({ instrument, moved: quantity }) => [instrument, quantity]) ?? []
  return [
    ...checksView(checks),
    ...(rows.length > 0 ? [table(['instrument', 'moved'], rows)] : []),
    ...shown,
    valid ? 'HOLDS' : 'DOES NOT HOLD',
  ]
}
