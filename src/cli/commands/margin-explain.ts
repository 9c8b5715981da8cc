import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { ownInstancesOption, readOwn, required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import type { RequirementProof } from '../views/margin.js'

interface ExplainOptions {
  account: string
  risk: string
  requirement?: string
  ownInstances?: string
  json?: boolean
}

export function marginExplainCommand(): Command {
  return command('explain', {
    description:
      'Show what a margin rule requires of an account, and why. Proves nothing; reads private data.',
    options: [
      required('--account <file>', "the account's portfolio or inclusion file (JSON, private)"),
      required('--risk <file>', 'margin rule (`plimsoll risk build` makes one), or risk table that has one'),
      new Option('--requirement <name>', 'only this requirement'),
      ownInstancesOption(),
    ],
    notes: [
      '--json prints amounts as exact decimal strings.',
      'By a risk table it says which instance proves each requirement, and what the account takes of it.',
    ],
    examples: ['plimsoll margin explain --account examples/margin/account.json --risk margin.json'],
  }).action(async (options: ExplainOptions) => {
    const { exactFigures, marginFiguresView } = await import('../views/margin.js')
    const { portfolioSlots, readAccountAndLeaf } = await import('../../trader/index.js')
    const { readRuleAndTable } = await import('../../inputs/index.js')
    const { cheapestMarginInstance, marginFigures, marginNeeds } = await import('../../statements/index.js')
    const ui = createUi(options)
    const own = await readOwn(options.ownInstances)
    const { rule, table } = await readRuleAndTable(options.risk)
    const { portfolio, leafSlots } = await readAccountAndLeaf(options.account, rule)
    const figures = marginFigures(rule, portfolio)
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
    const proofs =
      table &&
      requirements.map(({ name }): RequirementProof => {
        const needs = marginNeeds(table, name, portfolioSlots(portfolio, table), leafSlots)
        return { requirement: name, needs, instance: cheapestMarginInstance(needs, own)?.name ?? null }
      })
    ui.result(exactFigures(rule, chosen, proofs), () => marginFiguresView(rule, chosen, proofs))
  })
}
