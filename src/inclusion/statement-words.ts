import type { StatementLine } from './statement.js'

/** What a line of a statement of account is called, of a movement by its reason. */
export const ENTRY_WORDS: Readonly<Record<StatementLine['entry'], string>> = {
  opening: 'opening',
  transfers: 'deposits and withdrawals',
  fees: 'fees',
  trades: 'trades',
  accruals: 'interest and funding',
  liquidations: 'liquidation',
  takers: 'taken over from liquidations',
  allocations: 'share of a loss',
  closing: 'closing',
}
