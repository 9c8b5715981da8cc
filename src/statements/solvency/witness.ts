import { sponge } from '../../hash/index.js'
import { type RiskDigests, type RiskTable, riskDigests } from '../../risk/index.js'
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
  /**
   * The holdings set aside for shortfalls, beside the reserves: as many, or none where there is no scenario.
   */
  insurance: readonly bigint[]
  reservesBlind: bigint
  table: Pick<RiskDigests, 'columns' | 'rowsDigest' | 'timestamp'>
  policy: Policy
}

/**
 * `sponge(reserves: blind, then the reserve of every instrument, then the insurance fund's holding of every
 * one)`
 */
export function reservesCommitment(
  reserves: readonly bigint[],
  insurance: readonly bigint[],
  blind: bigint,
): bigint {
  return sponge('reserves', [blind, ...reserves, ...insurance])
}

/**
 * Puts together what solvency is proven over: every list is padded with zeros to the instance's instruments.
 */
export function solvencyWitness(parts: {
  sizes: SolvencySizes
  state: LedgerState
  table: RiskTable
  policy: Policy
  reserves: readonly bigint[]
  insurance?: readonly bigint[]
  reservesBlind: bigint
  context: bigint
}): SolvencyWitness {
  const { sizes, state, table, reservesBlind, context } = parts
  const pad = (values: readonly bigint[]) =>
    Array.from({ length: sizes.instruments }, (_, i) => values[i] ?? 0n)
  const reserves = pad(parts.reserves)
  const insurance = sizes.scenarios > 0 ? pad(parts.insurance ?? []) : []
  const policy = padPolicy(parts.policy, sizes.instruments)
  const { riskRoot, ...opening } = riskDigests(table, sizes.instruments, sizes.scenarios)
  return {
    sizes,
    signals: {
      state: stateCommitment(state),
      accountsRoot: state.accountsRoot,
      riskRoot,
      reservesCommitment: reservesCommitment(reserves, insurance, reservesBlind),
      policy: policyDigest(policy),
      context,
    },
    state,
    reserves,
    insurance,
    reservesBlind,
    table: opening,
    policy,
  }
}
