import { type PrimeField, type WasmFunction, type WasmModule, WORD_BYTES } from '../../kernel/index.js'

/**
 * For each group, (raw, count, scalars, zero, points, live, factor) → how many points are taken: of `count`
 * points as a key has them, those that are neither infinite nor have the scalar at `zero`. Their coordinates,
 * times the factor, go to `points` and on, and their numbers to `live` and on. A point that is taken may lie
 * over those of the key that come before it.
 */
export function definePoints(m: WasmModule, field: PrimeField): void {
  for (const [group, coordinates] of [
    ['g1', 2],
    ['g2', 4],
  ] as const) {
    m.define(`${group}_takePoints`, new Array(7).fill('i32'), 'i32', (f) => {
      const [raw, count, scalar, zero, point, live, factor] = [0, 1, 2, 3, 4, 5, 6]
      const [number, first] = [f.local('i32'), f.local('i32')]
      f.get(live).set(first)
      f.loop(() => {
        anyOf(f, WORD_BYTES, (at) => f.get(scalar).load64(at).get(zero).load64(at).op('i64.sub'))
        f.if(() => {
          anyOf(f, coordinates * WORD_BYTES, (at) => f.get(raw).load64(at))
          f.if(() => {
            f.get(raw).get(point).i32(coordinates).get(factor).call(field.fromWords)
            f.get(live).get(number).i32store()
            step(f, live, 4)
            step(f, point, coordinates * field.size)
          })
        })
        step(f, raw, coordinates * WORD_BYTES)
        step(f, scalar, WORD_BYTES)
        step(f, number, 1)
        f.get(number).get(count).op('i32.lt_u').brIf(0)
      })
      f.get(live).get(first).op('i32.sub').i32(2).op('i32.shr_u')
    })
  }
}

/** Pushes 1 when any of the numbers of 64 bits that `push` leaves on the stack is not zero, else 0. */
function anyOf(f: WasmFunction, bytes: number, push: (at: number) => void): void {
  for (let at = 0; at < bytes; at += 8) {
    push(at)
    if (at > 0) f.op('i64.or')
  }
  f.op('i64.eqz', 'i32.eqz')
}

function step(f: WasmFunction, pointer: number, by: number): void {
  f.get(pointer).i32(by).op('i32.add').set(pointer)
}
