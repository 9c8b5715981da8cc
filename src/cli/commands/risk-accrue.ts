import { type Command, Option } from 'commander'
import { InputError, inPlace } from '../../errors/index.js'
import { command } from '../command.js'
import { wholeNumber } from '../history-options.js'
import { accountsOption, bySymbol, forceOption, ManyOption, outOption, required } from '../options.js'
import { createUi } from '../terminal/ui.js'
import { writeResult } from '../write-result.js'

interface AccrueOptions {
  risk: string
  rates: string
  accounts: string
  to: number
  loss?: string[]
  recovery?: string[]
  out: string
  force?: boolean
  json?: boolean
}

export function riskAccrueCommand(): Command {
  return command('accrue', {
    description:
      'Charge interest up to a moment, by indices that make a share worth more units: borrowers pay by a kinked curve of how much is lent, holders get what comes in. It prints amounts: private.',
    options: [
      required('--risk <file>', 'risk table (JSON) of the moment that interest was last charged at'),
      required('--rates <file>', 'the curve of every instrument that bears interest (JSON)'),
      accountsOption(),
      new Option('--to <seconds>', 'moment of the new table, in seconds since 1970-01-01 UTC')
        .argParser(wholeNumber('--to', { least: 0, most: 999_999_999_999 }))
        .makeOptionMandatory(),
      new ManyOption(
        '--loss <symbol=units>',
        'a loss that every holder of the instrument shares alike; can be repeated',
      ),
      new ManyOption(
        '--recovery <symbol=units>',
        'what gives back a loss of before, to every holder alike; can be repeated',
      ),
      outOption('the risk table with its indices'),
      forceOption(),
    ],
    notes: [
      'Accounts and activity then count shares, and reserves units. Everyone reads the indices in the risk table; docs/settlement.md says what of them is proven.',
    ],
    examples: [
      'plimsoll risk accrue --risk examples/lending/risk.json --rates examples/lending/rates.json --accounts examples/lending/accounts.csv --to 1767312000 --out accrued.json',
    ],
  }).action(async (options: AccrueOptions) => {
    const { accruedView } = await import('../views/risk.js')
    const { parseDecimal } = await import('../../field/index.js')
    const { formatRiskTable } = await import('../../risk/index.js')
    const { accrue, readRates } = await import('../../models/index.js')
    const { checkAccounts } = await import('../../venue/index.js')
    const { readRiskTable } = await import('../../inputs/index.js')
    const ui = createUi(options)
    const table = await readRiskTable(options.risk)
    const rates = await readRates(options.rates)
    const units = (symbol: string, text: string, where: string): bigint => {
      const row = table.instruments.find((each) => each.symbol === symbol)
      if (row !== undefined) return parseDecimal(text, { decimals: row.decimals, where })
      throw new InputError('USAGE', 'names no instrument of the risk table', { where })
    }
    const amounts = (given: string[] | undefined, option: string) =>
      bySymbol(given, option, (symbol, text) => units(symbol, text, option))
    const losses = amounts(options.loss, '--loss')
    const recoveries = amounts(options.recovery, '--recovery')
    const { totals: found, unreadable } = await ui.step('adding up what is held and owed', (progress) =>
      checkAccounts(options.accounts, table, { limit: 0, progress }),
    )
    if (unreadable > 0) {
      throw new InputError('ACCRUE_ACCOUNTS', 'accounts that cannot be used are in no total', {
        where: options.accounts,
        hint: '`plimsoll ledger check` names them.',
      })
    }
    const totals = new Map(
      Object.entries(found).map(([symbol, { long, short }]) => [
        symbol,
        { long: units(symbol, long, symbol), short: units(symbol, short, symbol) },
      ]),
    )
    const { table: next, accrued } = await inPlace(
      options.risk,
      () => accrue({ table, rates, totals, losses, recoveries, to: options.to }),
      'RISK_',
    )
    await writeResult(options.out, formatRiskTable(next), options.force)
    ui.result({ risk: options.out, accrued }, () => accruedView(options.out, accrued))
  })
}
