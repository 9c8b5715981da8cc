import { type PrimeField, type WasmFunction, type WasmModule, WORD_BYTES } from '../../kernel/index.js'

/** Where a coefficient of a proving key has its matrix, row, wire and value. */
const [MATRIX, ROW, WIRE, VALUE] = [0, 4, 8, 12]
export const COEFFICIENT_BYTES = VALUE + WORD_BYTES

/**
 * Vectors over the scalar field: the rows of a circuit, and the transforms that make its quotient. An `end`
 * is where the first operand ends; none is empty.
 */
export function defineQuotient(m: WasmModule, field: PrimeField): void {
  const define = (name: string, parameters: number, body: (f: WasmFunction) => void) =>
    m.define(name, new Array(parameters).fill('i32'), undefined, body)

  /**
   * (coefficients, end, a, b, rows, witness, wires, factor, scratch) → 1 when one names a matrix, row or wire
   * that is not there, else 0. Adds each coefficient, times the factor and its wire, to its row of A or B.
   * Scratch memory: two elements.
   */
  m.define('addRows', new Array(9).fill('i32'), 'i32', (f) => {
    const [coefficient, end, a, b, rows, witness, wires, factor, scratch] = [0, 1, 2, 3, 4, 5, 6, 7, 8]
    const [row, wire] = [f.local('i32'), f.local('i32')]
    const second = () => f.get(scratch).i32(field.size).op('i32.add')
    f.loop(() => {
      f.get(coefficient).i32load(MATRIX).i32(1).op('i32.gt_u')
      f.get(coefficient).i32load(ROW).tee(row).get(rows).op('i32.ge_u', 'i32.or')
      f.get(coefficient).i32load(WIRE).tee(wire).get(wires).op('i32.ge_u', 'i32.or')
      f.if(() => f.i32(1).op('return'))
      f.get(witness).get(wire).i32(WORD_BYTES).op('i32.mul', 'i32.add').tee(wire).load64()
      for (const at of [8, 16, 24]) f.get(wire).load64(at).op('i64.or')
      f.op('i64.eqz', 'i32.eqz')
      f.if(() => {
        f.get(row).i32(field.size).op('i32.mul').set(row)
        f.get(coefficient).i32load(MATRIX)
        f.if(
          () => f.get(row).get(b).op('i32.add').set(row),
          () => f.get(row).get(a).op('i32.add').set(row),
        )
        f.get(coefficient).i32(VALUE).op('i32.add').get(scratch).i32(1).get(factor).call(field.fromWords)
        f.get(wire)
        second().i32(1).i32(0).call(field.fromWords)
        f.get(scratch)
        second().get(scratch).call(field.mul)
        f.get(row).get(scratch).get(row).call(field.add)
      })
      f.get(coefficient).i32(COEFFICIENT_BYTES).op('i32.add').tee(coefficient).get(end)
      f.op('i32.lt_u').brIf(0)
    })
    f.i32(0)
  })

  /** The next elements, and the loop again until `end`. */
  const next = (f: WasmFunction, end: number, first: number, ...others: readonly number[]) => {
    for (const pointer of others) f.get(pointer).i32(field.size).op('i32.add').set(pointer)
    f.get(first).i32(field.size).op('i32.add').tee(first).get(end).op('i32.lt_u').brIf(0)
  }

  /** (a, end, b, factor, out): a·b times the factor, value by value. */
  define('multiplyEach', 5, (f) => {
    f.loop(() => {
      f.get(0).get(2).get(4).call(field.mul)
      f.get(4).get(3).get(4).call(field.mul)
      next(f, 1, 0, 2, 4)
    })
  })

  /** (a, end, b, c): a·b − c in the place of a, value by value. */
  define('multiplySubtractEach', 4, (f) => {
    f.loop(() => {
      f.get(0).get(2).get(0).call(field.mul)
      f.get(0).get(3).get(0).call(field.sub)
      next(f, 1, 0, 2, 3)
    })
  })

  /**
   * (values, end, half, roots, stride): a layer of a transform, over blocks of two halves of `half` bytes;
   * `stride` bytes lie between the roots of neighbours.
   */
  for (const kind of ['dif', 'dit'] as const) {
    define(`${kind}Layer`, 5, (f) => {
      const [value, end, half, roots, stride] = [0, 1, 2, 3, 4]
      const [stop, root] = [f.local('i32'), f.local('i32')]
      f.loop(() => {
        f.get(value).get(half).op('i32.add').set(stop)
        f.get(roots).set(root)
        f.loop(() => {
          f.get(value).get(value).get(half).op('i32.add').get(root).call(field[kind])
          f.get(root).get(stride).op('i32.add').set(root)
          next(f, stop, value)
        })
        f.get(value).get(half).op('i32.add').tee(value).get(end).op('i32.lt_u').brIf(0)
      })
    })
  }
}
