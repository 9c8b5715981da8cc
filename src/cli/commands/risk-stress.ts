import type { Command } from 'commander'
import { inPlace } from '../../errors/index.js'
import { formatDecimal } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'
import { command } from '../command.js'
import { forceOption, outOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { type StressedInstrument, stressView } from '../views/risk.js'
import { writeResult } from '../write-result.js'

interface StressOptions {
  risk: string
  stress: string
  out: string
  force?: boolean
  json?: boolean
}

export function riskStressCommand(): Command {
  return command('stress', {
    description: 'Write the value of every instrument in each scenario into a risk table.',
    options: [
      required('--risk <file>', 'risk table (JSON)'),
      required('--stress <file>', "the scenarios, and each instrument's asset and haircut (JSON)"),
      outOption('the risk table with its scenarios'),
      forceOption(),
    ],
    examples: [
      'plimsoll risk stress --risk examples/venue/risk.json --stress examples/venue/stress.json --out stressed.json',
    ],
  }).action(async (options: StressOptions) => {
    const { formatRiskTable, withScenarios } = await import('../../risk/index.js')
    const { readRiskTable } = await import('../../inputs/index.js')
    const { readStressRequest, stressScenarios } = await import('../../models/index.js')
    const ui = createUi(options)
    const before = await readRiskTable(options.risk)
    const request = await readStressRequest(options.stress)
    const scenarios = await inPlace(options.stress, () => stressScenarios(before, request))
    await writeResult(options.out, formatRiskTable(withScenarios(before, scenarios)), options.force)
    const names = scenarios.map(({ name }) => name)
    const instruments = stressedInstruments(before, scenarios)
    ui.result({ risk: options.out, scenarios: names, instruments }, () => stressView(names, instruments))
  })
}

/** All instruments but tiers, with the value of one whole unit. */
function stressedInstruments(table: RiskTable, scenarios: RiskTable['scenarios']): StressedInstrument[] {
  const worth = (value: bigint, decimals: number) =>
    formatDecimal(value * 10n ** BigInt(decimals), table.valueDecimals)
  return table.instruments.flatMap(({ symbol, mark, decimals, tier }, i) => {
    if (tier !== undefined) return []
    const sides = scenarios.map(({ values }) => ({
      long: worth(values[i]!.long, decimals),
      short: worth(values[i]!.short, decimals),
    }))
    return [{ symbol, mark: worth(mark, decimals), scenarios: sides }]
  })
}
