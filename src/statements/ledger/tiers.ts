import { MAGNITUDE_BITS, magnitudeOf, type Slot } from '../../field/index.js'

const UNLIMITED = (1n << BigInt(MAGNITUDE_BITS)) - 1n

/**
 * How much of an instrument an account may hold in one slot, by the widths of a tiered table (see
 * `RiskColumns`).
 */
export function limitOf(instrument: number, widths: readonly bigint[]): bigint {
  const width = widths[instrument] ?? 0n
  return width === 0n ? UNLIMITED : width
}

/** The part of its limit that a slot leaves; 0n where it is above. */
export function spareOf({ instrument, quantity }: Slot, widths: readonly bigint[]): bigint {
  const spare = limitOf(instrument, widths) - magnitudeOf(quantity)
  return spare < 0n ? 0n : spare
}
