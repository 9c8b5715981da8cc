/**
 * Every bit width of the project. The circuits take the same numbers from `circuits/lib/widths.circom`;
 * a test holds the two files together.
 */

/** Magnitude of a quantity, in the instrument's smallest unit. */
export const MAGNITUDE_BITS = 64
/** Index of an instrument in the risk table. */
export const INSTRUMENT_BITS = 16
/** One slot: instrument (16), then sign (1), then magnitude (64), the magnitude lowest. */
export const SLOT_BITS = INSTRUMENT_BITS + 1 + MAGNITUDE_BITS
/** Slots that share one field element. */
export const SLOTS_PER_FIELD = 3
/** Batches of one ledger: the position in the accounts tree. */
export const BATCH_INDEX_BITS = 20
/** Slots of one batch, over all its accounts: N·S may not exceed 2^14. */
export const BATCH_SLOTS_BITS = 14
/** A total: the sum of at most 2^20 batches of at most 2^14 magnitudes. */
export const TOTAL_BITS = MAGNITUDE_BITS + BATCH_INDEX_BITS + BATCH_SLOTS_BITS
/** A unit value: quote currency × 10^valueDecimals for one smallest unit of the instrument. */
export const VALUE_BITS = 64
/** A sum of shortfalls: all magnitudes of a ledger times a value. */
export const SHORTFALL_BITS = TOTAL_BITS + VALUE_BITS
/** A ratio of a policy, in parts per million. */
export const RATIO_BITS = 32
/** Ratios are written in parts per million. */
export const RATIO_ONE = 1_000_000n
/** A salt or a blinding factor: 31 random bytes, below the field's order with no bias. */
export const SALT_BITS = 248

/**
 * The equity of an account with `slots` slots: as many products of a magnitude and a value stay below
 * 2^equityBits(slots).
 */
export function equityBits(slots: number): number {
  return MAGNITUDE_BITS + VALUE_BITS + Math.ceil(Math.log2(slots))
}
