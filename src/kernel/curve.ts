import type { WasmFunction, WasmModule } from './assembler.js'
import type { Field } from './field.js'

/** In the first word of an affine point: the point at infinity. No limb has so many bits. */
export const INFINITY_WORD = 0xffffffff
/** In the address of a point, which is a multiple of four: the point's opposite is meant. */
export const NEGATED = 2
/** In the addresses of a pair, for `addPairs` itself: the points are equal; the sum needs no division. */
const DOUBLED = 1
const SPECIAL = 1
const ADDRESS = ~3
/** Bytes that one access brings into the cache. */
const CACHE_LINE = 64
/** Field elements that the functions of one point need as scratch memory. */
const POINT_SCRATCH = 8
/** Field elements that `addPairs` needs beside those of its pairs, and before the field's own scratch. */
const PAIRS_SCRATCH = 4

/** An address: the value of a local, and an offset to it. */
type Place = readonly [local: number, offset: number]

export interface Curve {
  /** Bytes of an affine point, which is (x, y); `INFINITY_WORD` in its first word makes it infinity. */
  readonly size: number
  /** Bytes of a Jacobian point (X, Y, Z), which is (X/Z², Y/Z³); Z = 0 is infinity. */
  readonly jacobianSize: number
  /** Bytes of scratch memory that `double`, `addMixed`, `add` and `sumBuckets` need. */
  readonly scratch: number
  /** Bytes of scratch memory that `addPairs` needs. */
  pairsScratch(count: number): number
  /**
   * (pairs, count, out, scratch): out[i] = ±A[i] ± B[i], all affine, `count` from 1 on. A pair is the
   * addresses of its two points, with `NEGATED` added for an opposite; the pairs are lost. Points may be
   * equal, opposite or infinite. `out` overlaps no point of a pair.
   */
  readonly addPairs: WasmFunction
  /** (P, out, scratch): 2·P, Jacobian. */
  readonly double: WasmFunction
  /** (P, a, negated, scratch): P += a, or P −= a unless `negated` is 0; a is affine and not infinity. */
  readonly addMixed: WasmFunction
  /** (P, Q, scratch): P += Q, Jacobian. */
  readonly add: WasmFunction
  /**
   * (addresses, count, out, scratch): Σ (k + 1)·bucket[k], Jacobian. An address is that of an affine point,
   * with `NEGATED` for its opposite, or 0 for an empty bucket. `out` has room for two points.
   */
  readonly sumBuckets: WasmFunction
}

/**
 * The functions of a curve y² = x³ + b of odd order over a field, named after `name`. Coordinates are lazy
 * elements; all points are on the curve.
 *
 * A sum of many points is made of affine additions, with one inversion for all pairs of a call: 6 products
 * and a square each. Sources: P. L. Montgomery, Speeding the Pollard and elliptic curve methods of
 * factorization (1987), for the shared inversion; Explicit-Formulas Database (hyperelliptic.org/EFD), for
 * the Jacobian formulas by their names there.
 */
