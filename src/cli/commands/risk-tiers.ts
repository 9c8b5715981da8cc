import { Command } from 'commander'
import { formatDecimal } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'
import { forceOption, writeResult } from '../output.js'
import { createUi, table } from '../terminal/ui.js'
import { TIMESTAMP_OPTION } from '../timestamp.js'

interface TiersOptions {
  tiers: string
  timestamp: string
  out: string
  force?: boolean
  json?: boolean
}

export function riskTiersCommand(): Command {
  return new Command('tiers')
    .description(
      'Write a tier table (CSV) as a risk table: a row for every asset and for every tier of what is pledged.',
    )
    .requiredOption('--tiers <file>', 'tier table (CSV): prices, and what pledges count for')
    .requiredOption('--out <file>', 'where to write the risk table (JSON)')
    .requiredOption(...TIMESTAMP_OPTION)
    .addOption(forceOption())
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `
\`plimsoll risk stress\` adds scenarios to what it writes. \`plimsoll ledger prove\` takes the tier table as it is, too.

Example:
  plimsoll risk tiers --tiers examples/exchange/tiers.csv --timestamp 1767225600 --out risk.json`,
    )
    .action(async (options: TiersOptions) => {
      const { formatRiskTable } = await import('../../risk/index.js')
      const { readRisk } = await import('../risk-file.js')
      const ui = createUi(options.json ?? false)
      const risk = await readRisk(options.tiers, ui, options.timestamp)
      await writeResult(options.out, formatRiskTable(risk), options.force)
      const rows = tierRows(risk)
      const assets = risk.instruments.length - rows.length
      const { timestamp, quote } = risk
      ui.result({ risk: options.out, timestamp, quote, assets, tiers: rows }, () => [
        table(
          ['tier', 'takes at most', `counts for, ${quote}`],
          rows.map(({ symbol, width, value }) => [symbol, width, value]),
        ),
        `${assets} assets and ${rows.length} tiers in ${options.out}`,
      ])
    })
}

/** Every tier: how many whole units of its asset it takes, and what one then counts for. */
function tierRows(risk: RiskTable): { symbol: string; width: string; value: string }[] {
  return risk.instruments.flatMap(({ symbol, decimals, tier }, row) => {
    if (tier === undefined) return []
    const value = risk.scenarios[0]!.values[row]!.long * 10n ** BigInt(decimals)
    return [
      {
        symbol,
        width: formatDecimal(tier.width, decimals),
        value: formatDecimal(value, risk.valueDecimals),
      },
    ]
  })
}
