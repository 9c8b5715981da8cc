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
/** Scenarios of a table, at most. */
export const MAX_SCENARIOS = 16
/** Keys of a table, at most 2^15: long, short of each instrument, and long of each tier. */
export const TABLE_KEYS_BITS = 15
/** The equity of an account in a scenario, as a ledger claims it: within ±2^112. */
export const EQUITY_BITS = 112
/** Accounts of a ledger: the position in the whole tree. */
export const ACCOUNT_COUNT_BITS = 32
/** A sum of shortfalls: of each account less than 2^112. */
export const SHORTFALL_BITS = EQUITY_BITS + ACCOUNT_COUNT_BITS
/** A ratio of a policy, in parts per million. */
export const RATIO_BITS = 32
/** Ratios are written in parts per million. */
export const RATIO_ONE = 1_000_000n
/** A salt or a blinding factor: 31 random bytes, below the field's order with no bias. */
export const SALT_BITS = 248
