import type { WasmFunction, WasmModule } from './assembler.js'
import {
  accumulate,
  addConstants,
  carryAndStore,
  each,
  type Linear,
  type Locals,
  load,
  loadLinear,
  type Modulus,
  modulusOf,
  montgomery,
  settle,
  square,
  sumOfProducts,
} from './columns.js'
import type { Field } from './field.js'
import { ELEMENT_BYTES, LIMB_BITS, LIMB_BYTES, LIMB_MASK, LIMBS, limbsOf, toMontgomery } from './limbs.js'

/** Bytes of an integer as files have it: 256 bits, the lowest byte first. */
export const WORD_BYTES = 32
const WORDS = 4
const WORD_BITS = 64

export interface PrimeField extends Field {
  readonly modulus: Modulus
  /** (a, out): the canonical limbs of a, its value in [0, p). Montgomery form stays. */
  readonly reduce: WasmFunction
  /**
   * (a, b, w): one step of a transform by decimation in frequency, in place: a becomes a + b, and b becomes
   * (b − a)·w, w being a root times −1.
   */
  readonly dif: WasmFunction
  /** (a, b, w): one step by decimation in time, in place: a becomes a + b·w, and b becomes a − b·w. */
  readonly dit: WasmFunction
  /**
   * (from, to, count, factor): `count` integers of 32 bytes as elements, each of them times `factor` and
   * divided by 2^261: with 2^522 mod p it is their Montgomery form. A factor at address 0 leaves the integers
   * as they are, which must then be below 2·p.
   */
  readonly fromWords: WasmFunction
  /**
   * (from, to, count, factor): the way back, to canonical integers of 32 bytes; with the factor 1, out of
   * Montgomery form. The first element of the scratch memory is lost.
   */
  readonly toWords: WasmFunction
}

/**
 * The functions of the integers modulo a prime between 2^253 and 2^254, named after `name`.
 *
 * An element is **lazy**: nine limbs of 29 bits, the value of all of them being congruent to what is meant
 * and below 3·p, down to a multiple of 2^232, so that the top limb alone tells. Every function takes and
 * stores lazy elements. Only `reduce` and `toWords` make them canonical.
 *
 * Values come out of a multiplication below 1.61·p, of one with a difference below 2.56·p, since p is added
 * before the carries, and of all that ends by `settle` below 1.001·p.
 */