export function curve(m: WasmModule, name: string, F: Field): Curve {
  const S = F.size
  const define = (suffix: string, parameters: number, body: (f: WasmFunction) => void) =>
    m.define(`${name}_${suffix}`, new Array(parameters).fill('i32'), undefined, body)

  const addPairs = define('addPairs', 4, (f) => addPairsBody(f, F))

  const double = define('double', 3, (f) => {
    // dbl-2009-l
    const { call, spare } = builder(f, F)
    const [X, Y, Z] = jacobian(0, S)
    const [outX, outY, outZ] = jacobian(1, S)
    const [xx, yy, yyyy, d, e] = spare(2, 5)
    call(F.sqr, X, xx)
    call(F.sqr, Y, yy)
    call(F.sqr, yy, yyyy)
    // D = 2·((X + YY)² − XX − YYYY)
    call(F.add, X, yy, d)
    call(F.sqrSubSub, d, xx, yyyy, d)
    call(F.add, d, d, d)
    // E = 3·XX
    call(F.add, xx, xx, e)
    call(F.add, e, xx, e)
    call(F.addMul, Y, Y, Z, outZ)
    call(F.sqrSubSub, e, d, d, outX)
    // Y = E·(D − X) − 8·YYYY
    for (let times = 0; times < 3; times++) call(F.add, yyyy, yyyy, yyyy)
    call(F.subMulSub, d, outX, e, yyyy, outY)
  })

  /** Where two points have one x, h being zero: double the first one in place, or make it infinity. */
  const endWhereZero = (f: WasmFunction, h: Place, r: Place, scratch: number) => {
    const { at, call } = builder(f, F)
    at(h)
    f.call(F.isZero).if(() => {
      at(r)
      f.call(F.isZero).if(
        () => f.get(0).get(0).get(scratch).call(double),
        () => call(F.setZero, jacobian(0, S)[2]),
      )
      f.op('return')
    })
  }

  const addMixed = define('addMixed', 4, (f) => {
    // madd-2004-hmv
    const { at, call, spare } = builder(f, F)
    const [X, Y, Z] = jacobian(0, S)
    const x: Place = [1, 0]
    const [y, zz, h, r, hh, hhh, v] = spare(3, 7)
    f.get(2).if(
      () => call(F.neg, [1, S], y),
      () => call(F.copy, [1, S], y),
    )
    at(Z)
    f.call(F.isZero).if(() => {
      call(F.copy, x, X)
      call(F.copy, y, Y)
      call(F.setOne, Z)
      f.op('return')
    })
    call(F.sqr, Z, zz)
    call(F.mul, x, zz, h)
    call(F.sub, h, X, h)
    call(F.mul, y, Z, r)
    call(F.mul, r, zz, r)
    call(F.sub, r, Y, r)
    endWhereZero(f, h, r, 3)
    call(F.sqr, h, hh)
    call(F.mul, h, hh, hhh)
    call(F.mul, X, hh, v)
    chord(f, F, { X, Y, r, v, hhh, y: Y })
    call(F.mul, Z, h, Z)
  })

  const add = define('add', 3, (f) => {
    // add-1998-cmo-2
    const { at, call, spare } = builder(f, F)
    const [X, Y, Z] = jacobian(0, S)
    const [X2, Y2, Z2] = jacobian(1, S)
    const [zz, zz2, u, s, h, r, hh, hhh] = spare(2, 8)
    at(Z2)
    f.call(F.isZero).if(() => f.op('return'))
    at(Z)
    f.call(F.isZero).if(() => {
      call(F.copy, X2, X)
      call(F.copy, Y2, Y)
      call(F.copy, Z2, Z)
      f.op('return')
    })
    call(F.sqr, Z, zz)
    call(F.sqr, Z2, zz2)
    call(F.mul, X, zz2, u)
    call(F.mul, X2, zz, h)
    call(F.sub, h, u, h)
    call(F.mul, Y, Z2, s)
    call(F.mul, s, zz2, s)
    call(F.mul, Y2, Z, r)
    call(F.mul, r, zz, r)
    call(F.sub, r, s, r)
    endWhereZero(f, h, r, 2)
    call(F.sqr, h, hh)
    call(F.mul, h, hh, hhh)
    call(F.mul, u, hh, u)
    call(F.mul, Z, Z2, Z)
    call(F.mul, Z, h, Z)
    chord(f, F, { X, Y, r, v: u, hhh, y: s })
  })

  const sumBuckets = define('sumBuckets', 4, (f) => {
    const { call } = builder(f, F)
    const [addresses, count, out, scratch] = [0, 1, 2, 3]
    const [run, address] = [f.local('i32'), f.local('i32')]
    f.get(out)
      .i32(3 * S)
      .op('i32.add')
      .set(run)
    for (const point of [out, run]) {
      for (const coordinate of jacobian(point, S)) call(F.setZero, coordinate)
    }
    // From the last bucket down, `run` is the sum of all so far, and `out` that of all runs.
    f.loop(() => {
      f.get(count).i32(1).op('i32.sub').set(count)
      f.get(addresses).get(count).i32(4).op('i32.mul', 'i32.add').i32load().tee(address)
      f.if(() => {
        f.get(address).i32(ADDRESS).op('i32.and').i32load().i32(INFINITY_WORD).op('i32.ne')
        f.if(() => {
          f.get(run).get(address).i32(ADDRESS).op('i32.and')
          f.get(address).i32(NEGATED).op('i32.and').get(scratch).call(addMixed)
        })
      })
      f.get(out).get(run).get(scratch).call(add)
      f.get(count).brIf(0)
    })
  })

  return {
    size: 2 * S,
    jacobianSize: 3 * S,
    scratch: POINT_SCRATCH * S,
    pairsScratch: (count) => PAIRS_SCRATCH * S + F.scratch + (2 * count + 2) * S,
    ...{ addPairs, double, addMixed, add, sumBuckets },
  }
}

