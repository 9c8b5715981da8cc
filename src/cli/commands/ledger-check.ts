import { Command } from 'commander'
import { EXIT, InputError } from '../../errors/index.js'
import type { Finding } from '../../ledger/index.js'
import type { AccountsReport } from '../../venue/index.js'
import type { Text } from '../terminal/layout.js'
import type { Cell } from '../terminal/table.js'
import { createUi, table } from '../terminal/ui.js'
import { TIMESTAMP_OPTION } from '../timestamp.js'

/** Findings that a person gets to see; `--json` lists more. */
const SHOWN = 100

interface CheckOptions {
  accounts: string
  risk: string
  timestamp?: string
  instance?: string[]
  limit?: string
  json?: boolean
}

export function ledgerCheckCommand(): Command {
  return new Command('check')
    .description(
      "Check a whole ledger with no proving: the venue's own, private check. It names accounts and amounts.",
    )
    .requiredOption('--accounts <file>', 'accounts: CSV (also .gz, or - for standard input) or Parquet')
    .requiredOption('--risk <file>', 'risk table (JSON), or tier table (CSV) for accounts with pledges')
    .option(...TIMESTAMP_OPTION)
    .option('--instance <names...>', 'choose among these instances only, as `ledger prove` does')
    .option('--limit <count>', 'findings of each severity to list (default: 100000); all are counted')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `
Exit code 1 when \`ledger prove\` would refuse these accounts, or one of them is below zero at mark: cells that cannot be
used, more slots than any instance takes, a table that no instance holds and, by a table with tiers, pledges above what
the account has or debts above what its pledges count for. What a scenario leaves below zero is a warning.

Example:
  plimsoll ledger check --accounts examples/venue/accounts.csv --risk examples/venue/risk.json`,
    )
    .action(async (options: CheckOptions) => {
      const { checkAccounts } = await import('../../venue/index.js')
      const { findInstance } = await import('../../proving/index.js')
      const { readRisk } = await import('../risk-file.js')
      const ui = createUi(options.json ?? false)
      const limit = options.limit === undefined ? {} : { limit: count(options.limit) }
      for (const name of options.instance ?? []) findInstance(name)
      const risk = await readRisk(options.risk, ui, options.timestamp)
      const report = await ui.step('checking the accounts', (update) =>
        checkAccounts(options.accounts, risk, {
          ...limit,
          ...(options.instance ? { instances: options.instance } : {}),
          progress: update,
        }),
      )
      for (const note of report.notes) ui.say(`note: ${note}`)
      ui.result(report, () => ledgerText(report))
      process.exitCode = isValid(report) ? EXIT.ok : EXIT.invalid
    })
}

function count(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a whole number from 1 to 999999999', { where: '--limit' })
}

/** Provable, and no account below zero at mark. */
function isValid({ provable, invalid }: AccountsReport): boolean {
  return provable && invalid === 0
}

function ledgerText(report: AccountsReport): Text {
  const { accounts, valid, invalid, unreadable, underwater, findings, omitted, totals, scenarios } = report
  const pledges = Object.keys(Object.values(totals)[0]?.pledged ?? {})
  const parts: Text[] = [
    table(
      ['instrument', 'long', 'short', ...pledges.map((pledge) => `pledged: ${pledge}`)],
      Object.entries(totals).map(([symbol, { long, short, pledged }]) => [
        symbol,
        long,
        short,
        ...pledges.map((pledge) => pledged![pledge]!),
      ]),
    ),
  ]
  if (scenarios.length > 0) {
    parts.push(
      table(
        ['scenario', 'accounts below zero', `shortfall, ${report.quote}`],
        scenarios.map(({ name, accounts, shortfall }) => [name, accounts, shortfall]),
      ),
    )
  }
  if (findings.length > 0) {
    const rows = findings.slice(0, SHOWN).map((finding) => findingRow(finding, report.quote))
    parts.push(table(['', 'line', 'account', 'finding', 'of', 'amounts'], rows))
    const more = findings.length - rows.length + omitted.errors + omitted.warnings
    if (more > 0) parts.push(`and ${more} more; --json lists them`)
  }
  const counts = [`${valid} valid`, `${invalid} invalid`]
  if (unreadable > 0) counts.push(`${unreadable} of these unreadable and not in the totals`)
  if (scenarios.length > 0) counts.push(`${underwater} below zero in some scenario`)
  parts.push(`${accounts} accounts: ${counts.join(', ')}`)
  parts.push(...report.missing.map((sentence) => `✗ ${sentence}`))
  parts.push(
    isValid(report) ? 'VALID' : report.provable ? 'INVALID: provable, but below zero at mark' : 'INVALID',
  )
  return parts
}

function findingRow(finding: Finding, quote: string): Cell[] {
  const { severity, line, account, reason, column, instrument, amounts } = finding
  const unit = instrument ?? quote
  return [
    severity === 'error' ? '✗' : '!',
    line,
    account,
    reason,
    instrument ?? column ?? '',
    Object.entries(amounts).map(([name, amount]) => `${name} ${amount} ${unit}`),
  ]
}
