import type { Slot } from './packing.js'

/**
 * Totals of a ledger and values of a risk table are listed by key: `2 · instrument` for long units, one more
 * for short ones.
 */
export type Side = 'long' | 'short'

/**
 * The key that a slot counts for. A quantity of zero counts as long.
 *
 * @example
 * keyOf({ instrument: 3, quantity: -5n }) // 7
 */
export function keyOf({ instrument, quantity }: Slot): number {
  return 2 * instrument + (quantity < 0n ? 1 : 0)
}

/** The keys of an instrument's two sides. */
export function keysOf(instrument: number): Record<Side, number> {
  return { long: 2 * instrument, short: 2 * instrument + 1 }
}

/** The instrument of a key, and its side. */
export function sideOf(key: number): { instrument: number; side: Side } {
  return { instrument: key >> 1, side: key & 1 ? 'short' : 'long' }
}

/** A quantity without its sign. */
export function magnitudeOf(quantity: bigint): bigint {
  return quantity < 0n ? -quantity : quantity
}

/** Whether a value's magnitude stays below 2^bits. */
export function fits(value: bigint, bits: number): boolean {
  return magnitudeOf(value) >> BigInt(bits) === 0n
}
