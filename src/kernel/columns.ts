/**
 * What the functions of a field are made of: products of limbs by columns, Montgomery's reduction, carries.
 *
 * Column `k` counts 2^(29·k). Columns are kept in locals, as signed 64-bit integers; none ever leaves their
 * range. `test/src/kernel/bounds.test.ts` proves it, and every range that is stated here, for all operands.
 */

import type { WasmFunction } from './assembler.js'
import { LIMB_BITS, LIMB_BYTES, LIMB_MASK, LIMBS, limbsOf } from './limbs.js'

/** Locals that hold limbs or columns, the lowest first. */
export type Locals = readonly number[]
export type Linear = 'i64.add' | 'i64.sub'

/** Columns of a product of two elements; the last one is zero. */
const COLUMNS = 2 * LIMBS
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

/** Pushes column `k` of something, and says whether it has one. */
export type Columns = (k: number) => boolean

/** A sum of products of limbs: those that are subtracted come after one that is added. */
type Products = readonly { readonly a: Locals; readonly b: Locals; readonly op: Linear }[]

/** Pushes column `k` of a sum of products. */
function pushColumn(f: WasmFunction, products: Products, k: number): void {
  for (const [n, { a, b, op }] of products.entries()) {
    const first = Math.max(0, k - b.length + 1)
    for (let i = first; i <= Math.min(k, a.length - 1); i++) {
      f.get(a[i]!)
        .get(b[k - i]!)
        .op('i64.mul')
      if (i > first) f.op('i64.add')
    }
    if (n > 0) f.op(op)
  }
}

/** An operand of a product: its limbs, and the sums of its low and its high limbs. */
export interface Operand {
  readonly limbs: Locals
  readonly folded: Locals
}

/** The sums of low and high limbs; the highest low limb has no partner. */
export function fold(f: WasmFunction, limbs: Locals): Operand {
  const sums = each(f, LIMBS - LOW, (i) =>
    f
      .get(limbs[i]!)
      .get(limbs[LOW + i]!)
      .op('i64.add'),
  )
  return { limbs, folded: [...sums, limbs[LOW - 1]!] }
}

/** What the columns of a product are made of. */
export interface Parts {
  readonly low: Locals
  readonly high: Locals
  readonly middle: Locals
}

const PARTS = [
  ['low', 2 * LOW - 1],
  ['high', 2 * (LIMBS - LOW) - 1],
  ['middle', CROSSED],
] as const

/** The parts of a sum of products; added to `sum` where there is one, whose locals then hold them. */
export function partsOf(
  f: WasmFunction,
  operands: readonly { readonly a: Operand; readonly b: Operand; readonly op: Linear }[],
  sum?: Parts,
): Parts {
  const limbs = (from: number, to: number) =>
    operands.map(({ a, b, op }) => ({ a: a.limbs.slice(from, to), b: b.limbs.slice(from, to), op }))
  const products = {
    low: limbs(0, LOW),
    high: limbs(LOW, LIMBS),
    middle: operands.map(({ a, b, op }) => ({ a: a.folded, b: b.folded, op })),
  }
  const made = PARTS.map(([part, count]) => {
    const to = sum?.[part] ?? locals(f, count)
    for (const [k, local] of to.entries()) {
      pushColumn(f, products[part], k)
      if (sum) f.get(local).op('i64.add')
      f.set(local)
    }
    return [part, to]
  })
  return Object.fromEntries(made) as unknown as Parts
}

/** Parts that are zero, as all locals are when a function is entered. */
export function noParts(f: WasmFunction): Parts {
  return Object.fromEntries(PARTS.map(([part, count]) => [part, locals(f, count)])) as unknown as Parts
}

/**
 * The columns of a sum of products from its parts, by Karatsuba's formula for a low part of five limbs and a
 * high part of four: `(low + high)·(low' + high') − low·low' − high·high'` is the middle.
 */
export function columnsOf(f: WasmFunction, { low, high, middle }: Parts): Columns {
  return (k) => {
    let terms = 0
    const add = (local: number | undefined, op: Linear = 'i64.add') => {
      if (local === undefined) return
      f.get(local)
      if (terms++ > 0) f.op(op)
    }
    if (k >= LOW && k - LOW < CROSSED) {
      add(middle[k - LOW])
      add(low[k - LOW], 'i64.sub')
      add(high[k - LOW], 'i64.sub')
    }
    add(low[k])
    add(high[k - 2 * LOW])
    return terms > 0
  }
}

/** The columns of a sum of products; the first one is added. */
export function sumOfProducts(f: WasmFunction, products: Products): Columns {
  return (k) => {
    if (k === COLUMNS - 1) return false
    pushColumn(f, products, k)
    return true
  }
}

