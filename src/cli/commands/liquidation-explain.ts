import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { readPolicy, required } from '../options.js'
import { createUi } from '../terminal/ui.js'

interface ExplainOptions {
  account: string
  risk: string
  requirement?: string
  policy?: string
  json?: boolean
}

export function liquidationExplainCommand(): Command {
  return command('explain', {
    description:
      'Show how far an account is below what a margin rule requires, and what a policy lets be closed. Proves nothing; reads private data.',
    options: [
      required('--account <file>', "the account's portfolio or inclusion file (JSON, private)"),
      required('--risk <file>', 'margin rule (`plimsoll risk build` makes one), or risk table that has one'),
      new Option('--requirement <name>', 'only this requirement'),
      new Option('--policy <file>', 'policy that says what liquidations may do (JSON); takes a risk table'),
    ],
    notes: [
      'An account is short only by numbers rounded for it, and meets only by numbers rounded against it. Between the two, neither can be proven.',
      '--json prints amounts as exact decimal strings.',
    ],
    examples: ['plimsoll liquidation explain --account examples/margin/account.json --risk margin.json'],
  }).action(async (options: ExplainOptions) => {
    const { exactShort, shortView } = await import('../views/liquidation.js')
    const { readAccount } = await import('../../trader/index.js')
    const { readRuleAndTable } = await import('../../inputs/index.js')
    const { closingFigures, resolveLiquidation, shortBounds } = await import('../../statements/index.js')
    const ui = createUi(options)
    const { rule, table } = await readRuleAndTable(options.risk)
    const portfolio = await readAccount(options.account, rule)
    const names = rule.requirements
      .map(({ name }) => name)
      .filter((name) => options.requirement === undefined || name === options.requirement)
    if (names.length === 0) {
      throw new InputError('MARGIN_REQUIREMENT', `the rule has no requirement ${options.requirement}`, {
        where: options.risk,
        hint: `It has ${rule.requirements.map(({ name }) => name).join(', ')}.`,
      })
    }
    const requirements = names.map((name) => ({ name, ...shortBounds(rule, portfolio, name) }))
    const allowed = async (file: string) => {
      if (table === undefined) {
        throw new InputError(
          'LIQUIDATION_TABLE',
          'a policy is about a risk table, and this is a rule alone',
          {
            where: options.risk,
            hint: 'Name a risk table with --risk: `plimsoll risk build --table` builds the rule into one.',
          },
        )
      }
      const { liquidation } = await readPolicy(file)
      if (liquidation === undefined) {
        throw new InputError('LIQUIDATION_POLICY', 'the policy says nothing of liquidations', {
          where: file,
          hint: 'Add liquidation to it, with trigger, target and backstop.',
        })
      }
      const policy = resolveLiquidation(liquidation, table)
      const books = { table: { ...table, margin: rule }, policy }
      return { ...books, figures: closingFigures(books, portfolio) }
    }
    const closing = options.policy === undefined ? undefined : await allowed(options.policy)
    ui.result(exactShort(rule, requirements, closing), () => shortView(rule, requirements, closing))
  })
}
