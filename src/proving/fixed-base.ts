import { ELEMENT_BYTES } from '../field/index.js'
import type { CurveMemory, GroupName } from './curve-memory.js'

const SCALAR_BITS = 254
/** Sizes of a point: affine as stored, Jacobian as computed, and its coordinate. */
const SIZES = {
  g1: { affine: 64, jacobian: 96, field: 32 },
  g2: { affine: 128, jacobian: 192, field: 64 },
} as const
/** Points that are brought to affine form together, sharing one inversion. */
const BATCH = 1 << 12
/** A digit is read from three bytes. */
const MAX_WINDOW = 16

/** The window for which a table and `count` multiplications cost the fewest additions. */
export function windowBitsFor(count: number): number {
  let best = 2
  for (let bits = 3; bits <= MAX_WINDOW; bits++) if (cost(bits, count) < cost(best, count)) best = bits
  return best
}

function cost(bits: number, count: number): number {
  return Math.ceil(SCALAR_BITS / bits) * (2 ** bits + count)
}

/** Multiples of a group's generator by a table of `digit · 2^(bits·window) · generator`. */
export class FixedBase {
  private readonly windows: number
  private readonly table: number
  private readonly sums: number

  constructor(
    private readonly memory: CurveMemory,
    private readonly group: GroupName,
    private readonly windowBits: number,
  ) {
    const { affine, jacobian, field } = SIZES[group]
    const digits = 2 ** windowBits
    this.windows = Math.ceil(SCALAR_BITS / windowBits)
    this.table = memory.alloc(this.windows * digits * affine)
    this.sums = memory.alloc((Math.max(digits, BATCH) + 1) * jacobian, 2 * (digits + BATCH) * field)
    this.fillTable()
  }

  private fillTable(): void {
    const { affine, jacobian } = SIZES[this.group]
    const { call } = this.memory
    const [add, toAffine, batchToAffine] = [
      call[`${this.group}m_addMixed`]!,
      call[`${this.group}m_toAffine`]!,
      call[`${this.group}m_batchToAffine`]!,
    ]
    const digits = 2 ** this.windowBits
    const base = this.memory.alloc(affine)
    call[`${this.group}m_zero`]!(this.sums)
    toAffine(this.memory.code.generators[this.group], base)
    for (let window = 0; window < this.windows; window++) {
      for (let digit = 1; digit <= digits; digit++) {
        add(this.sums + (digit - 1) * jacobian, base, this.sums + digit * jacobian)
      }
      toAffine(this.sums + digits * jacobian, base)
      const row = this.table + window * digits * affine
      batchToAffine(this.sums, digits, this.sums)
      this.memory.bytes(row, digits * affine).set(this.memory.bytes(this.sums, digits * affine))
      call[`${this.group}m_zero`]!(this.sums)
    }
  }

  /**
   * @param scalars canonical scalars, 32 little-endian bytes each
   * @returns affine points in little-endian Montgomery form, zero for a zero scalar
   */
  multiply(scalars: Uint8Array): Uint8Array<ArrayBuffer> {
    const { affine, jacobian } = SIZES[this.group]
    const [add, zero, batchToAffine] = [
      this.memory.call[`${this.group}m_addMixed`]!,
      this.memory.call[`${this.group}m_zero`]!,
      this.memory.call[`${this.group}m_batchToAffine`]!,
    ]
    const count = scalars.length / ELEMENT_BYTES
    const points = new Uint8Array(count * affine)
    const padded = new Uint8Array(scalars.length + 2)
    padded.set(scalars)
    for (let from = 0; from < count; from += BATCH) {
      const size = Math.min(BATCH, count - from)
      for (let i = 0; i < size; i++) {
        const sum = this.sums + i * jacobian
        zero(sum)
        for (let window = 0; window < this.windows; window++) {
          const digit = this.digit(padded, (from + i) * ELEMENT_BYTES, window)
          if (digit) add(sum, this.table + ((window << this.windowBits) + digit) * affine, sum)
        }
      }
      batchToAffine(this.sums, size, this.sums)
      points.set(this.memory.bytes(this.sums, size * affine), from * affine)
    }
    return points
  }

  private digit(bytes: Uint8Array, at: number, window: number): number {
    const bit = window * this.windowBits
    const byte = at + (bit >> 3)
    const three = bytes[byte]! | (bytes[byte + 1]! << 8) | (bytes[byte + 2]! << 16)
    const width = Math.min(this.windowBits, SCALAR_BITS - bit)
    return (three >> (bit & 7)) & ((1 << width) - 1)
  }
}