/** What the functions of a curve are written with: calls of a field's functions on places. */
function builder(f: WasmFunction, F: Field) {
  const at = ([local, offset]: Place): void => {
    f.get(local)
    if (offset > 0) f.i32(offset).op('i32.add')
  }
  const call = (fn: WasmFunction, ...places: readonly Place[]): void => {
    for (const place of places) at(place)
    f.call(fn)
  }
  /** The first elements of the scratch memory whose address a local holds. */
  const spare = (local: number, count: number) =>
    Array.from({ length: count }, (_, i): Place => [local, i * F.size]) as unknown as SparePlaces
  return { at, call, spare }
}

/** As many as there are: the callers take those that they have asked for. */
type SparePlaces = readonly [Place, Place, Place, Place, Place, Place, Place, Place]

function jacobian(point: number, size: number): readonly [Place, Place, Place] {
  return [
    [point, 0],
    [point, size],
    [point, 2 * size],
  ]
}

/** X = r² − H³ − 2·V and Y = r·(V − X) − y·H³, in place; V is lost. */
function chord(
  f: WasmFunction,
  F: Field,
  { X, Y, r, v, hhh, y }: Record<'X' | 'Y' | 'r' | 'v' | 'hhh' | 'y', Place>,
): void {
  const { call } = builder(f, F)
  call(F.mul, y, hhh, Y)
  call(F.sqrSubSub, r, hhh, v, X)
  call(F.sub, X, v, X)
  call(F.subMulSub, v, X, r, Y, Y)
}

/**
 * Two passes. The first takes the denominator of every pair's slope (1 where there is none) and multiplies
 * them up; then one inversion; the second goes back, and gets each inverse from the products before and
 * behind it.
 *
 * The scratch memory: the inverse of all denominators up to here, three elements, the field's own, then for
 * each pair its denominator and the product of all before it.
 */
