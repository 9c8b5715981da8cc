import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface ExplainOptions {
  account: string
  risk: string
  requirement?: string
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
    ],
    notes: ['--json prints amounts as exact decimal strings.'],
    examples: ['plimsoll margin explain --account examples/margin/account.json --risk margin.json'],
  }).action(async (options: ExplainOptions) => {
    const { exactFigures, marginFiguresView } = await import('../views/margin.js')
    const { readAccount } = await import('../../trader/index.js')
    const { readMarginRule } = await import('../../inputs/index.js')
    const { marginFigures } = await import('../../statements/index.js')
    const ui = createUi(options)
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
    ui.result(exactFigures(rule, chosen), () => marginFiguresView(rule, chosen))
  })
}
