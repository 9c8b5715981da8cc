import { Command } from 'commander'
import { HISTORICAL_SCENARIOS, type StressScenario } from '../../risk/index.js'
import { createUi, table } from '../ui.js'

const NO_BREAK = '\u00a0'

export function riskScenariosCommand(): Command {
  return new Command('scenarios')
    .description('List the stress scenarios of the library: what moved how far, where, and by which source.')
    .option('--json', 'one JSON object on standard output')
    .addHelpText('after', '\nExample:\n  plimsoll risk scenarios --json')
    .action((options: { json?: boolean }) => {
      createUi(options.json ?? false).result({ scenarios: HISTORICAL_SCENARIOS }, describe)
    })
}

function describe(): string {
  return [
    table(
      ['scenario', 'what happened', 'moves', 'not named', 'volatility'],
      HISTORICAL_SCENARIOS.map((scenario) => [
        `${scenario.name}\n${scenario.date ?? 'no single day'}`,
        wrap(`${scenario.title}. ${scenario.window}. ${scenario.venue}.`, 34),
        wrap(Object.entries(scenario.moves).map(movement).join(', '), 36),
        `${percent(scenario.fallback.asset)}\nstablecoins ${percent(scenario.fallback.stablecoin)}`,
        percent(scenario.volatility),
      ]),
    ),
    ...HISTORICAL_SCENARIOS.map(provenance),
  ].join('\n\n')
}

function provenance({ name, source, caveat }: StressScenario): string {
  return `${name}\n  source: ${source}\n  caveat: ${caveat}`
}

/** An asset and its move, kept on one line. */
function movement([asset, move]: [string, string]): string {
  return `${asset} ${percent(move)}`.replaceAll(' ', NO_BREAK)
}

/** "-0.444" as "-44.4 %", with its sign. */
function percent(move: string): string {
  const value = Number(move) * 100
  return `${value > 0 ? '+' : ''}${Number(value.toFixed(1))} %`
}

/** Breaks text between words so that no line is longer than `width`. */
function wrap(text: string, width: number): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line && line.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = line ? `${line} ${word}` : word
  }
  return lines.join('\n').replaceAll(NO_BREAK, ' ')
}
