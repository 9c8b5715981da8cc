import { FIELD_ORDER, invertField, powField } from '../../field/index.js'
import { ELEMENT_BYTES, toMontgomery, WORD_BYTES, writeLimbs } from '../../kernel/index.js'
import type { Engine } from './engine.js'
import { COEFFICIENT_BYTES } from './quotient-code.js'
import { addOffset } from './scalars.js'

/** The order of the field's roots of unity is a power of two up to this one's exponent. */
const MOST_DOUBLINGS = 28
/** No square, so a root of unity of the highest such order. */
const ROOT = powField(5n, (FIELD_ORDER - 1n) >> BigInt(MOST_DOUBLINGS))
/** A key has c·2^512 for a coefficient c: with this factor, a wire times it is in Montgomery form. */
const COEFFICIENT_FACTOR = powField(2n, 271n)
/** Rows of a transform that stay in a core's cache. */
const CACHED_ROWS = 2 ** 11

/** The table of a plan, which depends on nothing but the number of rows. */
export function makeTable({ call, words, plan, mine }: Engine): void {
  const { rows, roots } = plan
  write(words, mine.work, powField(ROOT, 1n << BigInt(MOST_DOUBLINGS - 1 - Math.log2(rows))))
  write(words, roots, 1n)
  for (let at = roots; at < roots + ELEMENT_BYTES * rows; at += ELEMENT_BYTES) {
    call.fr_mul!(at, mine.work, at + ELEMENT_BYTES)
  }
}

/** Writes an element in Montgomery form. */
function write(words: Uint32Array, at: number, value: bigint): void {
  writeLimbs(words, at, toMontgomery(value, FIELD_ORDER))
}

/**
 * Adds coefficients, as the key has them, to the rows of A and B, over the number of rows: a transform there
 * and back multiplies by it.
 *
 * @returns whether all their rows and wires are there
 */
export function addRows({ call, words, plan, mine }: Engine, count: number): boolean {
  const { coefficients, a, b, rows, witness, wires } = plan
  const factor = mine.work + 2 * ELEMENT_BYTES
  writeLimbs(words, factor, (COEFFICIENT_FACTOR * invertField(BigInt(rows))) % FIELD_ORDER)
  const end = coefficients + COEFFICIENT_BYTES * count
  return call.addRows!(coefficients, end, a, b, rows, witness, wires, factor, mine.work) === 0
}

/** The rows of C, which are those of A times those of B: over the number of rows once, and not twice. */
export function multiplyRows({ call, words, plan, mine }: Engine): void {
  const { a, b, c, rows } = plan
  write(words, mine.work, BigInt(rows))
  call.multiplyEach!(a, a + ELEMENT_BYTES * rows, b, mine.work, c)
}

/**
 * Takes values of a polynomial at the roots of unity, over the number of rows, to its values between them, in
 * place: to coefficients, whose order has its bits reversed, and back.
 */
export function shiftRows(engine: Engine, at: number): void {
  transform(engine, 'difLayer', at, engine.plan.rows)
  transform(engine, 'ditLayer', at, engine.plan.rows)
}

/**
 * The layers of a transform of `size` rows, depth first, so that parts of it stay in the cache. A layer by
 * decimation in frequency takes the inverse roots of unity, each times −1: those of the table from its end
 * on. One by decimation in time takes the odd powers of its root of the double domain: what comes out is
 * between the roots of unity.
 */
function transform(engine: Engine, layer: 'difLayer' | 'ditLayer', at: number, size: number): void {
  const { roots, rows } = engine.plan
  const bytes = ELEMENT_BYTES * size
  const run = (half: number) => {
    const step = (ELEMENT_BYTES * rows) / half / 2
    const [first, stride] =
      layer === 'difLayer' ? [roots + ELEMENT_BYTES * rows, -2 * step] : [roots + step, 2 * step]
    engine.call[layer]!(at, at + bytes, ELEMENT_BYTES * half, first, stride)
  }
  const half = size / 2
  const inner = () => {
    if (size > CACHED_ROWS) {
      transform(engine, layer, at, half)
      transform(engine, layer, at + bytes / 2, half)
    } else if (layer === 'difLayer') for (let h = half / 2; h >= 1; h /= 2) run(h)
    else for (let h = 1; h < half; h *= 2) run(h)
  }
  if (layer === 'difLayer') run(half)
  inner()
  if (layer === 'ditLayer') run(half)
}

/**
 * The scalars of the sum of C, in the place of the rows: those of the quotient, a·b − c between the roots of
 * unity, and those of the wires that are not public.
 */
export function makeQuotient({ call, words, bytes, plan, mine }: Engine): void {
  const { a, b, c, rows } = plan
  call.multiplySubtractEach!(a, a + ELEMENT_BYTES * rows, b, c)
  writeLimbs(words, mine.work, 1n)
  call.fr_toWords!(a, a, rows, mine.work)
  const { count, bits } = plan.sums.c
  const wires = plan.witness + WORD_BYTES * plan.wires
  bytes.copyWithin(a + WORD_BYTES * rows, wires - WORD_BYTES * (count - rows), wires)
  addOffset(words, a, count, bits)
}
