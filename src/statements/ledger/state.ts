import { SHORTFALL_BITS, toField } from '../../field/index.js'
import { poseidon, ROLES } from '../../hash/index.js'
import type { Shortfall } from './equity.js'
import type { BatchSums } from './sums.js'

/** What a state commits to, beside the transcript that it shares with all states of its chain. Private. */
export interface LedgerState {
  /** Batches proven so far. */
  count: number
  /** Random, fresh for every state; 0 in the first. */
  blind: bigint
  /** The left side of the identity of keys over these batches. */
  keySum: bigint
  /** The left side of the identity of equities. */
  equitySum: bigint
  /** Of every scenario. */
  shortfalls: readonly Shortfall[]
}

/** The state of no batch. */
export function firstState(scenarios: number): LedgerState {
  const shortfalls = new Array<Shortfall>(scenarios).fill({ sum: 0n, accounts: 0n })
  return { count: 0, blind: 0n, keySum: 0n, equitySum: 0n, shortfalls }
}

/** The state after one batch more, of which nothing but its sums is known. */
export function nextState(before: LedgerState, sums: BatchSums, blind: bigint): LedgerState {
  return {
    count: before.count + 1,
    blind,
    keySum: toField(before.keySum + sums.keySum),
    equitySum: toField(before.equitySum + sums.equitySum),
    shortfalls: before.shortfalls.map(({ sum, accounts }, s) => ({
      sum: sum + (sums.shortfalls[s]?.sum ?? 0n),
      accounts: accounts + (sums.shortfalls[s]?.accounts ?? 0n),
    })),
  }
}

/** `P(state; second, count, blind, keySum, equitySum, shortfallsDigest)` */
export function stateCommitment(second: bigint, state: LedgerState): bigint {
  const { count, blind, keySum, equitySum, shortfalls } = state
  return poseidon(
    [second, BigInt(count), blind, keySum, equitySum, shortfallsDigest(shortfalls)],
    ROLES.state.tag,
  )
}

/** `P(shortfalls; sum + 2^SHORTFALL_BITS · accounts of every scenario)`, or 0 without scenarios. */
export function shortfallsDigest(shortfalls: readonly Shortfall[]): bigint {
  return shortfalls.length === 0 ? 0n : poseidon(shortfalls.map(packShortfall), ROLES.shortfalls.tag)
}

/** A shortfall sum and its number of accounts, as they share an element. */
export function packShortfall({ sum, accounts }: Shortfall): bigint {
  return sum + (accounts << BigInt(SHORTFALL_BITS))
}
