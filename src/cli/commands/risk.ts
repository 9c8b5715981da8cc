import { Command, Option } from 'commander'
import { writeFileAtomic } from '../../files/index.js'
import {
  formatMarginRule,
  MARGIN_MODELS,
  type MarginModelName,
  readMarginParams,
  roundRule,
} from '../../risk/index.js'
import { createUi, table } from '../ui.js'

interface BuildOptions {
  model: MarginModelName
  params: string
  out: string
  json?: boolean
}

export function riskCommand(): Command {
  const build = new Command('build')
    .description('Build the margin rule of a portfolio model from its parameters.')
    .addOption(
      new Option('--model <model>', 'the portfolio model')
        .choices(Object.keys(MARGIN_MODELS))
        .makeOptionMandatory(),
    )
    .requiredOption('--params <file>', "the model's parameters (JSON)")
    .requiredOption('--out <file>', 'where to write the margin rule')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll risk build --model cross --params params.json --out margin.json',
    )
    .action(async (options: BuildOptions) => {
      const ui = createUi(options.json ?? false)
      const rule = roundRule(await readMarginParams(options.model, options.params))
      await writeFileAtomic(options.out, formatMarginRule(rule))
      const requirements = rule.requirements.map(({ name }) => name)
      const scenarios = rule.scans.reduce((sum, scan) => sum + scan.scenarios.length, 0)
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
              ['margin rule', options.out],
              ['model', rule.model],
              ['instruments', rule.instruments.length],
              ['scenarios', scenarios],
              ['requirements', requirements.join(', ')],
              ['values count', `10^-${rule.valueDecimals} ${rule.quote}`],
            ],
          ),
      )
    })
  return new Command('risk').description('Rules that accounts are held to.').addCommand(build)
}