/** The columns of a square: products of two different limbs are counted twice. */
export function square(f: WasmFunction, a: Locals): Columns {
  const twice = each(f, LIMBS, (i) => f.get(a[i]!).i64(1n).op('i64.shl'))
  return (k) => {
    const first = Math.max(0, k - LIMBS + 1)
    for (let i = first; 2 * i <= k; i++) {
      f.get((2 * i === k ? a : twice)[i]!)
        .get(a[k - i]!)
        .op('i64.mul')
      if (i > first) f.op('i64.add')
    }
    return 2 * first <= k
  }
}

/** What reduction by a prime needs to know of it. */
export interface Modulus {
  readonly p: bigint
  readonly limbs: readonly bigint[]
  /** −1/p mod 2^29 */
  readonly negatedInverse: bigint
  /** Limbs of (k·p + 1) / 2^29, where k is `negatedInverse`: below p. */
  readonly quotient: readonly bigint[]
}

/** The modulus of a prime between 2^253 and 2^254. */
export function modulusOf(p: bigint): Modulus {
  // Newton's iteration: each step doubles the bits that are right.
  let inverse = 1n
  for (let bits = 1; bits < LIMB_BITS; bits *= 2) inverse = (inverse * (2n - p * inverse)) & LIMB_MASK
  const negatedInverse = -inverse & LIMB_MASK
  return { p, limbs: limbsOf(p), negatedInverse, quotient: limbsOf((negatedInverse * p + 1n) >> SHIFT) }
}

/**
 * Montgomery's reduction, a column at a time. Returns nine columns, which hold the value of all that are
 * reduced over 2^261, modulo p, and up to (1 + k/2^29)·p more. Columns may be negative.
 *
 * Column `i` is made divisible by 2^29 by adding `q·k·p` for its lowest 29 bits q: as k·p is −1 modulo 2^29,
 * `(t + q·k·p) / 2^29 = ⌊t / 2^29⌋ + q·(k·p + 1)/2^29`, and no product is needed to find q. As k·p is large,
 * the ninth takes `q·k mod 2^29` times p instead.
 *
 * All that goes to a column is added up before the next one is begun: a processor's few registers then hold
 * one sum, and limbs come from memory. By rows, or by Karatsuba's formula with its fewer products, many sums
 * would have to wait, and it takes an eighth longer.
 *
 * Source: P. L. Montgomery, Modular multiplication without trial division (1985); by columns: Ç. K. Koç,
 * T. Acar, B. S. Kaliski, Analyzing and comparing Montgomery multiplication algorithms (1996), "FIPS".
 */
export function montgomery(f: WasmFunction, push: Columns, modulus: Modulus): number[] {
  const { limbs, negatedInverse, quotient } = modulus
  const last = LIMBS - 1
  const [q, carried] = [locals(f, LIMBS), f.local('i64')]
  const column = (k: number) => {
    let terms = push(k) ? 1 : 0
    const add = () => terms++ > 0 && f.op('i64.add')
    const addProduct = (i: number, limb: bigint | undefined) => {
      if (limb === undefined) return
      f.get(q[i]!).i64(limb).op('i64.mul')
      add()
    }
    for (let i = 0; i < Math.min(k, last); i++) addProduct(i, quotient[k - 1 - i])
    if (k > last) addProduct(last, limbs[k - last])
    if (k > 0 && k <= LIMBS) {
      f.get(carried)
      add()
    }
    if (terms === 0) f.i64(0n)
  }
  for (let i = 0; i < last; i++) {
    column(i)
    f.tee(carried).i64(LIMB_MASK).op('i64.and').set(q[i]!)
    f.get(carried).i64(SHIFT).op('i64.shr_s').set(carried)
  }
  column(last)
  f.tee(carried).op('i32.wrap_i64').i32(Number(negatedInverse)).op('i32.mul')
  f.i32(Number(LIMB_MASK)).op('i32.and', 'i64.extend_i32_u').set(q[last]!)
  f.get(carried).get(q[last]!).i64(limbs[0]!).op('i64.mul', 'i64.add').i64(SHIFT).op('i64.shr_s')
  f.set(carried)
  return each(f, LIMBS, (i) => column(LIMBS + i))
}

/** Carries nine columns, whose value is an element's: they are its limbs afterwards. */
export function carry(f: WasmFunction, columns: Locals): void {
  for (const [i, column] of columns.slice(0, -1).entries()) {
    const next = columns[i + 1]!
    f.get(next).get(column).i64(SHIFT).op('i64.shr_s', 'i64.add').set(next)
    f.get(column).i64(LIMB_MASK).op('i64.and').set(column)
  }
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
 * Takes off the multiple of p that brings the value of nine columns, in (−6·p, 6·p), into [0, 1.001·p), then
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
