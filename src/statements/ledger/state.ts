import { ACCOUNTS_DEPTH, emptyRoot, poseidon, ROLES, sponge } from '../../hash/index.js'
import type { LedgerSizes } from './signals.js'

/** The values that a ledger state commits to. */
export interface LedgerState {
  /** Batches folded so far. */
  batchIndex: number
  accountsRoot: bigint
  /** Long, short of every instrument in turn, in smallest units: 2·instruments values. */
  totals: readonly bigint[]
  /** Sum of shortfalls of every scenario. */
  shortfalls: readonly bigint[]
  /** Random, fresh for every state; 0 in the first. */
  blind: bigint
}

/** The constant that every ledger starts from: nothing folded, nothing hidden. */
export function firstState(sizes: Pick<LedgerSizes, 'instruments' | 'scenarios'>): LedgerState {
  return {
    batchIndex: 0,
    accountsRoot: emptyRoot(ACCOUNTS_DEPTH),
    totals: new Array<bigint>(2 * sizes.instruments).fill(0n),
    shortfalls: new Array<bigint>(sizes.scenarios).fill(0n),
    blind: 0n,
  }
}

/** `P(TAG_STATE; batchIndex, accountsRoot, totalsDigest, shortfallsDigest, blind)` */
export function stateCommitment(state: LedgerState): bigint {
  const { accountsRoot, blind } = state
  const digests = [sponge('totals', state.totals), sponge('shortfalls', state.shortfalls)]
  return poseidon([BigInt(state.batchIndex), accountsRoot, ...digests, blind], ROLES.state.tag)
}
