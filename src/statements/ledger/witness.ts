import type { LedgerBatch } from './batch.js'
import type { LedgerSignals } from './signals.js'
import type { LedgerState } from './state.js'

/** Everything that one `ledger` proof is about: the public signals and what opens them. Private. */
export interface LedgerWitness extends LedgerBatch {
  signals: LedgerSignals
  /** The 16 children of each node above this batch, whose place is `before.count`; batch level first. */
  children: readonly (readonly bigint[])[]
  riskRoot: bigint
  totalsDigest: bigint
  weightedTotalsDigest: bigint
  /** Of the ledger's table: in a stressed batch, its instance's. */
  scenarios: number
  before: LedgerState
  blindAfter: bigint
}
