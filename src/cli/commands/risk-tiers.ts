import type { Command } from 'commander'
import { command } from '../command.js'
import { forceOption, outOption, required, timestampOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface TiersOptions {
  tiers: string
  timestamp: number
  out: string
  force?: boolean
  json?: boolean
}

export function riskTiersCommand(): Command {
  return command('tiers', {
    description:
      'Write a tier table (CSV) as a risk table: a row for every asset and for every tier of what is pledged.',
    options: [
      required('--tiers <file>', 'tier table (CSV): prices, and what pledges count for'),
      timestampOption().makeOptionMandatory(),
      outOption('the risk table'),
      forceOption(),
    ],
    notes: [
      '`plimsoll risk stress` adds scenarios to the risk table. `plimsoll ledger prove` also takes the tier table itself.',
    ],
    examples: [
      'plimsoll risk tiers --tiers examples/exchange/tiers.csv --timestamp 1767225600 --out risk.json',
    ],
  }).action(async (options: TiersOptions) => {
    const { tierRows, tiersView } = await import('../views/risk.js')
    const { formatRiskTable } = await import('../../risk/index.js')
    const { readRisk } = await import('../risk-file.js')
    const ui = createUi(options)
    const risk = await readRisk(options.tiers, ui, options.timestamp)
    await writeResult(options.out, formatRiskTable(risk), options.force)
    const tiers = tierRows(risk)
    const { timestamp, quote, instruments } = risk
    const result = { risk: options.out, timestamp, quote, assets: instruments.length - tiers.length, tiers }
    ui.result(result, () => tiersView(result))
  })
}
