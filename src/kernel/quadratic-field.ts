import type { WasmFunction, WasmModule } from './assembler.js'
import { addConstants, carryAndStore, type Linear, load, montgomery, sumOfProducts } from './columns.js'
import type { Field } from './field.js'
import type { PrimeField } from './prime-field.js'

/**
 * The functions of pairs `a0 + a1·i` over a prime field, i² = −1, named after `name`. A coordinate of a
 * product is two products with one reduction.
 *
 * Most functions are made of calls: were the prime field's code repeated in each, the code of a sum of points
 * would not fit the processor's instruction cache. Values wait in the instance's scratch memory: seven prime
 * field elements from `setScratch` on.
 */
export function quadraticField(m: WasmModule, name: string, F: PrimeField): Field {
  const define = (suffix: string, parameters: number, body: (f: WasmFunction) => void) =>
    m.define(`${name}_${suffix}`, new Array(parameters).fill('i32'), undefined, body)
  /** Pushes the address of an operand's second coordinate. */
  const second = (f: WasmFunction, pointer: number) => f.get(pointer).i32(F.size).op('i32.add')
  /** Pushes the address of a prime field element in the scratch memory. */
  const spare = (f: WasmFunction, element: number) =>
    f
      .scratch()
      .i32(F.size * element)
      .op('i32.add')
  const both = (fn: WasmFunction, parameters: number) => (f: WasmFunction) => {
    for (let k = 0; k < parameters; k++) f.get(k)
    f.call(fn)
    for (let k = 0; k < parameters; k++) second(f, k)
    f.call(fn)
  }

  /** (a, b, c, d, out): a·b ± c·d in the prime field. */
  const twoProducts = (suffix: string, op: Linear) =>
    define(suffix, 5, (f) => {
      const products = [
        { a: load(f, 0), b: load(f, 1), op: 'i64.add' as const },
        { a: load(f, 2), b: load(f, 3), op },
      ]
      const columns = montgomery(f, sumOfProducts(f, products), F.modulus)
      if (op === 'i64.sub') addConstants(f, columns, F.modulus.limbs)
      carryAndStore(f, columns, 4)
    })
  const difference = twoProducts('differenceOfProducts', 'i64.sub')
  const sum = twoProducts('sumOfProducts', 'i64.add')

  const add = define('add', 3, both(F.add, 3))
  const sub = define('sub', 3, both(F.sub, 3))
  const neg = define('neg', 2, both(F.neg, 2))
  const copy = define('copy', 2, both(F.copy, 2))
  const mul = define('mul', 3, (f) => {
    // The first coordinate waits, as the result may take an operand's place.
    f.get(0).get(1)
    second(f, 0)
    second(f, 1).scratch().call(difference)
    f.get(0)
    second(f, 1)
    second(f, 0).get(1)
    second(f, 2).call(sum)
    f.scratch().get(2).call(F.copy)
  })
  const sqr = define('sqr', 2, (f) => {
    // (a0 + a1)·(a0 − a1) and 2·a0·a1
    f.get(0)
    second(f, 0)
    spare(f, 2).call(F.add)
    f.get(0)
    second(f, 0)
    spare(f, 3).call(F.sub)
    f.get(0).get(0)
    second(f, 0)
    second(f, 1).call(F.addMul)
    spare(f, 2)
    spare(f, 3).get(1).call(F.mul)
  })

  const waiting = 5
  const linearMul = (suffix: string, first: WasmFunction) =>
    define(suffix, 4, (f) => {
      f.get(0).get(1)
      spare(f, waiting).call(first)
      spare(f, waiting).get(2).get(3).call(mul)
    })
  const linearMulLinear = (suffix: string, first: WasmFunction, last: WasmFunction) =>
    define(suffix, 5, (f) => {
      f.get(0).get(1)
      spare(f, waiting).call(first)
      spare(f, waiting).get(2)
      spare(f, waiting).call(mul)
      spare(f, waiting).get(3).get(4).call(last)
    })
  const sqrSubSub = define('sqrSubSub', 4, (f) => {
    f.get(0)
    spare(f, waiting).call(sqr)
    spare(f, waiting).get(1)
    spare(f, waiting).call(sub)
    spare(f, waiting).get(2).get(3).call(sub)
  })

  const isZero = m.define(`${name}_isZero`, ['i32'], 'i32', (f) => {
    f.get(0)
      .call(F.isZero)
      .op('i32.eqz')
      .if(() => f.i32(0).op('return'))
    second(f, 0).call(F.isZero)
  })
  const inv = define('inv', 3, (f) => {
    // 1/(a0 + a1·i) = (a0 − a1·i)/(a0² + a1²)
    const at = (element: number) =>
      f
        .get(2)
        .i32(F.size * element)
        .op('i32.add')
    f.get(0)
    at(0).call(F.sqr)
    second(f, 0)
    at(1).call(F.sqr)
    at(0)
    at(1)
    at(0).call(F.add)
    at(0)
    at(1)
    at(2).call(F.inv)
    second(f, 0)
    at(0).call(F.neg)
    f.get(0)
    at(1).get(1).call(F.mul)
    at(0)
    at(1)
    second(f, 1).call(F.mul)
  })
  const constant = (suffix: string, first: WasmFunction) =>
    define(suffix, 1, (f) => {
      f.get(0).call(first)
      second(f, 0).call(F.setZero)
    })

  return {
    size: 2 * F.size,
    scratch: 3 * F.size,
    ...{ add, sub, neg, mul, sqr, sqrSubSub, isZero, copy, inv },
    subMul: linearMul('subMul', sub),
    addMul: linearMul('addMul', add),
    subMulSub: linearMulLinear('subMulSub', sub, sub),
    subMulAdd: linearMulLinear('subMulAdd', sub, add),
    setZero: constant('setZero', F.setZero),
    setOne: constant('setOne', F.setOne),
  }
}
