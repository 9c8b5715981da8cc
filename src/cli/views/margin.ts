import { formatDecimal } from '../../field/index.js'
import type { MarginReport } from '../../margin/index.js'
import type { MarginRule } from '../../rules/index.js'
import { describeMarginNeeds, type MarginFigures, type MarginNeeds } from '../../statements/index.js'
import { bars } from '../terminal/bars.js'
import { apart, type Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'
import { shownAmount } from './amounts.js'
import { checksView } from './checks.js'

/** Decimals of an amount that decides about one account. */
const DECIMALS = 8

export function marginReportView(report: Omit<MarginReport, 'exitCode'>): Text {
  const verdict = report.valid
    ? [`MEETS ${report.times} × ${report.requirement}`, `handle ${report.handle}`]
    : ['NOT PROVEN']
  return [...checksView(report.checks), ...verdict]
}

/** What a proof of a requirement takes, and the cheapest instance that has room for it. */
export interface RequirementProof {
  requirement: string
  needs: MarginNeeds
  instance: string | null
}

/** Every figure as an exact decimal string of the quote currency. */
export function exactFigures(
  rule: MarginRule,
  figures: MarginFigures,
  proofs?: readonly RequirementProof[],
): object {
  const amount = (value: bigint) => formatDecimal(value, figures.decimals)
  const value = (of: bigint) => formatDecimal(of, figures.valueDecimals)
  return {
    model: rule.model,
    quote: rule.quote,
    equity: amount(figures.equity),
    scans: figures.scans.map(({ name, scenarios }) => ({
      name,
      scenarios: scenarios.map((scenario) => ({ name: scenario.name, profit: value(scenario.profit) })),
    })),
    values: figures.values.map((v) => ({ ...v, value: value(v.value) })),
    requirements: figures.requirements.map((r) => ({
      name: r.name,
      met: r.met,
      required: amount(r.required),
      slack: amount(r.slack),
      binding: binding(r, figures),
      charges: r.charges.map(({ of, charge }) => ({ of, charge: amount(charge) })),
    })),
    limits: figures.limits.map((l) => ({ ...l, value: value(l.value), cap: value(l.cap) })),
    ...(proofs === undefined ? {} : { proofs }),
  }
}

export function marginFiguresView(
  rule: MarginRule,
  figures: MarginFigures,
  proofs: readonly RequirementProof[] = [],
): Text {
  const amount = (value: bigint) => shownAmount(formatDecimal(value, figures.decimals), DECIMALS)
  const value = (of: bigint) => shownAmount(formatDecimal(of, figures.valueDecimals), DECIMALS)
  const touched = figures.scans.filter(({ scenarios }) => scenarios.some(({ profit }) => profit !== 0n))
  const parts: Text[] = [
    `${rule.model} · equity ${amount(figures.equity)} ${rule.quote}`,
    ...touched.map(({ name, scenarios }) => [
      `${name}: profit or loss by scenario`,
      bars(
        scenarios.map((scenario) => ({
          name: scenario.name,
          value: scenario.profit,
          text: value(scenario.profit),
        })),
      ),
    ]),
    table(
      ['requirement', 'required', 'slack', 'met', 'decided by'],
      figures.requirements.map((r) => [
        r.name,
        amount(r.required),
        amount(r.slack),
        r.met ? 'yes' : 'NO',
        decidedBy(r, figures),
      ]),
    ),
    table(
      ['requirement', 'charge', rule.quote],
      figures.requirements.flatMap((r) =>
        r.charges
          .filter(({ charge }) => charge > 0n)
          .flatMap(({ of, charge }) => [
            [r.name, of, amount(charge)],
            ...partsOf(rule, figures, r.name, of).map((part) => ['', `· ${part.name}`, amount(part.charge)]),
          ]),
      ),
    ),
  ]
  if (figures.limits.length > 0) {
    const rows = figures.limits.map((l) => [l.name, value(l.value), value(l.cap), l.met ? 'yes' : 'NO'])
    parts.push(table(['limit', 'value', 'cap', 'met'], rows))
  }
  if (proofs.length > 0) parts.push(proofs.map(provenWith))
  return apart(parts)
}

function provenWith({ requirement, needs, instance }: RequirementProof): string {
  const what = describeMarginNeeds(needs)
  return instance === null
    ? `${requirement} fits no margin instance: it takes ${what}`
    : `${requirement} is proven with ${instance}: it takes ${what}`
}

type RequirementFigures = MarginFigures['requirements'][number]

/** The largest charge, and what decides it down to a scenario; null when nothing is charged. */
function binding({ charges }: RequirementFigures, { values }: MarginFigures): string[] | null {
  const largest = charges.reduce<(typeof charges)[number] | undefined>(
    (best, charge) => (charge.charge > (best?.charge ?? 0n) ? charge : best),
    undefined,
  )
  if (largest === undefined) return null
  const chain = [largest.of]
  const worst = new Map(values.map((value) => [value.name, value.worst]))
  for (let next = worst.get(largest.of); next !== undefined; next = worst.get(next)) chain.push(next)
  return chain
}

/** The decisive charge of a requirement; or the exceeded limits, where equity suffices. */
function decidedBy(requirement: RequirementFigures, figures: MarginFigures): string {
  const over = figures.limits.filter(({ met }) => !met).map(({ name }) => `limit ${name}`)
  if (requirement.slack >= 0n && over.length > 0) return over.join(', ')
  return binding(requirement, figures)?.join(' ← ') ?? 'nothing is charged'
}

/** The parts of a charged sum that are charged themselves; empty when there is only one. */
function partsOf(
  { requirements, exposures, scan }: MarginRule,
  { values }: MarginFigures,
  requirement: string,
  sum: string,
): { name: string; charge: bigint }[] {
  const charges = requirements.find(({ name }) => name === requirement)!.charges
  const factor = charges.find((charge) => charge.sum === sum)?.factor ?? 0n
  const names = new Set([
    ...exposures.filter(({ adds }) => 'sum' in adds && adds.sum === sum).map(({ name }) => name),
    ...(scan?.groups ?? []).filter((group) => group.sum === sum).map(({ name }) => name),
  ])
  const parts = values
    .filter(({ name }) => names.has(name))
    .map(({ name, value }) => ({ name, charge: value * factor }))
    .filter(({ charge }) => charge > 0n)
  return parts.length > 1 ? parts : []
}
