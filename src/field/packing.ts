import { InputError } from '../errors/index.js'
import { magnitudeOf } from './key.js'
import { INSTRUMENT_BITS, MAGNITUDE_BITS, SLOT_BITS, SLOTS_PER_FIELD } from './widths.js'

/** One holding of an account: an instrument of the risk table and a signed quantity in its smallest unit. */
export interface Slot {
  instrument: number
  /** Positive: the venue owes it, or a long. Negative: a loan, or a short. */
  quantity: bigint
}

const MAX_MAGNITUDE = (1n << BigInt(MAGNITUDE_BITS)) - 1n

/**
 * A slot as one integer below 2^81: `instrument · 2^65 + sign · 2^64 + magnitude`.
 *
 * @throws {InputError} `SLOT_RANGE` when a part does not fit its width.
 */
export function encodeSlot(slot: Slot): bigint {
  const sign = slot.quantity < 0n ? 1n : 0n
  const magnitude = magnitudeOf(slot.quantity)
  if (magnitude > MAX_MAGNITUDE) {
    throw new InputError(
      'SLOT_RANGE',
      `a quantity's magnitude must stay below 2^${MAGNITUDE_BITS} smallest units`,
    )
  }
  if (!Number.isInteger(slot.instrument) || slot.instrument < 0 || slot.instrument >= 1 << INSTRUMENT_BITS) {
    throw new InputError('SLOT_RANGE', `an instrument's index must be an integer below 2^${INSTRUMENT_BITS}`)
  }
  return (((BigInt(slot.instrument) << 1n) | sign) << BigInt(MAGNITUDE_BITS)) | magnitude
}

/**
 * Slots packed three to a field element, the first slot lowest; a last, partly filled element has zeros
 * above.
 */
export function packSlots(slots: readonly Slot[]): bigint[] {
  const packed: bigint[] = []
  for (let i = 0; i < slots.length; i += SLOTS_PER_FIELD) {
    packed.push(
      slots
        .slice(i, i + SLOTS_PER_FIELD)
        .reduce((sum, slot, j) => sum | (encodeSlot(slot) << BigInt(j * SLOT_BITS)), 0n),
    )
  }
  return packed
}

/** Bytes as field elements, 31 to each, big-endian within an element, the first bytes first. */
export function packBytes(bytes: Uint8Array): bigint[] {
  const out: bigint[] = []
  for (let i = 0; i < bytes.length; i += 31) {
    out.push(bytes.subarray(i, i + 31).reduce((x, b) => (x << 8n) | BigInt(b), 0n))
  }
  return out
}

/** The lowest `count` bits of `value`, lowest first. */
export function toBits(value: bigint, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => (value >> BigInt(i)) & 1n)
}

/** Counts of at most 16 bits as one integer, the first one lowest. */
export function packCounts(counts: readonly number[]): bigint {
  return counts.reduce((sum, count, i) => sum | (BigInt(count) << BigInt(16 * i)), 0n)
}

/** Values of at most 64 bits, three to a field element, the first one lowest. */
export function packTriples(values: readonly bigint[]): bigint[] {
  const packed: bigint[] = []
  for (const [i, value] of values.entries()) {
    if (i % 3 === 0) packed.push(0n)
    packed[packed.length - 1]! |= value << BigInt(64 * (i % 3))
  }
  return packed
}
