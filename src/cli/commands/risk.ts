import { Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { MarginModelName } from '../../models/index.js'
import { forceOption, writeResult } from '../output.js'
import { createUi, table } from '../terminal/ui.js'
import { riskCalibrateCommand } from './risk-calibrate.js'
import { riskScenariosCommand } from './risk-scenarios.js'
import { riskStressCommand } from './risk-stress.js'
import { riskTiersCommand } from './risk-tiers.js'

const MODELS = {
  cross: true,
  'derive-pmrm': true,
  'derive-standard': true,
  lending: true,
  matrix: true,
  span16: true,
} satisfies Record<MarginModelName, true>

interface BuildOptions {
  model: MarginModelName
  params: string
  out: string
  table?: string
  cash?: string
  force?: boolean
  json?: boolean
}

export function riskCommand(): Command {
  const build = new Command('build')
    .description('Build the margin rule of a portfolio model from its parameters.')
    .addOption(
      new Option('--model <model>', 'the portfolio model').choices(Object.keys(MODELS)).makeOptionMandatory(),
    )
    .requiredOption('--params <file>', "the model's parameters (JSON)")
    .requiredOption('--out <file>', 'where to write the margin rule, or the risk table with the rule in it')
    .option(
      '--table <file>',
      "build the rule into this risk table, for a venue's ledger and its traders' proofs",
    )
    .option(
      '--cash <symbol>',
      "the table's instrument that the model's cash is held in, worth its mark: the quote currency or a stablecoin",
    )
    .addOption(forceOption())
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  plimsoll risk build --model cross --params examples/margin/cross.json --out margin.json\n  plimsoll risk build --model matrix --params examples/venue/margin.json \\\n    --table examples/venue/risk.json --cash USDC --out risk-margin.json',
    )
    .action(async (options: BuildOptions) => {
      const { formatMarginRule, roundRule } = await import('../../rules/index.js')
      const { formatRiskTable } = await import('../../risk/index.js')
      const { readRiskTable } = await import('../../inputs/index.js')
      const { readMarginParams, withRule } = await import('../../models/index.js')
      const ui = createUi(options.json ?? false)
      const exact = await readMarginParams(options.model, options.params)
      const before = options.table === undefined ? undefined : await readRiskTable(options.table)
      const target =
        before === undefined
          ? undefined
          : withRule(before, exact, options.cash, `${options.params} beside ${options.table}`)
      if (target === undefined && options.cash !== undefined) {
        throw new InputError('USAGE', 'names an instrument of a risk table', {
          where: '--cash',
          hint: 'Give the risk table with --table, or leave out --cash.',
        })
      }
      const rule = target?.margin ?? roundRule(exact)
      const text = target === undefined ? formatMarginRule(rule) : formatRiskTable(target)
      await writeResult(options.out, text, options.force)
      const judged = new Set(rule.instruments.map(({ symbol }) => symbol))
      const unjudged = (target?.instruments ?? []).filter(({ symbol }) => !judged.has(symbol))
      if (unjudged.length > 0) {
        const symbols = unjudged.map(({ symbol }) => symbol).join(', ')
        ui.say(`note: no account that holds ${symbols} can prove its margin: the rule does not have it`)
      }
      const requirements = rule.requirements.map(({ name }) => name)
      const scenarios = rule.scan?.scenarios.length ?? 0
      ui.result(
        {
          rule: options.out,
          model: rule.model,
          instruments: rule.instruments.length,
          scenarios,
          exposures: rule.exposures.length,
          requirements,
          valueDecimals: rule.valueDecimals,
        },
        () =>
          table(
            ['what', 'how it came out'],
            [
              [target === undefined ? 'margin rule' : 'risk table with the rule', options.out],
              ['model', rule.model],
              ['instruments', rule.instruments.length],
              ['scenarios', scenarios],
              ['requirements', requirements.join(', ')],
              ['values count', `10^-${rule.valueDecimals} ${rule.quote}`],
            ],
          ),
      )
    })
  return new Command('risk')
    .description('Risk tables: what accounts are held to, and what could happen to prices.')
    .addCommand(build)
    .addCommand(riskScenariosCommand())
    .addCommand(riskStressCommand())
    .addCommand(riskTiersCommand())
    .addCommand(riskCalibrateCommand())
}
