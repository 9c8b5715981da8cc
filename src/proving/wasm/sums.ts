import { readLittleEndian } from '../../field/index.js'
import { ELEMENT_BYTES, INFINITY_WORD, WORD_BYTES, writeLimbs } from '../../kernel/index.js'
import type { Engine } from './engine.js'
import {
  AFFINE_BYTES,
  BATCH_PAIRS,
  liveScalarsAt,
  RANGE_ENTRIES,
  RESULT_BYTES,
  SEGMENTED_BUCKETS,
  SEGMENTS,
} from './plan.js'
import type { Chunk } from './points.js'
import type { GroupName, SumName } from './proving-key.js'
import { windowsOf } from './scalars.js'

/**
 * Σ digit·point over one window of a chunk's scalars, as a Jacobian point at `result`: points are sorted into
 * buckets by their digits (Pippenger's method), with their opposites for negative ones.
 *
 * @param live how many points the chunk has
 */
export function sumWindow(engine: Engine, chunk: Chunk, live: number, window: number, result: number): void {
  const { call, words, plan, mine } = engine
  const of = plan.sums[chunk.sum]
  const bit = of.bits * window
  const highest = window === windowsOf(of.bits) - 1
  const digitBits = Math.min(of.bits, 8 * WORD_BYTES - bit)
  const half = highest ? 0 : 2 ** (of.bits - 1)
  const most = highest ? 2 ** digitBits - 1 : half
  const counts = mine.counts / 4
  words.fill(0, result / 4, (result + RESULT_BYTES) / 4)
  if (live === 0) return
  words.fill(0, counts, counts + most + 1)
  const scalars = liveScalarsAt(chunk.slot, of)
  const digits = [
    scalars,
    scalars + 4 * live,
    of.scalars + WORD_BYTES * chunk.first + (bit >> 3),
    bit & 7,
    2 ** digitBits - 1,
    half,
    mine.counts,
  ] as const
  call.countDigits!(...digits)
  let [place, last] = [mine.entries, 0]
  for (let b = 1; b <= most; b++) {
    const count = words[counts + b]!
    words[counts + b] = place
    place += 4 * count
    if (count > 0) last = b
  }
  if (last === 0) return
  call.sortDigits!(...digits, chunk.slot.at, AFFINE_BYTES[of.group])
  sumBuckets(engine, of.group, last)
  weighBuckets(engine, of.group, last, result)
}

/**
 * Adds up each bucket, by halves, a range of buckets at once. Before, counts[b] is where the entries of
 * bucket b end; after, where its sum is, or zero when it is empty.
 */
function sumBuckets(engine: Engine, group: GroupName, last: number): void {
  const { call, words, mine } = engine
  const [size, most] = [AFFINE_BYTES[group], RANGE_ENTRIES[group]]
  const [counts, runs] = [mine.counts / 4, mine.runs / 4]
  let start = mine.entries
  for (let b = 1; b <= last; ) {
    const first = b
    // Whole buckets, or the beginning of one that is too long by itself.
    let [room, count] = [most, 0]
    for (; b <= last && count < most; b++) {
      const length = (words[counts + b]! - start) / 4
      if (length > room && count > 0) break
      const taken = Math.min(length, room)
      words[runs + 2 * count] = start
      words[runs + 2 * count + 1] = taken
      count++
      start += 4 * taken
      room -= taken
      if (taken < length) break
    }
    let sums = mine.sums
    for (;;) {
      const pairs =
        (call.pairRuns!(mine.runs, mine.runs + 8 * count, mine.pairs, sums, size) - mine.pairs) / 8
      if (pairs === 0) break
      addPairs(engine, group, pairs, sums)
      sums += pairs * size
    }
    for (let run = 0; run < count; run++) {
      const bucket = first + run
      const entry = words[runs + 2 * run + 1]! > 0 ? words[words[runs + 2 * run]! / 4]! : 0
      let sum = entry
      if (entry >= mine.sums && entry < sums) {
        sum = mine.buckets + size * (bucket - 1)
        words.copyWithin(sum / 4, entry / 4, (entry + size) / 4)
      }
      if (bucket < b || b > last) words[counts + bucket] = sum
      else {
        // The bucket goes on, and its first entry is what has been summed of it.
        start -= 4
        words[start / 4] = sum
      }
    }
  }
}