function addPairsBody(f: WasmFunction, F: Field): void {
  const S = F.size
  const { at, call } = builder(f, F)
  const [pairs, count, out, scratch] = [0, 1, 2, 3]
  const local = () => f.local('i32')
  const [i, pair, entry, touched] = [local(), local(), local(), local()]
  const A = { point: local(), negated: local() }
  const B = { point: local(), negated: local() }
  const [inverse, slope, t, u] = [0, S, 2 * S, 3 * S].map((offset): Place => [scratch, offset]) as [
    Place,
    Place,
    Place,
    Place,
  ]
  const fieldScratch: Place = [scratch, PAIRS_SCRATCH * S]
  const [denominator, before, after]: Place[] = [
    [entry, 0],
    [entry, S],
    [entry, 3 * S],
  ]
  const x = ({ point }: typeof A): Place => [point, 0]
  const y = ({ point }: typeof A): Place => [point, S]

  const step = (sign: 'i32.add' | 'i32.sub', sizes: readonly (readonly [number, number])[]) => {
    for (const [pointer, bytes] of sizes) f.get(pointer).i32(bytes).op(sign).set(pointer)
  }
  const readPair = () => {
    for (const [offset, { point, negated }] of [[0, A] as const, [4, B] as const]) {
      f.get(pair).i32load(offset).tee(point).i32(NEGATED).op('i32.and').set(negated)
      f.get(point).i32(ADDRESS).op('i32.and').set(point)
    }
  }
  const mark = (offset: number, flag: number) =>
    f.get(pair).get(pair).i32load(offset).i32(flag).op('i32.or').i32store(offset)
  const isMarked = (offset: number, flag: number) => f.get(pair).i32load(offset).i32(flag).op('i32.and')
  const isInfinity = ({ point }: typeof A) => f.get(point).i32load().i32(INFINITY_WORD).op('i32.eq')

  // Touches all that will be read: here the misses of the cache overlap, and below they would not.
  f.get(pairs).set(pair)
  f.loop(() => {
    for (const offset of [0, 4]) {
      for (let line = 0; line < 2 * S; line += CACHE_LINE) {
        f.get(pair).i32load(offset).i32(ADDRESS).op('i32.and').i32load(line)
        f.get(touched).op('i32.or').set(touched)
      }
    }
    step('i32.add', [
      [pair, 8],
      [i, 1],
    ])
    f.get(i).get(count).op('i32.lt_u').brIf(0)
  })

  f.get(pairs).set(pair)
  f.get(scratch)
    .i32(PAIRS_SCRATCH * S + F.scratch)
    .op('i32.add')
    .set(entry)
  f.i32(0).set(i)
  f.loop(() => {
    readPair()
    const special = () => {
      call(F.setOne, denominator!)
      mark(4, SPECIAL)
    }
    isInfinity(A)
    isInfinity(B)
      .op('i32.or')
      .if(special, () => {
        call(F.sub, x(B), x(A), denominator!)
        at(denominator!)
        f.call(F.isZero).if(() => {
          // The same point twice, or a point and its opposite.
          call(F.sub, y(A), y(B), denominator!)
          at(denominator!)
          f.call(F.isZero)
            .get(A.negated)
            .get(B.negated)
            .op('i32.eq', 'i32.ne')
            .if(special, () => {
              call(F.add, y(A), y(A), denominator!)
              mark(0, DOUBLED)
            })
        })
      })
    f.get(i).if(
      () => call(F.mul, before!, denominator!, after!),
      () => call(F.copy, denominator!, after!),
    )
    step('i32.add', [
      [pair, 8],
      [entry, 2 * S],
      [i, 1],
    ])
    f.get(i).get(count).op('i32.lt_u').brIf(0)
  })

  call(F.inv, before!, inverse, fieldScratch)
  f.get(out)
    .get(count)
    .i32(2 * S)
    .op('i32.mul', 'i32.add')
    .set(out)
  f.loop(() => {
    step('i32.sub', [
      [pair, 8],
      [entry, 2 * S],
      [out, 2 * S],
      [i, 1],
    ])
    readPair()
    f.get(i).if(
      () => {
        call(F.mul, inverse, before!, slope)
        call(F.mul, inverse, denominator!, inverse)
      },
      () => call(F.copy, inverse, slope),
    )
    isMarked(4, SPECIAL).if(
      () => {
        const copyOf = (point: typeof A) => {
          call(F.copy, x(point), [out, 0])
          f.get(point.negated).if(
            () => call(F.neg, y(point), [out, S]),
            () => call(F.copy, y(point), [out, S]),
          )
        }
        isInfinity(A)
        isInfinity(B)
          .op('i32.xor')
          .if(
            () =>
              isInfinity(A).if(
                () => copyOf(B),
                () => copyOf(A),
              ),
            () => f.get(out).i32(INFINITY_WORD).i32store(),
          )
      },
      () => {
        isMarked(0, DOUBLED).if(
          () => {
            // ±3·x²/(2·y)
            call(F.sqr, x(A), t)
            call(F.add, t, t, u)
            call(F.addMul, t, u, slope, slope)
            f.get(A.negated).if(() => call(F.neg, slope, slope))
          },
          () => {
            // (±yB − ±yA)/(xB − xA)
            f.get(A.negated).if(
              () =>
                f.get(B.negated).if(
                  () => call(F.subMul, y(A), y(B), slope, slope),
                  () => call(F.addMul, y(B), y(A), slope, slope),
                ),
              () =>
                f.get(B.negated).if(
                  () => {
                    call(F.addMul, y(B), y(A), slope, slope)
                    call(F.neg, slope, slope)
                  },
                  () => call(F.subMul, y(B), y(A), slope, slope),
                ),
            )
          },
        )
        call(F.sqrSubSub, slope, x(A), x(B), [out, 0])
        f.get(A.negated).if(
          () => call(F.subMulAdd, x(A), [out, 0], slope, y(A), [out, S]),
          () => call(F.subMulSub, x(A), [out, 0], slope, y(A), [out, S]),
        )
      },
    )
    f.get(i).brIf(0)
  })
}
