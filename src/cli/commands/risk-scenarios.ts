import { Command } from 'commander'
import type { StressScenario } from '../../models/index.js'
import { apart, type Text } from '../terminal/layout.js'
import { createUi } from '../terminal/ui.js'

export function riskScenariosCommand(): Command {
  return new Command('scenarios')
    .description('List the stress scenarios of the library: what moved how far, where, and by which source.')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExample:\n  plimsoll risk scenarios --json')
    .action(async (options: { json?: boolean }) => {
      const { HISTORICAL_SCENARIOS: scenarios } = await import('../../models/index.js')
      createUi(options.json ?? false).result({ scenarios }, () => scenariosText(scenarios))
    })
}

function scenariosText(scenarios: readonly StressScenario[]): Text {
  return apart(
    scenarios.map(({ name, date, title, window, venue, moves, fallback, volatility, source, caveat }) => [
      `${name} · ${date ?? 'no single day'} · ${title}`,
      `  over: ${window}, ${venue}`,
      `  moves: ${Object.entries(moves)
        .map(([asset, move]) => `${asset} ${percent(move)}`)
        .join(', ')}`,
      `  not named: ${percent(fallback.asset)}, stablecoins ${percent(fallback.stablecoin)}`,
      `  volatility: ${percent(volatility)}`,
      `  source: ${source}`,
      `  caveat: ${caveat}`,
    ]),
  )
}

/** "-0.444" as "-44.4 %", with its sign. */
function percent(move: string): string {
  const value = Number(move) * 100
  return `${value > 0 ? '+' : ''}${Number(value.toFixed(1))} %`
}
