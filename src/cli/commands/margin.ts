import { Command } from 'commander'
import { InputError } from '../../errors/index.js'
import { formatDecimal } from '../../field/index.js'
import type { MarginRule } from '../../rules/index.js'
import type { MarginFigures } from '../../statements/index.js'
import { bars } from '../terminal/bars.js'
import { apart, type Text } from '../terminal/layout.js'
import { createUi, table } from '../terminal/ui.js'
import { marginProveCommand } from './margin-prove.js'
import { marginVerifyCommand } from './margin-verify.js'

interface ExplainOptions {
  account: string
  risk: string
  requirement?: string
  json?: boolean
}

export function marginCommand(): Command {
  const explain = new Command('explain')
    .description('Show what a margin rule asks of an account, and why. Proves nothing; reads private data.')
    .requiredOption('--account <file>', "the account's portfolio or inclusion file (JSON, private)")
    .requiredOption(
      '--risk <file>',
      'a margin rule (`plimsoll risk build` makes one), or a risk table that has one',
    )
    .option('--requirement <name>', 'only this requirement')
    .option('--json', 'one JSON object on standard output, amounts as exact decimal strings')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll margin explain --account examples/margin/account.json --risk margin.json',
    )
    .action(async (options: ExplainOptions) => {
      const { readAccount } = await import('../../trader/index.js')
      const { readMarginRule } = await import('../../inputs/index.js')
      const { marginFigures } = await import('../../statements/index.js')
      const ui = createUi(options.json ?? false)
      const rule = await readMarginRule(options.risk)
      const figures = marginFigures(rule, await readAccount(options.account, rule))
      const requirements = figures.requirements.filter(
        ({ name }) => options.requirement === undefined || name === options.requirement,
      )
      if (requirements.length === 0) {
        throw new InputError('MARGIN_REQUIREMENT', `the rule has no requirement ${options.requirement}`, {
          where: options.risk,
          hint: `It has ${rule.requirements.map(({ name }) => name).join(', ')}.`,
        })
      }
      const chosen = { ...figures, requirements }
      ui.result(exact(rule, chosen), () => marginText(rule, chosen))
    })
  return new Command('margin')
    .description('Whether one account meets a margin requirement.')
    .addCommand(marginProveCommand())
    .addCommand(marginVerifyCommand())
    .addCommand(explain)
}

/** Every figure as an exact decimal string of the quote currency. */
function exact(rule: MarginRule, figures: MarginFigures): object {
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
  }
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

/** In words: what decides, or which limit does not hold though there is equity enough. */
function decidedBy(requirement: RequirementFigures, figures: MarginFigures): string {
  const over = figures.limits.filter(({ met }) => !met).map(({ name }) => `limit ${name}`)
  if (requirement.slack >= 0n && over.length > 0) return over.join(', ')
  return binding(requirement, figures)?.join(' ← ') ?? 'nothing is charged'
}

function marginText(rule: MarginRule, figures: MarginFigures): Text {
  const amount = (value: bigint) => cents(value, figures.decimals)
  const value = (of: bigint) => cents(of, figures.valueDecimals)
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
  return apart(parts)
}

/** What a charged sum is made of, as far as it is charged; nothing when there is one part alone. */
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

/** Eight decimals at most, rounded down: `--json` has the exact figure. */
function cents(value: bigint, decimals: number): string {
  const shown = Math.min(decimals, 8)
  const unit = 10n ** BigInt(decimals - shown)
  const rounded = value / unit - (value % unit < 0n ? 1n : 0n)
  return formatDecimal(rounded, shown)
}
