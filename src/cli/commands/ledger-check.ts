import type { Command } from 'commander'
import { EXIT } from '../../errors/index.js'
import { command } from '../command.js'
import {
  type BooksOptions,
  booksOptions,
  instancesOption,
  limitOption,
  ownInstancesOption,
  type PlanningOptions,
  readPlanOptions,
} from '../options.js'
import { createUi } from '../terminal/ui.js'

interface CheckOptions extends BooksOptions, PlanningOptions {
  limit?: number
  json?: boolean
}

export function ledgerCheckCommand(): Command {
  return command('check', {
    description:
      "Check a whole ledger without proving anything: the venue's own, private check. It prints accounts and amounts.",
    options: [...booksOptions(), instancesOption(), ownInstancesOption(), limitOption()],
    notes: [
      'Exit code 1 when `ledger prove` would refuse these accounts, or when one of them is below zero at mark. Accounts are refused for cells that cannot be used, for more slots than any instance takes, for a table that no instance holds and, under a table with tiers, for pledges above what the account has or debts above what its pledges count for. An account that only a scenario leaves below zero is a warning.',
    ],
    examples: [
      'plimsoll ledger check --accounts examples/venue/accounts.csv --risk examples/venue/risk.json',
      'plimsoll ledger check --accounts examples/exchange/accounts-priced.csv --risk table.json',
    ],
  }).action(async (options: CheckOptions) => {
    const { accountsView } = await import('../views/accounts.js')
    const { checkAccounts } = await import('../../venue/index.js')
    const { readRisk } = await import('../risk-file.js')
    const ui = createUi(options)
    const { limit } = options
    const among = await readPlanOptions(options)
    const risk = await readRisk(options.risk, ui, options.timestamp)
    const report = await ui.step('checking the accounts', (update) =>
      checkAccounts(options.accounts, risk, {
        ...(limit === undefined ? {} : { limit }),
        ...among,
        progress: update,
      }),
    )
    ui.notes(report.notes)
    ui.result(report, () => accountsView(report))
    process.exitCode = report.valid ? EXIT.ok : EXIT.invalid
  })
}
