import { Command } from 'commander'
import { EXIT, InputError } from '../../errors/index.js'
import type { Finding, LedgerReport } from '../../ledger/index.js'
import type { Text } from '../layout.js'
import type { Cell } from '../table.js'
import { createUi, table } from '../ui.js'

/** Findings that a person gets to see; `--json` lists more. */
const SHOWN = 100

interface CheckOptions {
  accounts: string
  risk: string
  limit?: string
  json?: boolean
}

export function ledgerCheckCommand(): Command {
  return new Command('check')
    .description(
      "Check a whole ledger with no proving: the venue's own, private check. It names accounts and amounts.",
    )
    .requiredOption('--accounts <file>', 'accounts: CSV or Parquet, tidy or in the wide exchange format')
    .requiredOption('--risk <file>', 'risk table (JSON), or tier table (CSV) for accounts with pledges')
    .option('--limit <count>', 'findings of each severity to list (default: 100000); all are counted')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `
Exit code 1 when an account cannot be proven or is not covered: below zero at mark or, by a tier table, with pledges
above what it has or debts above what its pledges count for. What a scenario leaves below zero is a warning.

Example:
  plimsoll ledger check --accounts examples/venue/accounts.csv --risk examples/venue/risk.json`,
    )
    .action(async (options: CheckOptions) => {
      const { inspectLedger } = await import('../../ledger/index.js')
      const { isTierTableFile, readRiskTable, readTierTable } = await import('../../risk/index.js')
      const ui = createUi(options.json ?? false)
      const limit = options.limit === undefined ? {} : { limit: count(options.limit) }
      const risk = (await isTierTableFile(options.risk))
        ? await readTierTable(options.risk)
        : await readRiskTable(options.risk)
      const report = await ui.step('checking the accounts', (update) =>
        inspectLedger(options.accounts, risk, { ...limit, progress: update }),
      )
      for (const note of report.notes) ui.say(`note: ${note}`)
      ui.result(report, () => describe(report))
      process.exitCode = report.invalid === 0 ? EXIT.ok : EXIT.invalid
    })
}

function count(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text)
  throw new InputError('USAGE', 'not a whole number from 1 to 999999999', { where: '--limit' })
}

function describe(report: LedgerReport): Text {
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
  parts.push(`${accounts} accounts: ${counts.join(', ')}`, invalid === 0 ? 'VALID' : 'INVALID')
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
