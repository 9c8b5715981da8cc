import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import { command } from '../command.js'
import { forceOption, outOption, required, timestampOption } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface TableOptions {
  from: string
  timestamp: number
  quote: string
  out: string
  force?: boolean
  json?: boolean
}

export function riskTableCommand(): Command {
  return command('table', {
    description: 'Write a list of instruments (CSV: symbol, kind, decimals, mark) as a risk table.',
    options: [
      required('--from <file>', 'list of instruments (CSV): symbol, kind, decimals and mark of each'),
      timestampOption().makeOptionMandatory(),
      new Option('--quote <symbol>', 'the currency that marks are in').default('USD'),
      outOption('the risk table'),
      forceOption(),
    ],
    notes: [
      'Kinds are spot, stablecoin, perp, future and option; a mark is the price of one whole unit, and may have an exponent. `plimsoll risk stress` adds scenarios, without which no account may owe anything.',
    ],
    examples: [
      'plimsoll risk table --from examples/exchange/instruments.csv --quote USDT --timestamp 1767225600 --out table.json',
    ],
  }).action(async (options: TableOptions) => {
    await assertQuote(options.quote)
    const { listedView } = await import('../views/risk.js')
    const { formatRiskTable } = await import('../../risk/index.js')
    const { readListedRisk } = await import('../risk-file.js')
    const ui = createUi(options)
    const { from, timestamp, quote, out } = options
    const risk = await readListedRisk(from, ui, { timestamp, quote })
    await writeResult(out, formatRiskTable(risk), options.force)
    const { valueDecimals, instruments } = risk
    const result = { risk: out, timestamp, quote, valueDecimals, instruments: instruments.length }
    ui.result(result, () => listedView(result))
  })
}

async function assertQuote(quote: string): Promise<void> {
  const { symbolFault } = await import('../../field/index.js')
  const fault = symbolFault(quote)
  if (fault === undefined) return
  throw new InputError('USAGE', fault, { where: '--quote', hint: 'Write a symbol, such as USD or USDT.' })
}
