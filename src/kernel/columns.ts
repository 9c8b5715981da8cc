/**
 * What the functions of a field are made of: products of limbs by columns, Montgomery's reduction, carries.
 *
 * Column `k` counts 2^(29·k). Columns are kept in locals, as signed 64-bit integers; none ever leaves their
 * range. `test/src/kernel/bounds.test.ts` proves it, and every range that is stated here, for all operands.
 */

import type { WasmFunction } from './assembler.js'
import { LIMB_BITS, LIMB_BYTES, LIMB_MASK, LIMBS } from './limbs.js'

/** Locals that hold limbs or columns, the lowest first. */
export type Locals = readonly number[]
export type Linear = 'i64.add' | 'i64.sub'

/** Columns of a product of two elements; the last one is zero until carries come. */
export const COLUMNS = 2 * LIMBS
/** Limbs of an element's low part; the high part has one less. */
const LOW = 5
/** Columns to which products of a low and a high limb go: the highest low limb has no partner. */
const CROSSED = 2 * LOW - 2
const SHIFT = BigInt(LIMB_BITS)

export function locals(f: WasmFunction, count: number): number[] {
  return Array.from({ length: count }, () => f.local('i64'))
}

/** A local for each of `count` values, which `push` leaves on the stack. */
export function each(f: WasmFunction, count: number, push: (i: number) => void): number[] {
  const to = locals(f, count)
  for (const [i, local] of to.entries()) {
    push(i)
    f.set(local)
  }
  return to
}

/** The limbs of the element at an address. */
export function load(f: WasmFunction, pointer: number, offset = 0): number[] {
  return each(f, LIMBS, (i) => f.get(pointer).load32u(offset + LIMB_BYTES * i))
}

/** Limb by limb `a ± b`, of the elements at two addresses: limbs in (−2^29, 2^30), not carried. */
export function loadLinear(f: WasmFunction, a: number, b: number, op: Linear): number[] {
  return each(f, LIMBS, (i) =>
    f
      .get(a)
      .load32u(LIMB_BYTES * i)
      .get(b)
      .load32u(LIMB_BYTES * i)
      .op(op),
  )
}

/** Adds the element at an address to columns, or subtracts it. */
export function accumulate(f: WasmFunction, columns: Locals, pointer: number, op: Linear): void {
  for (const [i, column] of columns.entries()) {
    f.get(column)
      .get(pointer)
      .load32u(LIMB_BYTES * i)
      .op(op)
      .set(column)
  }
}

/** Adds constants to columns. */
export function addConstants(f: WasmFunction, columns: Locals, constants: readonly bigint[]): void {
  for (const [i, column] of columns.entries()) f.get(column).i64(constants[i]!).op('i64.add').set(column)
}

/** Several products, to be summed with these signs; the first is added. */
export type Products = readonly { readonly a: Locals; readonly b: Locals; readonly op: Linear }[]

/** Pushes column `k` of a sum of products. */
function pushColumn(f: WasmFunction, products: Products, k: number): void {
  for (const [n, { a, b, op }] of products.entries()) {
    for (let i = Math.max(0, k - b.length + 1); i <= Math.min(k, a.length - 1); i++) {
      f.get(a[i]!)
        .get(b[k - i]!)
        .op('i64.mul')
      if (i > Math.max(0, k - b.length + 1)) f.op('i64.add')
    }
    if (n > 0) f.op(op)
  }
}

/**
 * The columns of a sum of products: Karatsuba's formula for a low part of five limbs and a high part of four,
 * `(low + high)·(low' + high') − low·low' − high·high'` being the middle.
 */
export function sumOfProducts(f: WasmFunction, products: Products): number[] {
  const part = (from: number, to: number) =>
    products.map(({ a, b, op }) => ({ a: a.slice(from, to), b: b.slice(from, to), op }))
  const folded = (limbs: Locals) =>
    each(f, LOW, (i) => {
      f.get(limbs[i]!)
      if (LOW + i < LIMBS) f.get(limbs[LOW + i]!).op('i64.add')
    })
  const low = each(f, 2 * LOW - 1, (k) => pushColumn(f, part(0, LOW), k))
  const high = each(f, 2 * (LIMBS - LOW) - 1, (k) => pushColumn(f, part(LOW, LIMBS), k))
  const middle = products.map(({ a, b, op }) => ({ a: folded(a), b: folded(b), op }))
  return each(f, COLUMNS, (k) => {
    let terms = 0
    const add = (push: () => void) => {
      push()
      if (terms++ > 0) f.op('i64.add')
    }
    const inLow = low[k]
    const inHigh = high[k - 2 * LOW]
    if (inLow !== undefined) add(() => f.get(inLow))
    if (inHigh !== undefined) add(() => f.get(inHigh))
    if (k >= LOW && k - LOW < CROSSED) {
      add(() => {
        pushColumn(f, middle, k - LOW)
        f.get(low[k - LOW]!).op('i64.sub')
        if (high[k - LOW] !== undefined) f.get(high[k - LOW]!).op('i64.sub')
      })
    }
    if (terms === 0) f.i64(0n)
  })
}

