import type { Finding } from '../../ledger/index.js'
import type { AccountsReport } from '../../venue/index.js'
import type { Text } from '../terminal/layout.js'
import { type Cell, table } from '../terminal/table.js'

/** Findings that are printed for people; `--json` lists more. */
const SHOWN = 100

export function accountsView(report: AccountsReport): Text {
  const { scenarios, findings, omitted, missing, valid, provable, quote } = report
  const rows = findings.slice(0, SHOWN).map((finding) => findingRow(finding, quote))
  const more = findings.length - rows.length + omitted.errors + omitted.warnings
  return [
    totalsTable(report),
    ...(scenarios.length === 0
      ? []
      : [
          table(
            ['scenario', 'accounts below zero', `shortfall, ${quote}`],
            scenarios.map(({ name, requirement, accounts, shortfall }) => [
              `${name}${requirement ? ', a requirement' : ''}`,
              accounts,
              shortfall,
            ]),
          ),
        ]),
    ...(rows.length === 0 ? [] : [table(['', 'line', 'account', 'finding', 'where', 'amounts'], rows)]),
    ...(more === 0 ? [] : [`and ${more} more; --json lists them`]),
    counts(report),
    ...missing.map((sentence) => `✗ ${sentence}`),
    valid ? 'VALID' : provable ? 'INVALID: provable, but below zero at mark' : 'INVALID',
  ]
}

function totalsTable({ totals }: AccountsReport): Text {
  const pledges = Object.keys(Object.values(totals)[0]?.pledged ?? {})
  return table(
    ['instrument', 'long', 'short', ...pledges.map((pledge) => `pledged: ${pledge}`)],
    Object.entries(totals).map(([symbol, { long, short, pledged }]) => [
      symbol,
      long,
      short,
      ...pledges.map((pledge) => pledged![pledge]!),
    ]),
  )
}

function counts({ accounts, invalid, unreadable, underwater, scenarios }: AccountsReport): string {
  const parts = [`${accounts - invalid} valid`, `${invalid} invalid`]
  if (unreadable > 0) parts.push(`${unreadable} of these unreadable and not in the totals`)
  if (scenarios.length > 0) parts.push(`${underwater} below zero in some scenario`)
  return `${accounts} accounts: ${parts.join(', ')}`
}

function findingRow(finding: Finding, quote: string): Cell[] {
  const { severity, line, account, reason, column, instrument, amounts } = finding
  const unit = instrument ?? quote
  return [
    severity === 'error' ? '✗' : '!',
    line,
    account,
    reason,
    instrument || (column ?? ''),
    Object.entries(amounts).map(([name, amount]) => `${name} ${amount} ${unit}`),
  ]
}