/** Adds up the pairs, some at a time, to points from `out` on. */
function addPairs({ call, mine }: Engine, group: GroupName, count: number, out: number): void {
  const most = BATCH_PAIRS[group]
  for (let done = 0; done < count; done += most) {
    const some = Math.min(most, count - done)
    call[`${group}_addPairs`]!(mine.pairs + 8 * done, some, out + AFFINE_BYTES[group] * done, mine.work)
  }
}

/**
 * Σ b·bucket[b] as a Jacobian point. Many buckets lie in segments, which are walked side by side from their
 * ends, so that the additions of a step share an inversion. `run` is the sum of a segment's buckets so far,
 * and `sum` that of its runs, in which each bucket is as often as its place in the segment says.
 */
function weighBuckets(engine: Engine, group: GroupName, last: number, result: number): void {
  const { call, words, mine } = engine
  if (last < SEGMENTED_BUCKETS) {
    call[`${group}_sumBuckets`]!(mine.counts + 4, last, result, mine.work)
    return
  }
  const size = AFFINE_BYTES[group]
  const segments = Math.min(SEGMENTS, 2 ** (Math.floor(Math.log2(last)) - 2))
  const length = 2 ** Math.ceil(Math.log2((last + 1) / segments))
  const [counts, pairs] = [mine.counts / 4, mine.pairs / 4]
  const infinity = mine.segments
  words[infinity / 4] = INFINITY_WORD
  // All sums, then all runs: a step reads those of the step before in one place and writes to the other.
  const places = [infinity + size, infinity + size * (1 + 2 * SEGMENTS)] as const
  for (let step = length - 1; step >= 0; step--) {
    const from = step === length - 1 ? undefined : places[step & 1]!
    for (let segment = 0; segment < segments; segment++) {
      const sum = from === undefined ? infinity : from + size * segment
      const run = from === undefined ? infinity : from + size * (segments + segment)
      const b = segment * length + step
      const bucket = (b > 0 && b <= last && words[counts + b]) || infinity
      words[pairs + 2 * segment] = sum
      words[pairs + 2 * segment + 1] = run
      words[pairs + 2 * (segments + segment)] = run
      words[pairs + 2 * (segments + segment) + 1] = bucket
    }
    addPairs(engine, group, 2 * segments, places[(step & 1) ^ 1]!)
  }
  // Σ length·segment·run[segment] + Σ sum[segment]
  const sums = places[1]
  for (let segment = 1; segment < segments; segment++) {
    words[pairs + segment - 1] = sums + size * (segments + segment)
  }
  call[`${group}_sumBuckets`]!(mine.pairs, segments - 1, result, mine.work)
  for (let times = length; times > 1; times /= 2) call[`${group}_double`]!(result, result, mine.work)
  for (let segment = 0; segment < segments; segment++) {
    const sum = sums + size * segment
    if (words[sum / 4] !== INFINITY_WORD) call[`${group}_addMixed`]!(result, sum, 0, mine.work)
  }
}

/**
 * The affine coordinates of a sum, from the results of its windows, chunk by chunk.
 *
 * @returns nothing when it is infinite
 */
export function finishSum(
  { call, words, bytes, plan, mine }: Engine,
  name: SumName,
  results: number,
  chunks: number,
): bigint[] | undefined {
  const { group, bits } = plan.sums[name]
  const windows = windowsOf(bits)
  const coordinate = AFFINE_BYTES[group] / 2
  const [x, y, z, inverse, power] = [0, 1, 2, 3, 4].map((i) => mine.segments + i * coordinate) as [
    number,
    number,
    number,
    number,
    number,
  ]
  words.fill(0, x / 4, inverse / 4)
  for (let window = windows - 1; window >= 0; window--) {
    for (let bit = 0; bit < bits; bit++) call[`${group}_double`]!(x, x, mine.work)
    for (let chunk = 0; chunk < chunks; chunk++) {
      call[`${group}_add`]!(x, results + RESULT_BYTES * (chunk * windows + window), mine.work)
    }
  }
  const field = { g1: 'fq', g2: 'fq2' }[group]
  if (call[`${field}_isZero`]!(z)) return undefined
  call[`${field}_inv`]!(z, inverse, mine.work)
  call[`${field}_sqr`]!(inverse, power)
  call[`${field}_mul`]!(x, power, x)
  call[`${field}_mul`]!(power, inverse, power)
  call[`${field}_mul`]!(y, power, y)
  writeLimbs(words, z, 1n)
  const count = (2 * coordinate) / ELEMENT_BYTES
  call.fq_toWords!(x, x, count, z)
  return Array.from({ length: count }, (_, i) => readLittleEndian(bytes, x + WORD_BYTES * i))
}
