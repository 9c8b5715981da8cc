import type { SettlementReport } from '../../epoch/index.js'
import type { Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'
import { checksView } from './checks.js'

/** The result of `settlement verify`. */
export function settlementView(report: Omit<SettlementReport, 'exitCode'>): Text {
  const { valid, checks, settlementSha256, shown, flows } = report
  const rows = Object.entries(flows ?? {}).map(([symbol, { deposits, withdrawals, fees }]) => [
    symbol,
    deposits,
    withdrawals,
    fees,
  ])
  return [
    ...checksView(checks),
    ...(valid ? [`SHA-256 of settlement.json ${settlementSha256}`] : []),
    ...(rows.length > 0 ? [table(['instrument', 'deposits', 'withdrawals', 'fees'], rows)] : []),
    ...shown,
    valid ? 'HOLDS' : 'DOES NOT HOLD',
  ]
}
