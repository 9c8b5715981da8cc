import { Command } from 'commander'
import { inPlace } from '../../errors/index.js'
import { formatDecimal } from '../../field/index.js'
import { forceOption, writeResult } from '../output.js'
import { createUi, table } from '../terminal/ui.js'

interface StressOptions {
  risk: string
  stress: string
  out: string
  force?: boolean
  json?: boolean
}

export function riskStressCommand(): Command {
  return new Command('stress')
    .description('Write what every instrument is worth in each scenario into a risk table.')
    .requiredOption('--risk <file>', 'a risk table (JSON)')
    .requiredOption('--stress <file>', "the scenarios, and each instrument's asset and haircut (JSON)")
    .requiredOption('--out <file>', 'where to write the risk table with its scenarios')
    .addOption(forceOption())
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExample:\n  plimsoll risk stress --risk examples/venue/risk.json --stress examples/venue/stress.json --out stressed.json',
    )
    .action(async (options: StressOptions) => {
      const { formatRiskTable, withScenarios } = await import('../../risk/index.js')
      const { readRiskTable } = await import('../../inputs/index.js')
      const { readStressRequest, stressScenarios } = await import('../../models/index.js')
      const ui = createUi(options.json ?? false)
      const before = await readRiskTable(options.risk)
      const request = await readStressRequest(options.stress)
      const scenarios = await inPlace(options.stress, () => stressScenarios(before, request))
      await writeResult(options.out, formatRiskTable(withScenarios(before, scenarios)), options.force)
      const worth = (value: bigint, decimals: number) =>
        formatDecimal(value * 10n ** BigInt(decimals), before.valueDecimals)
      const rows = before.instruments.flatMap(({ symbol, mark, decimals, tier }, i) => {
        if (tier !== undefined) return []
        const sides = scenarios.map(({ values }) => ({
          long: worth(values[i]!.long, decimals),
          short: worth(values[i]!.short, decimals),
        }))
        return [{ symbol, mark: worth(mark, decimals), scenarios: sides }]
      })
      ui.result({ risk: options.out, scenarios: scenarios.map(({ name }) => name), instruments: rows }, () =>
        table(
          ['long / short unit', 'mark', ...scenarios.map(({ name }) => name)],
          rows.map((row) => [
            row.symbol,
            row.mark,
            ...row.scenarios.map(({ long, short }) => (long === short ? long : `${long} / ${short}`)),
          ]),
        ),
      )
    })
}
