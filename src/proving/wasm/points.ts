import { BASE_FIELD_ORDER } from '../../field/index.js'
import { ELEMENT_BYTES, WORD_BYTES, writeLimbs } from '../../kernel/index.js'
import type { Engine } from './engine.js'
import { liveScalarsAt, rawPointsAt, type Slot } from './plan.js'
import type { SumName } from './proving-key.js'
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
  const zero = mine.work + ELEMENT_BYTES
  writeLimbs(words, mine.work, COORDINATE_FACTOR)
  words.set(offsetWords(of.bits), zero / 4)
  const [raw, scalars] = [rawPointsAt(slot, of), of.scalars + WORD_BYTES * first]
  const live = liveScalarsAt(slot, of)
  const take = call[`${of.group}_takePoints`]!
  return count === 0 ? 0 : take(raw, count, scalars, zero, slot.at, live, mine.work)
}