/** The columns of a square: products of two different limbs are counted twice. */
export function square(f: WasmFunction, a: Locals): number[] {
  const twice = each(f, LIMBS, (i) => f.get(a[i]!).i64(1n).op('i64.shl'))
  return each(f, COLUMNS, (k) => {
    const first = Math.max(0, k - LIMBS + 1)
    if (first > k / 2) f.i64(0n)
    for (let i = first; 2 * i <= k; i++) {
      f.get((2 * i === k ? a : twice)[i]!)
        .get(a[k - i]!)
        .op('i64.mul')
      if (i > first) f.op('i64.add')
    }
  })
}

/** What reduction by a prime needs to know of it. */
export interface Modulus {
  readonly p: bigint
  readonly limbs: readonly bigint[]
  /** −1/p mod 2^29 */
  readonly negatedInverse: bigint
}

/**
 * Montgomery's reduction, a limb at a time: adds the multiple `q·p·2^(29·i)` that makes column `i` divisible
 * by 2^29, and carries it. Returns the upper nine columns, which then hold `(T + Q·p) / 2^261` for the
 * value T of all columns and some Q in [0, 2^261). Columns may be negative.
 *
 * Source: P. L. Montgomery, Modular multiplication without trial division (1985); by limbs: Ç. K. Koç,
 * T. Acar, B. S. Kaliski, Analyzing and comparing Montgomery multiplication algorithms (1996), "SOS".
 */
export function montgomery(f: WasmFunction, columns: Locals, { limbs, negatedInverse }: Modulus): number[] {
  const q = f.local('i64')
  for (let i = 0; i < LIMBS; i++) {
    f.get(columns[i]!).op('i32.wrap_i64').i32(Number(negatedInverse)).op('i32.mul')
    f.i32(Number(LIMB_MASK)).op('i32.and', 'i64.extend_i32_u').set(q)
    f.get(columns[i + 1]!)
    f.get(columns[i]!).get(q).i64(limbs[0]!).op('i64.mul', 'i64.add').i64(SHIFT).op('i64.shr_s', 'i64.add')
    f.set(columns[i + 1]!)
    for (let j = 1; j < LIMBS; j++) {
      f.get(columns[i + j]!)
        .get(q)
        .i64(limbs[j]!)
        .op('i64.mul', 'i64.add')
        .set(columns[i + j]!)
    }
  }
  return columns.slice(LIMBS)
}

/** Carries nine columns, whose value is an element's, and stores its limbs. */
export function carryAndStore(f: WasmFunction, columns: Locals, pointer: number, offset = 0): void {
  for (const [i, column] of columns.entries()) {
    const at = offset + LIMB_BYTES * i
    if (i === LIMBS - 1) f.get(pointer).get(column).store32(at)
    else {
      f.get(pointer).get(column).i64(LIMB_MASK).op('i64.and').store32(at)
      f.get(columns[i + 1]!)
        .get(column)
        .i64(SHIFT)
        .op('i64.shr_s', 'i64.add')
        .set(columns[i + 1]!)
    }
  }
}

/** Fraction bits of the reciprocal by which `settle` guesses. */
const RECIPROCAL_BITS = 40n
/**
 * How much less than it looks, in units of 2^232, a value counts for: more than what the columns below the
 * seventh can carry, and than what the reciprocal is too small by.
 */
const GUESS_SLACK = 64n

/**
 * Takes off the multiple of p that brings the value of nine columns, in (−5·p, 5·p], into [0, 1.001·p), then
 * carries and stores it. The multiple is guessed from the two highest columns, and never too high.
 */
export function settle(f: WasmFunction, columns: Locals, modulus: Modulus, pointer: number): void {
  const { limbs } = modulus
  const [seventh, eighth] = columns.slice(LIMBS - 2) as [number, number]
  const q = f.local('i64')
  f.get(eighth).get(seventh).i64(SHIFT).op('i64.shr_s', 'i64.add').i64(GUESS_SLACK).op('i64.sub')
  f.i64((1n << RECIPROCAL_BITS) / (limbs[LIMBS - 1]! + 1n)).op('i64.mul')
  f.i64(RECIPROCAL_BITS).op('i64.shr_s').set(q)
  for (const [i, column] of columns.entries()) {
    f.get(column).get(q).i64(limbs[i]!).op('i64.mul', 'i64.sub').set(column)
  }
  carryAndStore(f, columns, pointer)
}
