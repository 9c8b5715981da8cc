import type { Command } from 'commander'
import { inPlace } from '../../errors/index.js'
import { command } from '../command.js'
import { forceOption, outOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'
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
    const { stressedInstruments, stressView } = await import('../views/risk.js')
    const { formatRiskTable, withScenarios } = await import('../../risk/index.js')
    const { readRiskTable } = await import('../../inputs/index.js')
    const { outsideRequirement, readStressRequest, stressScenarios } = await import('../../models/index.js')
    const ui = createUi(options)
    const before = await readRiskTable(options.risk)
    const request = await readStressRequest(options.stress)
    const scenarios = await inPlace(options.stress, () => stressScenarios(before, request))
    const stressed = withScenarios(before, scenarios)
    await writeResult(options.out, formatRiskTable(stressed), options.force)
    ui.notes(outsideRequirement(stressed))
    const names = scenarios.map(({ name }) => name)
    const instruments = stressedInstruments(before, scenarios)
    ui.result({ risk: options.out, scenarios: names, instruments }, () => stressView(names, instruments))
  })
}