export function primeField(m: WasmModule, name: string, p: bigint): PrimeField {
  const modulus = modulusOf(p)
  const define = (suffix: string, parameters: number, body: (f: WasmFunction) => void) =>
    m.define(`${name}_${suffix}`, new Array(parameters).fill('i32'), undefined, body)

  const multiplied = (f: WasmFunction, a: Locals, b: Locals) =>
    montgomery(f, sumOfProducts(f, [{ a, b, op: 'i64.add' }]), modulus)
  const linear = (op: Linear) => (f: WasmFunction) => settle(f, loadLinear(f, 0, 1, op), modulus, 2)
  const add = define('add', 3, linear('i64.add'))
  const sub = define('sub', 3, linear('i64.sub'))
  const neg = define('neg', 2, (f) => {
    const columns = each(f, LIMBS, (i) =>
      f
        .i64(0n)
        .get(0)
        .load32u(LIMB_BYTES * i)
        .op('i64.sub'),
    )
    settle(f, columns, modulus, 1)
  })
  const mul = define('mul', 3, (f) => carryAndStore(f, multiplied(f, load(f, 0), load(f, 1)), 2))
  const sqr = define('sqr', 2, (f) => carryAndStore(f, montgomery(f, square(f, load(f, 0)), modulus), 1))

  const linearMul = (suffix: string, op: Linear) =>
    define(suffix, 4, (f) => {
      const columns = multiplied(f, loadLinear(f, 0, 1, op), load(f, 2))
      if (op === 'i64.sub') addConstants(f, columns, modulus.limbs)
      carryAndStore(f, columns, 3)
    })
  const linearMulLinear = (suffix: string, op: Linear, last: Linear) =>
    define(suffix, 5, (f) => {
      const columns = multiplied(f, loadLinear(f, 0, 1, op), load(f, 2))
      accumulate(f, columns, 3, last)
      settle(f, columns, modulus, 4)
    })
  const sqrSubSub = define('sqrSubSub', 4, (f) => {
    const columns = montgomery(f, square(f, load(f, 0)), modulus)
    accumulate(f, columns, 1, 'i64.sub')
    accumulate(f, columns, 2, 'i64.sub')
    settle(f, columns, modulus, 3)
  })

  const dif = define('dif', 3, (f) => {
    const [a, b] = [load(f, 0), load(f, 1)]
    const sum = each(f, LIMBS, (i) => f.get(a[i]!).get(b[i]!).op('i64.add'))
    const difference = each(f, LIMBS, (i) => f.get(b[i]!).get(a[i]!).op('i64.sub'))
    const w = load(f, 2)
    settle(f, sum, modulus, 0)
    const columns = multiplied(f, difference, w)
    addConstants(f, columns, modulus.limbs)
    carryAndStore(f, columns, 1)
  })
  const dit = define('dit', 3, (f) => {
    const product = multiplied(f, load(f, 1), load(f, 2))
    const a = load(f, 0)
    const sum = each(f, LIMBS, (i) => f.get(a[i]!).get(product[i]!).op('i64.add'))
    const difference = each(f, LIMBS, (i) => f.get(a[i]!).get(product[i]!).op('i64.sub'))
    settle(f, sum, modulus, 0)
    settle(f, difference, modulus, 1)
  })

  const reduce = define('reduce', 2, (f) => {
    const a = load(f, 0)
    // Below 3·p: p comes off twice at most.
    for (let times = 0; times < 2; times++) subtractIfNotBelow(f, a, modulus)
    for (const [i, limb] of a.entries())
      f.get(1)
        .get(limb)
        .store32(LIMB_BYTES * i)
  })
  const isZero = m.define(`${name}_isZero`, ['i32'], 'i32', (f) => {
    // The limbs of 0, p and 2·p: no other value below 3·p is zero.
    const zeros = [0n, p, 2n * p].map((multiple) => limbsOf(multiple).map(Number))
    const low = f.local('i32')
    f.get(0).i32load().set(low)
    for (const [i, zero] of zeros.entries()) {
      f.get(low).i32(zero[0]!).op('i32.ne')
      if (i > 0) f.op('i32.and')
    }
    f.if(() => f.i32(0).op('return'))
    for (const [n, zero] of zeros.entries()) {
      for (const [i, limb] of zero.entries()) {
        f.get(0)
          .i32load(LIMB_BYTES * i)
          .i32(limb)
          .op('i32.xor')
        if (i > 0) f.op('i32.or')
      }
      f.op('i32.eqz')
      if (n > 0) f.op('i32.or')
    }
  })
  const copy = define('copy', 2, copyElement)
  const constant = (suffix: string, value: bigint) =>
    define(suffix, 1, (f) => {
      for (const [i, limb] of limbsOf(value).entries()) {
        f.get(0)
          .i32(Number(limb))
          .i32store(LIMB_BYTES * i)
      }
    })
  const inv = define('inv', 3, (f) => {
    // Fermat: a^(p − 2), its bits from the highest down.
    f.get(0).get(2).call(copy)
    for (const bit of (p - 2n).toString(2).slice(1)) {
      f.get(2).get(2).call(sqr)
      if (bit === '1') f.get(2).get(0).get(2).call(mul)
    }
    f.get(2).get(1).call(copy)
  })

  const fromWords = define('fromWords', 4, (f) => {
    const [from, to, count, factor] = [0, 1, 2, 3]
    f.loop(() => {
      const words = each(f, WORDS, (i) => f.get(from).load64((WORD_BITS / 8) * i))
      for (let i = 0; i < LIMBS; i++) {
        const [word, bit] = [Math.floor((LIMB_BITS * i) / WORD_BITS), (LIMB_BITS * i) % WORD_BITS]
        f.get(to).get(words[word]!).i64(BigInt(bit)).op('i64.shr_u')
        if (bit + LIMB_BITS > WORD_BITS && word + 1 < WORDS) {
          f.get(words[word + 1]!)
            .i64(BigInt(WORD_BITS - bit))
            .op('i64.shl', 'i64.or')
        }
        f.i64(LIMB_MASK)
          .op('i64.and')
          .store32(LIMB_BYTES * i)
      }
      f.get(factor).if(() => f.get(to).get(factor).get(to).call(mul))
      next(f, { [from]: WORD_BYTES, [to]: ELEMENT_BYTES }, count)
    })
  })
  const toWords = define('toWords', 4, (f) => {
    const [from, to, count, factor] = [0, 1, 2, 3]
    f.loop(() => {
      f.get(from).get(factor).scratch().call(mul)
      f.scratch().scratch().call(reduce)
      const at = f.local('i32')
      f.scratch().set(at)
      const limbs = load(f, at)
      for (let word = 0; word < WORDS; word++) {
        f.get(to)
        let terms = 0
        for (const [i, limb] of limbs.entries()) {
          const bit = LIMB_BITS * i - WORD_BITS * word
          if (bit <= -LIMB_BITS || bit >= WORD_BITS) continue
          f.get(limb)
            .i64(BigInt(Math.abs(bit)))
            .op(bit < 0 ? 'i64.shr_u' : 'i64.shl')
          if (terms++ > 0) f.op('i64.or')
        }
        f.store64((WORD_BITS / 8) * word)
      }
      next(f, { [from]: ELEMENT_BYTES, [to]: WORD_BYTES }, count)
    })
  })

  return {
    modulus,
    size: ELEMENT_BYTES,
    scratch: ELEMENT_BYTES,
    ...{ add, sub, neg, mul, sqr, sqrSubSub, dif, dit, reduce, isZero, copy, inv, fromWords, toWords },
    subMul: linearMul('subMul', 'i64.sub'),
    addMul: linearMul('addMul', 'i64.add'),
    subMulSub: linearMulLinear('subMulSub', 'i64.sub', 'i64.sub'),
    subMulAdd: linearMulLinear('subMulAdd', 'i64.sub', 'i64.add'),
    setZero: constant('setZero', 0n),
    setOne: constant('setOne', toMontgomery(1n, p)),
  }
}

