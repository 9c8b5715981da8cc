/** Public signals of `ledger`, in the circuit's order. */
export const LEDGER_SIGNALS = ['stateBefore', 'stateAfter'] as const

export type LedgerSignals = Record<(typeof LEDGER_SIGNALS)[number], bigint>

/** Sizes of a `ledger` instance. */
export interface LedgerSizes {
  /** Accounts of one batch, padding included. */
  accounts: number
  /** Slots of one account, padding included. */
  slots: number
  /** Of the ledger's table; 0 in an instance for plain batches, which are of any ledger. */
  scenarios: number
  /** Slots of an account, from the first on, that hold tiers; the others hold none. */
  pledged: number
}

/**
 * What a batch can hold: long positions in no derivative (`plain`), any position (`stressed`), and tiers in
 * the first slots of each account (`pledged`).
 *
 * @useDeclaredType
 */
export type BatchKind = 'plain' | 'stressed' | 'pledged'

/** The kind of the batches that an instance of these sizes proves. */
export function batchKind({ scenarios, pledged }: Pick<LedgerSizes, 'scenarios' | 'pledged'>): BatchKind {
  if (scenarios === 0) return 'plain'
  return pledged === 0 ? 'stressed' : 'pledged'
}
