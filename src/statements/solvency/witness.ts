import { sponge } from '../../hash/index.js'
import type { RiskTable } from '../../risk/index.js'
import { riskDigests } from '../../risk/index.js'
import { type LedgerState, stateCommitment } from '../ledger/state.js'
import { type Policy, padPolicy, policyDigest } from './policy.js'
import type { SolvencySignals, SolvencySizes } from './signals.js'

/** Everything that one `solvency` proof is about: the public signals and what opens them. Private. */
export interface SolvencyWitness {
  sizes: SolvencySizes
  signals: SolvencySignals
  /** The last state of the ledger. */
  state: LedgerState
  /** Smallest units, one entry an instrument. */
  reserves: readonly bigint[]
  reservesBlind: bigint
  /** Unit value of each instrument. */
  marks: readonly bigint[]
  rowsRoot: bigint
  timestamp: bigint
  policy: Policy
}

/** `sponge(reserves: blind, then the reserve of every instrument)` */
export function reservesCommitment(reserves: readonly bigint[], blind: bigint): bigint {
  return sponge('reserves', [blind, ...reserves])
}

/** Puts together what solvency is proven over: every list is padded with zeros to the instance's instruments. */
export function solvencyWitness(parts: {
  sizes: SolvencySizes
  state: LedgerState
  table: RiskTable
  policy: Policy
  reserves: readonly bigint[]
  reservesBlind: bigint
  context: bigint
}): SolvencyWitness {
  const { sizes, state, table, reservesBlind, context } = parts
  const pad = (values: readonly bigint[]) =>
    Array.from({ length: sizes.instruments }, (_, i) => values[i] ?? 0n)
  const reserves = pad(parts.reserves)
  const policy = padPolicy(parts.policy, sizes.instruments)
  const digests = riskDigests(table, sizes.instruments)
  return {
    sizes,
    signals: {
      state: stateCommitment(state),
      accountsRoot: state.accountsRoot,
      riskRoot: digests.riskRoot,
      reservesCommitment: reservesCommitment(reserves, reservesBlind),
      policy: policyDigest(policy),
      context,
    },
    state,
    reserves,
    reservesBlind,
    marks: pad(table.instruments.map((instrument) => instrument.mark)),
    rowsRoot: digests.rowsRoot,
    timestamp: BigInt(table.timestamp),
    policy,
  }
}
