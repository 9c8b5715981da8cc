import type { Field, PrimeField, WasmFunction, WasmModule } from '../kernel/index.js'

/** An address: the value of a local, and an offset to it. */
type Place = readonly [local: number, offset: number]

/** Coefficients of an element of F_p¹² over F_p²: that of w^i is the i-th, and w⁶ = ξ. */
export const DEGREE = 6
/** Elements of F_p² that the functions need as scratch memory. */
export const PAIRING_SCRATCH = 2 * DEGREE + 4

/**
 * What the loop of the optimal ate pairing is made of, named after `name`. Points of the twist are
 * homogeneous, (X/Z, Y/Z). `constants` is the address of 3/ξ, ξ, ξ^((p−1)/3) and ξ^((p−1)/2), with
 * ξ = 9 + u.
 *
 * A line is three elements of F_p²: l₀, l₃ and l₄, for l₀ + l₃·y·w³ + l₄·x·w⁴ at a point (x, y) of G1.
 * Formulas: Aranha, Karabina, Longa, Gebotys and López, Faster explicit formulas for computing pairings over
 * ordinary curves, https://eprint.iacr.org/2010/526.
 */
export function pairing(m: WasmModule, name: string, prime: PrimeField, F: Field): void {
  const S = F.size
  const define = (suffix: string, parameters: number, body: (f: WasmFunction) => void) =>
    m.define(`${name}_${suffix}`, new Array(parameters).fill('i32'), undefined, body)
  const places = (local: number, count: number) =>
    Array.from({ length: count }, (_, i): Place => [local, i * S]) as unknown as readonly Place[] & Places
  const caller =
    (f: WasmFunction) =>
    (fn: WasmFunction, ...at: readonly Place[]): void => {
      for (const [local, offset] of at) f.get(local).i32(offset).op('i32.add')
      f.call(fn)
    }

  // (R, line, constants, scratch): R becomes 2·R, and `line` is the tangent at R.
  define('double', 4, (f) => {
    const call = caller(f)
    const [X, Y, Z] = places(0, 3)
    const [l0, l3, l4] = places(1, 3)
    const [twistB, xi] = places(2, 2)
    const [a, b, c, e, g, h, t] = places(3, 7)
    call(F.mul, X, Y, a)
    call(F.sqr, Y, b)
    call(F.sqr, Z, c)
    // h = 2·Y·Z, c = 3·Z², e = 3/ξ·c
    call(F.mul, Y, Z, h)
    call(F.add, h, h, h)
    call(F.add, c, c, t)
    call(F.add, t, c, c)
    call(F.mul, twistB, c, e)
    // l₀ = ξ·(e − Y²), where ξ·e is 3·c
    call(F.add, c, c, t)
    call(F.add, t, c, t)
    call(F.mul, xi, b, l0)
    call(F.sub, t, l0, l0)
    call(F.neg, h, l3)
    call(F.sqr, X, t)
    call(F.add, t, t, l4)
    call(F.add, l4, t, l4)
    // X = 2·X·Y·(Y² − 3·e), Y = (Y² + 3·e)² − 12·e², Z = 8·Y³·Z
    call(F.add, e, e, t)
    call(F.add, t, e, t)
    call(F.add, b, t, g)
    call(F.subMul, b, t, a, X)
    call(F.add, X, X, X)
    call(F.sqr, e, t)
    call(F.add, t, t, e)
    call(F.add, e, t, t)
    call(F.add, t, t, t)
    call(F.sqrSubSub, g, t, t, Y)
    call(F.mul, b, h, Z)
    call(F.add, Z, Z, Z)
    call(F.add, Z, Z, Z)
  })

  // (R, Q, line, constants, scratch): R becomes R + Q, with Q affine, and `line` is that through both. Where
  // they are equal, or R is infinity, R becomes (0, 0, 0) and stays it: Z = 0 tells.
  define('add', 5, (f) => {
    const call = caller(f)
    const [X, Y, Z] = places(0, 3)
    const [x, y] = places(1, 2)
    const [l0, l3, l4] = places(2, 3)
    const [, xi] = places(3, 2)
    const [d, e, g, h, i, j, t] = places(4, 7)
    call(F.mul, x, Z, t)
    call(F.sub, X, t, d)
    call(F.mul, y, Z, t)
    call(F.sub, Y, t, e)
    call(F.mul, e, x, t)
    call(F.mul, d, y, g)
    call(F.subMul, t, g, xi, l0)
    call(F.copy, d, l3)
    call(F.neg, e, l4)
    call(F.sqr, d, t)
    call(F.mul, d, t, h)
    call(F.mul, X, t, i)
    call(F.sqr, e, g)
    call(F.mul, Z, g, t)
    call(F.add, h, t, t)
    call(F.sub, t, i, t)
    call(F.sub, t, i, j)
    call(F.mul, d, j, X)
    call(F.mul, h, Y, t)
    call(F.subMulSub, i, j, e, t, Y)
    call(F.mul, Z, h, Z)
  })

  // (f, line, P, constants, scratch): f is multiplied by the line at P, affine in G1. The line is lost.
  define('multiplyLine', 5, (f) => {
    const call = caller(f)
    const from = places(0, DEGREE)
    const [l0, l3, l4] = places(1, 3)
    const [x, y]: [Place, Place] = [
      [2, 0],
      [2, prime.size],
    ]
    const [, xi] = places(3, 2)
    const to = places(4, DEGREE)
    const [xi3, xi4, t] = places(4, DEGREE + 3).slice(DEGREE) as unknown as Places
    for (const [line, coordinate] of [
      [l3, y],
      [l4, x],
    ] as const) {
      const second: Place = [line[0], line[1] + prime.size]
      call(prime.mul, line, coordinate, line)
      call(prime.mul, second, coordinate, second)
    }
    call(F.mul, xi, l3, xi3)
    call(F.mul, xi, l4, xi4)
    for (const [k, out] of to.entries()) {
      call(F.mul, from[k]!, l0, out)
      for (const [power, plain, wrapped] of [
        [3, l3, xi3],
        [4, l4, xi4],
      ] as const) {
        call(F.mul, from[(k - power + DEGREE) % DEGREE]!, k < power ? wrapped : plain, t)
        call(F.add, out, t, out)
      }
    }
    for (const [k, out] of to.entries()) call(F.copy, out, from[k]!)
  })

  // (f, constants, scratch): f becomes f².
  define('square', 3, (f) => {
    const call = caller(f)
    const from = places(0, DEGREE)
    const [, xi] = places(1, 2)
    const sums = places(2, 2 * DEGREE - 1)
    const t = places(2, 2 * DEGREE)[2 * DEGREE - 1]!
    for (const [k, sum] of sums.entries()) {
      call(F.setZero, sum)
      for (let i = Math.max(0, k - DEGREE + 1); 2 * i < k; i++) {
        call(F.mul, from[i]!, from[k - i]!, t)
        call(F.add, sum, t, sum)
      }
      call(F.add, sum, sum, sum)
      if (k % 2 === 1) continue
      call(F.sqr, from[k / 2]!, t)
      call(F.add, sum, t, sum)
    }
    for (const [k, to] of from.entries()) {
      const wrapped = sums[k + DEGREE]
      if (wrapped === undefined) {
        call(F.copy, sums[k]!, to)
        continue
      }
      call(F.mul, xi, wrapped, t)
      call(F.add, sums[k]!, t, to)
    }
  })

  // (Q, out, constants): out = ψ(Q), affine: (x̄·ξ^((p−1)/3), ȳ·ξ^((p−1)/2)).
  define('frobenius', 3, (f) => {
    const call = caller(f)
    const factors = places(2, 4).slice(2)
    for (const [k, out] of places(1, 2).entries()) {
      const from = places(0, 2)[k]!
      call(prime.copy, from, out)
      call(prime.neg, [from[0], from[1] + prime.size], [out[0], out[1] + prime.size])
      call(F.mul, out, factors[k]!, out)
    }
  })
}

/** As many as there are: the callers take those that they have asked for. */
type Places = readonly [Place, Place, Place, Place, Place, Place, Place]
