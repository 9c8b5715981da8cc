import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { MarginModelName } from '../../models/index.js'
import { command } from '../command.js'
import { forceOption, outOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

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

export function riskBuildCommand(): Command {
  return command('build', {
    description: 'Build the margin rule of a portfolio model from its parameters.',
    options: [
      required('--model <model>', 'the portfolio model').choices(Object.keys(MODELS)),
      required('--params <file>', "the model's parameters (JSON)"),
      outOption('the margin rule, or the risk table with the rule,'),
      new Option(
        '--table <file>',
        "build the rule into this risk table, for a venue's ledger and its traders' proofs",
      ),
      new Option(
        '--cash <symbol>',
        "the table's instrument that holds the model's cash, valued at its mark: the quote currency or a stablecoin",
      ),
      forceOption(),
    ],
    examples: [
      'plimsoll risk build --model cross --params examples/margin/cross.json --out margin.json',
      'plimsoll risk build --model matrix --params examples/venue/margin.json --table examples/venue/risk.json --cash USDC --out risk-margin.json',
    ],
  }).action(async (options: BuildOptions) => {
    const { buildView } = await import('../views/risk.js')
    const { formatMarginRule, roundRule } = await import('../../rules/index.js')
    const { formatRiskTable } = await import('../../risk/index.js')
    const { readRiskTable } = await import('../../inputs/index.js')
    const { readMarginParams, withRule } = await import('../../models/index.js')
    const ui = createUi(options)
    const { model, params, out, table, cash } = options
    const exact = await readMarginParams(model, params)
    const before = table === undefined ? undefined : await readRiskTable(table)
    if (before === undefined && cash !== undefined) {
      throw new InputError('USAGE', 'names an instrument of a risk table', {
        where: '--cash',
        hint: 'Give the risk table with --table, or leave out --cash.',
      })
    }
    const target =
      before === undefined ? undefined : withRule(before, exact, cash, `${params} beside ${table}`)
    const rule = target?.margin ?? roundRule(exact)
    await writeResult(
      out,
      target === undefined ? formatMarginRule(rule) : formatRiskTable(target),
      options.force,
    )
    const ruled = new Set(rule.instruments.map(({ symbol }) => symbol))
    const unruled = (target?.instruments ?? []).filter(({ symbol }) => !ruled.has(symbol))
    if (unruled.length > 0) {
      const symbols = unruled.map(({ symbol }) => symbol).join(', ')
      ui.notes([`the rule leaves out ${symbols}: no account that holds them can prove its margin`])
    }
    const result = {
      rule: out,
      model: rule.model,
      instruments: rule.instruments.length,
      scenarios: rule.scan?.scenarios.length ?? 0,
      exposures: rule.exposures.length,
      requirements: rule.requirements.map(({ name }) => name),
      valueDecimals: rule.valueDecimals,
    }
    ui.result(result, () => buildView(result, { quote: rule.quote, within: target !== undefined }))
  })
}