/** Takes p off limbs in locals when their value is at least p. */
function subtractIfNotBelow(f: WasmFunction, a: Locals, { limbs }: Modulus): void {
  const difference = each(f, LIMBS, (i) => f.get(a[i]!).i64(limbs[i]!).op('i64.sub'))
  for (let i = 1; i < LIMBS; i++) {
    const [below, column] = [difference[i - 1]!, difference[i]!]
    f.get(column).get(below).i64(BigInt(LIMB_BITS)).op('i64.shr_s', 'i64.add').set(column)
    f.get(below).i64(LIMB_MASK).op('i64.and').set(below)
  }
  f.get(difference[LIMBS - 1]!)
    .i64(63n)
    .op('i64.shr_u', 'i32.wrap_i64', 'i32.eqz')
  f.if(() => {
    for (const [i, limb] of a.entries()) f.get(difference[i]!).set(limb)
  })
}

/** Goes on by these steps, and starts the loop around again until `count` is used up. */
function next(f: WasmFunction, steps: Record<number, number>, count: number): void {
  for (const [pointer, bytes] of Object.entries(steps)) {
    f.get(Number(pointer)).i32(bytes).op('i32.add').set(Number(pointer))
  }
  f.get(count).i32(1).op('i32.sub').tee(count).brIf(0)
}

function copyElement(f: WasmFunction): void {
  const last = ELEMENT_BYTES - LIMB_BYTES
  for (let at = 0; at < last; at += 2 * LIMB_BYTES) f.get(1).get(0).load64(at).store64(at)
  f.get(1).get(0).i32load(last).i32store(last)
}
