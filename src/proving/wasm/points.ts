import { BASE_FIELD_ORDER } from '../../field/index.js'
import { ELEMENT_BYTES, WORD_BYTES, writeLimbs } from '../../kernel/index.js'
import type { Engine } from './engine.js'
import { AFFINE_BYTES, liveScalarsAt, rawPointsAt, type Slot } from './plan.js'
import { POINT_BYTES, type SumName } from './proving-key.js'
import { offsetWords } from './scalars.js'

/** A chunk of a query, in a slot. */
export interface Chunk {
  sum: SumName
  slot: Slot
  /** The number of its first point. */
  first: number
}

/** A key has x·2^256 for a coordinate x; with this factor it is in Montgomery form. */
const COORDINATE_FACTOR = 2n ** 266n % BASE_FIELD_ORDER

/**
 * Turns the bytes of a chunk's points into elements, one point after the other, without points at infinity
 * and those whose scalar is zero.
 *
 * @returns how many there are
 */
export function takePoints(
  { call, words, plan, mine }: Engine,
  { sum, slot, first }: Chunk,
  count: number,
): number {
  const of = plan.sums[sum]
  const [raw, size] = [POINT_BYTES[of.group], AFFINE_BYTES[of.group]]
  const zero = offsetWords(of.bits)
  const live = liveScalarsAt(slot, of) / 4
  const isZeroScalar = (word: number) => zero.every((value, i) => words[word + i] === value)
  const isInfinite = (word: number) => {
    for (let i = 0; i < raw / 4; i++) if (words[word + i] !== 0) return false
    return true
  }
  writeLimbs(words, mine.work, COORDINATE_FACTOR)
  let [from, to, scalar, found] = [rawPointsAt(slot, of), slot.at, (of.scalars + WORD_BYTES * first) / 4, 0]
  for (let i = 0; i < count; i++) {
    if (!isZeroScalar(scalar) && !isInfinite(from / 4)) {
      call.fq_fromWords!(from, to, size / ELEMENT_BYTES, mine.work)
      to += size
      words[live + found++] = i
    }
    from += raw
    scalar += WORD_BYTES / 4
  }
  return found
}
