import type { Command } from 'commander'
import { command } from '../command.js'
import { createUi } from '../terminal/ui.js'

export function riskScenariosCommand(): Command {
  return command('scenarios', {
    description: 'List the stress scenarios of the library: what moved how far, where, and by which source.',
    examples: ['plimsoll risk scenarios --json'],
  }).action(async (options: { json?: boolean }) => {
    const { scenariosView } = await import('../views/risk.js')
    const { HISTORICAL_SCENARIOS: scenarios } = await import('../../models/index.js')
    createUi(options).result({ scenarios }, () => scenariosView(scenarios))
  })
}
