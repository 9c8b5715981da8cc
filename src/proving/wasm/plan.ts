import { ELEMENT_BYTES, WORD_BYTES } from '../../kernel/index.js'
import type { ProverCode } from './code.js'
import { type GroupName, POINT_BYTES, type ProvingKey, type SumName } from './proving-key.js'
import { COEFFICIENT_BYTES } from './quotient-code.js'
import { windowsOf } from './scalars.js'

/** Bytes of an affine point in memory. */
export const AFFINE_BYTES: Record<GroupName, number> = { g1: 2 * ELEMENT_BYTES, g2: 4 * ELEMENT_BYTES }
/** Bytes for the sum of a window: a Jacobian point, and another one that it is computed with. */
export const RESULT_BYTES = 3 * AFFINE_BYTES.g2
/**
 * Points of a sum that are in memory at once, at most: a circuit of 2^18 rows has few wires more, and as many
 * in the sum of C besides.
 */
const CHUNK_POINTS = { g1: 600_000, g2: 300_000 }
/** Bits of a window, at most: one is read as 32 bits from the byte in which it starts. */
const MOST_BITS = 16
/** Which part of the scalars of wires is not zero, nor their point infinity, as a rule. */
const DENSITY = 0.45
/** What a window costs besides, in additions: inversions, above all. */
const WINDOW_COST = 300
/** Entries of buckets that are added up at once: their sums stay in a core's cache. */
export const RANGE_ENTRIES = { g1: 2 ** 14, g2: 2 ** 13 }
/** Pairs that share an inversion. */
export const BATCH_PAIRS = { g1: 2048, g2: 1024 }
/** Segments of buckets that are weighed side by side, and from how many buckets on that pays. */
export const SEGMENTS = 256
export const SEGMENTED_BUCKETS = 256
/** Coefficients of the key that are in memory at once. */
export const COEFFICIENTS_AT_ONCE = 2 ** 14

/** A sum of points times scalars, as threads see it. */
export interface SumPlan {
  group: GroupName
  /** Points of the sum, and of the longest chunk of it. */
  count: number
  chunk: number
  /** Where the first point's scalar is, and the bits of a window. */
  scalars: number
  bits: number
}

/** Memory for a chunk of a sum's points. */
export interface Slot {
  at: number
  bytes: number
}

/** What a thread has for itself. */
export interface ThreadPlan {
  /** The kernel's own, for `setScratch`, and what its functions are given. */
  scratch: number
  work: number
  pairs: number
  /** By bucket: how many entries there are, where they end, and in the end where their sum is. */
  counts: number
  entries: number
  runs: number
  /** Sums of pairs, of a range of buckets. */
  sums: number
  buckets: number
  segments: number
}

/** Where everything is in memory, which is zero at first: addresses in bytes. */
export interface Plan {
  wires: number
  rows: number
  /** Powers of the double domain's root, up to −1. */
  roots: number
  witness: number
  scalars: number
  /** Rows of A, B and C. Scalars of the sum of C take their place: the quotient's, then those of wires. */
  a: number
  b: number
  c: number
  coefficients: number
  sums: Record<SumName, SumPlan>
  slots: Slot[]
  results: number
  threads: ThreadPlan[]
  end: number
}

/** Lays out the memory of a proof. */
export function planProof(key: ProvingKey, { curves }: ProverCode, threads: number): Plan {
  const { wires, rows } = key
  let end = 64
  const take = (bytes: number) => {
    const at = end
    end += Math.ceil(bytes / 64) * 64
    return at
  }
  const elements = (count: number) => take(count * ELEMENT_BYTES)
  const roots = elements(rows + 1)
  const witness = take(wires * WORD_BYTES)
  // The last scalar's highest window is read to some bytes behind it.
  const scalars = take(wires * WORD_BYTES + 8)
  const a = take(Math.max(3 * ELEMENT_BYTES * rows, WORD_BYTES * (rows + wires) + 8))
  const [b, c] = [a + ELEMENT_BYTES * rows, a + 2 * ELEMENT_BYTES * rows]

  const sumOf = (name: SumName, at: number, live: number): SumPlan => {
    const { group, parts } = key.sums[name]
    const count = parts.reduce((sum, part) => sum + part.count, 0)
    const chunks = Math.max(1, Math.ceil(count / CHUNK_POINTS[group]))
    return { group, count, chunk: Math.ceil(count / chunks), scalars: at, bits: bitsFor(live / chunks) }
  }
  const sums = {
    a: sumOf('a', scalars, DENSITY * wires),
    b: sumOf('b', scalars, DENSITY * wires),
    c: sumOf('c', a, DENSITY * wires + rows),
  }
  const slot = (...names: SumName[]): Slot => {
    const bytes = Math.max(...names.map((name) => slotBytes(sums[name])))
    return { at: take(bytes), bytes }
  }
  const windows = ({ count, chunk, bits }: SumPlan) => Math.ceil(count / Math.max(1, chunk)) * windowsOf(bits)
  const most = (of: (group: GroupName) => number) => Math.max(of('g1'), of('g2'))
  const buckets = Math.max(...Object.values(sums).map(({ bits }) => 2 ** (bits - 1)))
  return {
    ...{ wires, rows, roots, witness, scalars, a, b, c, sums },
    coefficients: take(COEFFICIENTS_AT_ONCE * COEFFICIENT_BYTES),
    slots: [slot('b', 'c'), slot('a')],
    results: take(RESULT_BYTES * Object.values(sums).reduce((count, sum) => count + windows(sum), 0)),
    threads: Array.from({ length: threads }, () => ({
      scratch: elements(8),
      work: take(
        most((group) => Math.max(curves[group].pairsScratch(BATCH_PAIRS[group]), curves[group].scratch)),
      ),
      pairs: take(8 * Math.max(RANGE_ENTRIES.g1, 2 * SEGMENTS)),
      counts: take(4 * (2 * buckets + 1)),
      entries: take(4 * Math.max(...Object.values(sums).map(({ chunk }) => chunk))),
      runs: take(8 * RANGE_ENTRIES.g1),
      sums: take(most((group) => RANGE_ENTRIES[group] * AFFINE_BYTES[group])),
      buckets: take(2 * buckets * AFFINE_BYTES.g2),
      segments: take((1 + 4 * SEGMENTS) * AFFINE_BYTES.g2),
    })),
    end,
  }
}

/**
 * A chunk's points, then the numbers of their scalars. The points' bytes are read to the end of the room for
 * points, so far behind that elements, which are longer, do not overtake what is still to be read.
 */
const AHEAD = 2

export function slotBytes({ chunk, group }: SumPlan): number {
  return (chunk + AHEAD) * AFFINE_BYTES[group] + 4 * chunk
}

/** Where the bytes of a chunk's points are read to. */
export function rawPointsAt(slot: Slot, sum: SumPlan): number {
  return liveScalarsAt(slot, sum) - sum.chunk * POINT_BYTES[sum.group]
}

/** Where the numbers of the scalars of a chunk's points are. */
export function liveScalarsAt({ at }: Slot, { chunk, group }: SumPlan): number {
  return at + (chunk + AHEAD) * AFFINE_BYTES[group]
}

/** Bits of a window with which the sum of `count` points takes the fewest additions. */
function bitsFor(count: number): number {
  let best = 4
  const cost = (bits: number) => windowsOf(bits) * (count + 2 ** bits + WINDOW_COST)
  for (let bits = best; bits <= MOST_BITS; bits++) if (cost(bits) < cost(best)) best = bits
  return best
}
