/** Public signals of `ledger`, in the circuit's order. */
export const LEDGER_SIGNALS = ['stateBefore', 'stateAfter', 'riskRoot'] as const

export type LedgerSignals = Record<(typeof LEDGER_SIGNALS)[number], bigint>

/** Sizes of a `ledger` instance. */
export interface LedgerSizes {
  /** Accounts of one batch, padding included. */
  accounts: number
  /** Slots of one account, padding included. */
  slots: number
  /** Instruments that the totals are kept for. */
  instruments: number
  scenarios: number
}
