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

/** The tables of a plan, which depend on nothing but the number of rows. */
export function makeTables({ call, words, plan, mine }: Engine): void {
  const { rows } = plan
  const logarithm = Math.log2(rows)
  const shift = powField(ROOT, 1n << BigInt(MOST_DOUBLINGS - 1 - logarithm))
  const root = (shift * shift) % FIELD_ORDER
  const write = (at: number, value: bigint) => writeLimbs(words, at, toMontgomery(value, FIELD_ORDER))
  for (const [table, base] of [
    [plan.roots, root],
    [plan.inverseRoots, invertField(root)],
  ] as const) {
    write(mine.work, base)
    write(table, 1n)
    const end = table + ELEMENT_BYTES * (rows / 2)
    for (let at = table + ELEMENT_BYTES; at < end; at += ELEMENT_BYTES) {
      call.fr_mul!(at - ELEMENT_BYTES, mine.work, at)
    }
  }
  // Row i is to be times shift^j / rows, where j has the bits of i in reverse: a factor for each half.
  const low = logarithm >> 1
  const high = logarithm - low
  for (let i = 0; i < 2 ** low; i++) {
    write(plan.shiftLow + ELEMENT_BYTES * i, powField(shift, BigInt(reversed(i, low) * 2 ** high)))
  }
  for (let i = 0; i < 2 ** high; i++) {
    const power = powField(shift, BigInt(reversed(i, high)))
    write(plan.shiftHigh + ELEMENT_BYTES * i, invertField(BigInt(rows)) * power)
  }
}

/**
 * Adds coefficients, as the key has them, to the rows of A and B.
 *
 * @returns whether all their rows and wires are there
 */
export function addRows({ call, words, plan, mine }: Engine, count: number): boolean {
  const { coefficients, a, b, rows, witness, wires } = plan
  const factor = mine.work + 2 * ELEMENT_BYTES
  writeLimbs(words, factor, COEFFICIENT_FACTOR)
  const end = coefficients + COEFFICIENT_BYTES * count
  return call.addRows!(coefficients, end, a, b, rows, witness, wires, factor, mine.work) === 0
}

/** The rows of C, which are those of A times those of B. */
export function multiplyRows({ call, plan }: Engine): void {
  const { a, b, c, rows } = plan
  call.multiplyEach!(a, a + ELEMENT_BYTES * rows, b, c)
}

/**
 * Takes values of a polynomial at the roots of unity to its values between them, in place: to coefficients,
 * whose order has its bits reversed, and back with each times a power of the shift.
 */
export function shiftRows(engine: Engine, at: number): void {
  const { call, plan } = engine
  const { rows, roots, inverseRoots, shiftLow, shiftHigh } = plan
  transform(engine, 'difLayer', at, rows, inverseRoots)
  const block = ELEMENT_BYTES * 2 ** (Math.log2(rows) >> 1)
  for (let i = 0; i < (ELEMENT_BYTES * rows) / block; i++) {
    const from = at + block * i
    call.scaleEach!(from, from + block, shiftLow, shiftHigh + ELEMENT_BYTES * i)
  }
  transform(engine, 'ditLayer', at, rows, roots)
}

/** The layers of a transform of `size` rows, depth first, so that parts of it stay in the cache. */
function transform(
  engine: Engine,
  layer: 'difLayer' | 'ditLayer',
  at: number,
  size: number,
  roots: number,
): void {
  const bytes = ELEMENT_BYTES * size
  const run = (half: number) =>
    engine.call[layer]!(
      at,
      at + bytes,
      ELEMENT_BYTES * half,
      roots,
      (ELEMENT_BYTES * engine.plan.rows) / half / 2,
    )
  const half = size / 2
  const inner = () => {
    if (size > CACHED_ROWS) {
      transform(engine, layer, at, half, roots)
      transform(engine, layer, at + bytes / 2, half, roots)
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

function reversed(value: number, bits: number): number {
  let result = 0
  for (let bit = 0; bit < bits; bit++) result |= ((value >> bit) & 1) << (bits - 1 - bit)
  return result
}
