import type { Slot } from '../../field/index.js'
import type { RiskDigests } from '../../risk/index.js'
import type { LedgerSignals, LedgerSizes } from './signals.js'

/** The parts of the risk table that a ledger needs: see `riskDigests`. */
export type LedgerTable = Pick<RiskDigests, 'riskRoot' | 'columns' | 'rowsDigest' | 'timestamp'>

/** Everything that one `ledger` proof is about: the public signals and what opens them. Private. */
export interface LedgerWitness {
  sizes: LedgerSizes
  signals: LedgerSignals
  /** Holder commitment of every account: `sizes.accounts` of them. */
  holders: readonly bigint[]
  /** `sizes.slots` slots for every account. */
  slots: readonly (readonly Slot[])[]
  /** Position of this batch in the accounts tree. */
  batchIndex: number
  /** Before the batch, the 16 children of each node above that position, leaf level first. */
  children: readonly (readonly bigint[])[]
  /** Long, short of every instrument in turn. */
  totalsBefore: readonly bigint[]
  totalsAfter: readonly bigint[]
  /** The equity of every account in every scenario. */
  equities: readonly (readonly bigint[])[]
  /** Sums over all accounts, one for each scenario. */
  shortfallsBefore: readonly bigint[]
  shortfallsAfter: readonly bigint[]
  table: LedgerTable
  blindBefore: bigint
  blindAfter: bigint
}
