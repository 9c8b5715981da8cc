import { ELEMENT_BYTES } from '../field/index.js'
import { instantiate, NEGATED, type WasmCalls, WORD_BYTES } from '../kernel/index.js'

export type GroupName = 'g1' | 'g2'

/** Points that are added with one inversion: they and all between stay in the processor's cache. */
export const BATCH = 1024
/** Coordinates of an affine point, as elements of the prime field. */
const COORDINATES = { g1: 2, g2: 4 } as const

/** Words of 32 bits of a scalar. */
const WORDS = ELEMENT_BYTES / 4

/** The table of a group: for each window, the multiples 1 to `digits` of 2^(bits·window)·generator. */
export interface GroupTable {
  table: number
  pointBytes: number
  bits: number
  windows: number
  digits: number
}

/** The code for fixed-base multiplications, and a memory that all threads share, with where what is in it. */
export interface FixedBaseMemory {
  memory: WebAssembly.Memory
  module: WebAssembly.Module
  groups: Record<GroupName, GroupTable>
  /** The point at infinity. */
  infinity: number
  /** What `toWords` multiplies with, so that coordinates come out times 2^256: the form that keys have. */
  toWordsFactor: number
  /** The places that each thread has for itself. */
  threads: readonly Record<'scratch' | 'pairs' | 'sums' | 'otherSums' | 'addition', number>[]
}

/**
 * Multiples of a group's generator by a table of `digit · 2^(bits·window) · generator`: one affine addition a
 * window. Many scalars go through a window together, so that their additions share an inversion.
 */
export class FixedBase {
  private readonly call: WasmCalls
  private readonly words: Uint32Array
  private readonly bytes: Uint8Array
  private readonly own: FixedBaseMemory['threads'][number]

  /** @param thread the number of the thread that this is for */
  constructor(
    private readonly at: FixedBaseMemory,
    thread: number,
  ) {
    const { module, memory } = at
    this.call = instantiate(module, memory)
    this.words = new Uint32Array(memory.buffer)
    this.bytes = new Uint8Array(memory.buffer)
    this.own = at.threads[thread]!
    this.call.setScratch!(this.own.scratch)
  }

  /** Writes 2^(bits·window)·generator for every window of a table whose first entry is the generator. */
  fillBases(group: GroupName): void {
    const { table, pointBytes, windows, digits, bits } = this.at.groups[group]
    const [one, other] = [this.own.sums, this.own.otherSums]
    this.copy(table, one, pointBytes)
    for (let window = 1; window < windows; window++) {
      for (let bit = 0; bit < bits; bit++) {
        this.writePair(0, one, one)
        this.add(group, 1, other)
        this.copy(other, one, pointBytes)
      }
      this.copy(one, table + window * digits * pointBytes, pointBytes)
    }
  }

  /** Fills one window of a table from its first entry on: what is there is added to its last entry. */
  fillWindow(group: GroupName, window: number): void {
    const { table, pointBytes, digits } = this.at.groups[group]
    const row = table + window * digits * pointBytes
    for (let filled = 1; filled < digits; filled *= 2) {
      const last = row + (filled - 1) * pointBytes
      for (let from = 0; from < filled; from += BATCH) {
        const count = Math.min(BATCH, filled - from)
        for (let i = 0; i < count; i++) this.writePair(i, last, row + (from + i) * pointBytes)
        this.add(group, count, row + (filled + from) * pointBytes)
      }
    }
  }

  /**
   * @param scalars canonical scalars, 32 little-endian bytes each; they are overwritten
   * @returns affine points as snarkjs's keys have them, zero for a zero scalar
   */
  multiply(group: GroupName, scalars: Uint8Array): Uint8Array<ArrayBuffer> {
    const size = COORDINATES[group] * WORD_BYTES
    const count = scalars.length / ELEMENT_BYTES
    const points = new Uint8Array(count * size)
    const words = new Uint32Array(scalars.buffer, scalars.byteOffset, WORDS * count)
    const used = Array.from({ length: count }, (_, i) => i).filter((i) => !isZero(words, i))
    for (let from = 0; from < used.length; from += BATCH) {
      const some = used.slice(from, from + BATCH)
      const sums = this.sumWindows(group, words, some)
      const { toWordsFactor } = this.at
      // What is no longer needed of the sums makes room for the words: a point of words is smaller.
      this.call.fq_toWords!(sums, sums, some.length * COORDINATES[group], toWordsFactor)
      for (const [i, scalar] of some.entries()) {
        points.set(this.bytes.subarray(sums + i * size, sums + (i + 1) * size), scalar * size)
      }
    }
    scalars.fill(0)
    return points
  }

  /** The multiples for some of the scalars, one affine point after the other. Returns where they are. */
  private sumWindows(group: GroupName, words: Uint32Array, some: readonly number[]): number {
    const { table, pointBytes, windows, digits, bits } = this.at.groups[group]
    let [sums, others] = [this.own.sums, this.own.otherSums]
    const carries = new Uint8Array(some.length)
    for (let window = 0; window < windows; window++) {
      const row = table + window * digits * pointBytes
      for (const [i, scalar] of some.entries()) {
        const digit = bitsOf(words, scalar, window * bits, bits) + carries[i]!
        const negative = digit > digits
        carries[i] = negative ? 1 : 0
        const magnitude = negative ? 2 * digits - digit : digit
        const entry = magnitude === 0 ? this.at.infinity : row + (magnitude - 1) * pointBytes
        this.words[this.own.pairs / 4 + 2 * i + 1] = entry | (negative ? NEGATED : 0)
      }
      if (window > 0) {
        this.add(group, some.length, others)
        ;[sums, others] = [others, sums]
      }
      for (let i = 0; i < some.length; i++) {
        const pair = this.own.pairs / 4 + 2 * i
        this.words[pair] = window === 0 ? this.words[pair + 1]! : sums + i * pointBytes
      }
    }
    carries.fill(0)
    return sums
  }

  private add(group: GroupName, count: number, out: number): void {
    this.call[`${group}_addPairs`]!(this.own.pairs, count, out, this.own.addition)
  }

  private writePair(i: number, a: number, b: number): void {
    const at = this.own.pairs / 4 + 2 * i
    this.words[at] = a
    this.words[at + 1] = b
  }

  private copy(from: number, to: number, bytes: number): void {
    this.bytes.copyWithin(to, from, from + bytes)
  }
}

/** Bits of a scalar from `from` on; above its highest there are zeros. */
function bitsOf(words: Uint32Array, scalar: number, from: number, bits: number): number {
  const [word, shift] = [from >> 5, from & 31]
  const low = words[WORDS * scalar + word]! >>> shift
  const next = word + 1 < WORDS && shift > 0 ? words[WORDS * scalar + word + 1]! << (32 - shift) : 0
  return (low | next) & ((1 << bits) - 1)
}

function isZero(words: Uint32Array, scalar: number): boolean {
  for (let i = 0; i < WORDS; i++) if (words[WORDS * scalar + i] !== 0) return false
  return true
}
