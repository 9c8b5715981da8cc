import { type CircuitInputs, encodeSlot, MAGNITUDE_BITS, SLOT_BITS, toBits } from '../../field/index.js'
import { ACCOUNTS_DEPTH } from '../../hash/index.js'
import { equityBitsOf } from './batch.js'
import { packShortfall, shortfallsDigest } from './state.js'
import type { LedgerWitness } from './witness.js'

/** Of a statement, the inputs whose every element is a bit, whatever is proven. */
export const BIT_INPUTS: Readonly<Record<string, readonly string[]>> = {
  ledger: ['slots', 'indexBits', 'equities', 'spares'],
  weigh: ['accounts', 'slots', 'opaques', 'indexBits', 'tree', 'later'],
}

/**
 * Inputs of the `ledger` circuit for a witness.
 *
 * @throws {InputError} `SLOT_RANGE` when a slot does not fit its bits.
 */
export function ledgerInputs(witness: LedgerWitness): CircuitInputs {
  const { sizes, accounts, before } = witness
  return {
    ...witness.signals,
    holders: accounts.map(({ holder }) => holder),
    slots: accounts.map(({ slots }) => slots.map((slot) => toBits(encodeSlot(slot), SLOT_BITS))),
    indexBits: toBits(BigInt(before.count), 4 * ACCOUNTS_DEPTH),
    children: witness.children.map((level) => [...level]),
    riskRoot: witness.riskRoot,
    totalsDigest: witness.totalsDigest,
    weightedTotalsDigest: witness.weightedTotalsDigest,
    keySumBefore: before.keySum,
    equitySumBefore: before.equitySum,
    blindBefore: before.blind,
    blindAfter: witness.blindAfter,
    ...(sizes.scenarios === 0
      ? { scenarios: [BigInt(witness.scenarios)], shortfallsDigest: [shortfallsDigest(before.shortfalls)] }
      : {
          equities: Array.from({ length: sizes.scenarios }, (_, s) =>
            witness.equities.map((account) => equityBitsOf(account[s]!)),
          ),
          equitiesBlind: [witness.equitiesBlind],
          shortfallsBefore: before.shortfalls.map(packShortfall),
        }),
    ...(sizes.pledged === 0
      ? {}
      : {
          spares: witness.spares.map((account) => account.map((spare) => toBits(spare, MAGNITUDE_BITS))),
        }),
  }
}
