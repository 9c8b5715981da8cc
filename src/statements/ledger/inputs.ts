import { type CircuitInputs, encodeSlot, SLOT_BITS } from '../../field/index.js'
import { ACCOUNTS_DEPTH } from '../../hash/index.js'
import type { LedgerWitness } from './witness.js'

/** The lowest `count` bits of `value`, lowest first. */
function bits(value: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => (value >> BigInt(i)) & 1n)
}

/**
 * Inputs of the `ledger` circuit for a witness.
 *
 * @throws {InputError} `SLOT_RANGE` when a slot does not fit its bits.
 */
export function ledgerInputs(witness: LedgerWitness): CircuitInputs {
  return {
    ...witness.signals,
    holders: [...witness.holders],
    slots: witness.slots.map((slots) => slots.map((slot) => bits(encodeSlot(slot), SLOT_BITS))),
    indexBits: bits(BigInt(witness.batchIndex), 4 * ACCOUNTS_DEPTH),
    children: witness.children.map((level) => [...level]),
    totalsBefore: [...witness.totalsBefore],
    totalsAfter: [...witness.totalsAfter],
    blindBefore: witness.blindBefore,
    blindAfter: witness.blindAfter,
  }
}
