import {
  type CircuitInputs,
  encodeSlot,
  equityBits,
  MAGNITUDE_BITS,
  SLOT_BITS,
  toBits,
  toField,
} from '../../field/index.js'
import { ACCOUNTS_DEPTH } from '../../hash/index.js'
import { spareOf } from './tiers.js'
import type { LedgerWitness } from './witness.js'

/**
 * Inputs of the `ledger` circuit for a witness.
 *
 * @throws {InputError} `SLOT_RANGE` when a slot does not fit its bits.
 */
export function ledgerInputs(witness: LedgerWitness): CircuitInputs {
  return {
    ...witness.signals,
    holders: [...witness.holders],
    slots: witness.slots.map((slots) => slots.map((slot) => toBits(encodeSlot(slot), SLOT_BITS))),
    indexBits: toBits(BigInt(witness.batchIndex), 4 * ACCOUNTS_DEPTH),
    children: witness.children.map((level) => [...level]),
    totalsBefore: [...witness.totalsBefore],
    totalsAfter: [...witness.totalsAfter],
    blindBefore: witness.blindBefore,
    blindAfter: witness.blindAfter,
    ...(witness.sizes.scenarios > 0 ? stress(witness) : {}),
    ...(witness.table.columns.widths === undefined ? {} : tiers(witness, witness.table.columns.widths)),
  }
}

/** Inputs of instances with tiers only. */
function tiers({ slots }: LedgerWitness, widths: readonly bigint[]): CircuitInputs {
  return {
    widths: [...widths],
    spares: slots.map((account) => account.map((slot) => toBits(spareOf(slot, widths), MAGNITUDE_BITS))),
  }
}

/** Inputs of instances with scenarios only. */
function stress({ sizes, equities, table, shortfallsBefore, shortfallsAfter }: LedgerWitness): CircuitInputs {
  const { marks, scenarios } = table.columns
  const bits = equityBits(sizes.slots)
  return {
    shortfallsBefore: [...shortfallsBefore],
    shortfallsAfter: [...shortfallsAfter],
    equities: scenarios.map((_, s) =>
      equities.map((account) => toBits(account[s]! + (1n << BigInt(bits)), bits + 1)),
    ),
    marks: marks.map(toField),
    names: scenarios.map(({ name }) => name),
    values: scenarios.map(({ values }) => values.map(toField)),
    rowsDigest: [table.rowsDigest],
    timestamp: [table.timestamp],
  }
}
