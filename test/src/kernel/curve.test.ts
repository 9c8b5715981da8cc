import { bn254 } from '@noble/curves/bn254'
import { describe, expect, test } from 'vitest'
import { INFINITY_WORD, NEGATED } from '../../../src/kernel/index.js'
import { type Element, elements, Kernel, mod, R } from '../../helpers/kernel.js'
import { uniform } from '../../helpers/random.js'

const kernel = new Kernel()

/** The other library's points, and how their coordinates are taken and given. */
const GROUPS = [
  {
    name: 'g1' as const,
    coordinates: 1,
    Point: bn254.G1.ProjectivePoint,
    list: (x: unknown): Element => [x as bigint],
  },
  {
    name: 'g2' as const,
    coordinates: 2,
    Point: bn254.G2.ProjectivePoint,
    list: (x: unknown): Element => [(x as { c0: bigint }).c0, (x as { c1: bigint }).c1],
  },
]

for (const { name, coordinates, Point, list } of GROUPS) {
  type Other = InstanceType<typeof Point>
  const curve = kernel[name]
  const half = curve.size / 2
  const zero = Point.ZERO as Other
  const random = elements(coordinates, R - 1n)
  const many = Array.from({ length: 24 }, () => Point.BASE.multiply(random() + 1n) as Other)
  /** The affine point at an address. */
  const write = (at: number, point: Other) => {
    if (point.equals(zero as never)) {
      kernel.memory[at / 4] = INFINITY_WORD
      return
    }
    const { x, y } = point.toAffine()
    kernel.write(at, list(x))
    kernel.write(at + half, list(y))
  }
  const read = (at: number) =>
    kernel.memory[at / 4] === INFINITY_WORD
      ? 'infinity'
      : [...kernel.read(at, coordinates), ...kernel.read(at + half, coordinates)]
  const flat = (point: Other) => {
    if (point.equals(zero as never)) return 'infinity'
    const { x, y } = point.toAffine()
    return [...list(x), ...list(y)]
  }
  const store = (points: readonly Other[]) => {
    const at = kernel.allocate(points.length * curve.size)
    for (const [i, point] of points.entries()) write(at + i * curve.size, point)
    return at
  }
  const multiple = (k: bigint) => (k % R === 0n ? zero : (Point.BASE.multiply(mod(k, R)) as Other))
  const points = [...many, zero]
  const at = store(points)
  const signed = (i: number, negated: boolean) => (negated ? points[i]!.negate() : points[i]!) as Other

  describe(`sums in ${name} are those of another library (kernel.3)`, () => {
    const LARGEST = 800
    const pairs = kernel.allocate(8 * LARGEST)
    const out = kernel.allocate(LARGEST * curve.size)
    const scratch = kernel.allocate(curve.pairsScratch(LARGEST))
    const addPairs = (list: readonly (readonly [number, boolean, number, boolean])[]) => {
      for (const [n, [i, negI, j, negJ]] of list.entries()) {
        kernel.memory[pairs / 4 + 2 * n] = (at + i * curve.size) | (negI ? NEGATED : 0)
        kernel.memory[pairs / 4 + 2 * n + 1] = (at + j * curve.size) | (negJ ? NEGATED : 0)
      }
      kernel.call[`${name}_addPairs`]!(pairs, list.length, out, scratch)
      return list.map((_, n) => read(out + n * curve.size))
    }
    const expected = (list: readonly (readonly [number, boolean, number, boolean])[]) =>
      list.map(([i, negI, j, negJ]) => flat(signed(i, negI).add(signed(j, negJ) as never) as Other))

    test('of pairs with every sign: different, equal, opposite and infinite points, in one call', () => {
      const some = [0, 1, 2, 3, 4, points.length - 1]
      const list = some.flatMap((i) =>
        some.flatMap((j) =>
          [0, 1, 2, 3].map((signs) => [i, (signs & 1) !== 0, j, (signs & 2) !== 0] as const),
        ),
      )
      expect(addPairs(list)).toEqual(expected(list))
      expect(addPairs(list.toReversed())).toEqual(expected(list.toReversed()))
      for (const one of list) expect(addPairs([one])).toEqual(expected([one]))
    })

    test('of Jacobian points: different, equal, opposite and infinite', () => {
      const [P, Q, work] = [curve.jacobianSize, curve.jacobianSize, curve.scratch].map((bytes) =>
        kernel.allocate(bytes),
      ) as [number, number, number]
      /** The point with Z = z: (x·z², y·z³, z), made by the kernel's own products. */
      const lift = (to: number, index: number, seed: number) => {
        const z = Array.from({ length: coordinates }, elements(seed, R))
        const field = name === 'g1' ? 'fq' : 'f2'
        const infinite = points[index]!.equals(zero as never)
        kernel.write(to + 2 * half, infinite ? z.map(() => 0n) : z)
        if (infinite) return
        const mul = kernel.call[`${field}_mul`]!
        const Z = to + 2 * half
        kernel.call[`${field}_copy`]!(at + index * curve.size, to)
        kernel.call[`${field}_copy`]!(at + index * curve.size + half, to + half)
        for (let times = 0; times < 2; times++) mul(to, Z, to)
        for (let times = 0; times < 3; times++) mul(to + half, Z, to + half)
      }
      const affine = (from: number) => {
        const field = name === 'g1' ? 'fq' : 'f2'
        const Z = from + 2 * half
        if (kernel.call[`${field}_isZero`]!(Z) === 1) return 'infinity'
        kernel.call[`${field}_inv`]!(Z, Z, work)
        for (let times = 0; times < 2; times++) kernel.call[`${field}_mul`]!(from, Z, from)
        for (let times = 0; times < 3; times++) kernel.call[`${field}_mul`]!(from + half, Z, from + half)
        return read(from)
      }
      const last = points.length - 1
      for (const [i, j] of [
        [0, 1],
        [2, 2],
        [3, last],
        [last, 3],
        [last, last],
      ] as const) {
        lift(P, i, 10 + i)
        lift(Q, j, 20 + j)
        kernel.call[`${name}_add`]!(P, Q, work)
        expect(affine(P)).toEqual(flat(points[i]!.add(points[j]! as never) as Other))
        lift(P, i, 30 + i)
        kernel.call[`${name}_double`]!(P, P, work)
        expect(affine(P)).toEqual(flat(points[i]!.double() as Other))
        if (j === last) continue
        for (const negated of [false, true]) {
          lift(P, i, 40 + i)
          kernel.call[`${name}_addMixed`]!(P, at + j * curve.size, negated ? NEGATED : 0, work)
          expect(affine(P)).toEqual(flat(points[i]!.add(signed(j, negated) as never) as Other))
        }
      }
      lift(P, 5, 50)
      lift(Q, 5, 51)
      kernel.call[`${name}_neg` === 'g1_neg' ? 'fq_neg' : 'f2_neg']!(Q + half, Q + half)
      kernel.call[`${name}_add`]!(P, Q, work)
      expect(affine(P)).toBe('infinity')
    })

    test('with no more scratch memory than is said', () => {
      const SENTINEL = 0xdead_beef
      const filled = (bytes: number) => {
        const from = kernel.allocate(2 * bytes)
        kernel.memory.fill(SENTINEL, from / 4, (from + 2 * bytes) / 4)
        return { from, untouched: () => kernel.memory.slice((from + bytes) / 4, (from + 2 * bytes) / 4) }
      }
      for (const count of [1, 2, 9]) {
        const { from, untouched } = filled(curve.pairsScratch(count))
        for (let n = 0; n < count; n++) {
          kernel.memory.set([at + n * curve.size, at + (n + 1) * curve.size], pairs / 4 + 2 * n)
        }
        kernel.call[`${name}_addPairs`]!(pairs, count, out, from)
        expect(new Set(untouched())).toEqual(new Set([SENTINEL]))
      }
      const [P, Q] = [kernel.allocate(2 * curve.jacobianSize), kernel.allocate(curve.jacobianSize)]
      for (const to of [P, Q]) {
        kernel.call[`${name}_addMixed`]!(to, at, 0, scratch)
        kernel.call[`${name}_double`]!(to, to, scratch)
      }
      const { from, untouched } = filled(curve.scratch)
      kernel.call[`${name}_add`]!(P, Q, from)
      kernel.call[`${name}_addMixed`]!(P, at + curve.size, NEGATED, from)
      kernel.call[`${name}_double`]!(P, P, from)
      kernel.memory.set([at, at + curve.size], pairs / 4)
      kernel.call[`${name}_sumBuckets`]!(pairs, 2, P, from)
      expect(new Set(untouched())).toEqual(new Set([SENTINEL]))
    })

    test('of a million random pairs: a round after the other of sums of sums', () => {
      const [width, rounds] = [1024, 1024]
      const next = uniform(coordinates)
      // Known multiples of one point; each round adds to each another one, or takes it away.
      const [start, apart] = [random(), random()]
      let scalars = Array.from({ length: width }, (_, i) => (start + BigInt(i) * apart) % R)
      const [origin, stride] = [multiple(start), multiple(apart)]
      const row = [origin]
      for (let i = 1; i < width; i++) row.push(row[i - 1]!.add(stride as never) as Other)
      const buffers = [0, 1].map(() => kernel.allocate(width * curve.size)) as [number, number]
      const list = kernel.allocate(8 * width)
      const work = kernel.allocate(curve.pairsScratch(width))
      const affine = (Point.normalizeZ as (points: Other[]) => Other[])(row)
      for (const [i, point] of affine.entries()) write(buffers[0] + i * curve.size, point)
      let [from, to] = buffers
      for (let round = 0; round < rounds; round++) {
        const [step, first] = [1 + 2 * Math.floor(next() * width), Math.floor(next() * width)]
        const signs = Math.floor(next() * 2 ** 31)
        const partner = (i: number) => (first + step * i) % width
        const negated = (i: number) => (signs >> (i % 31)) & 1
        for (let i = 0; i < width; i++) {
          kernel.memory[list / 4 + 2 * i] = from + i * curve.size
          kernel.memory[list / 4 + 2 * i + 1] = (from + partner(i) * curve.size) | (negated(i) ? NEGATED : 0)
        }
        kernel.call[`${name}_addPairs`]!(list, width, to, work)
        scalars = scalars.map(
          (k, i) => (negated(i) ? k - scalars[partner(i)]! : k + scalars[partner(i)]!) % R,
        )
        ;[from, to] = [to, from]
      }
      // Each of the last sums is made of all: an error anywhere would be in all of them.
      for (let i = 0; i < width; i += 64) {
        expect(read(from + i * curve.size)).toEqual(flat(multiple(scalars[i]!)))
      }
    })

    test('of buckets, some of them empty, infinite or opposite', () => {
      const buckets = kernel.allocate(4 * points.length)
      const result = kernel.allocate(2 * curve.jacobianSize)
      const work = kernel.allocate(curve.scratch)
      let sum = zero
      for (const [k, point] of points.entries()) {
        const [empty, negated] = [k % 5 === 1, k % 3 === 0]
        kernel.memory[buckets / 4 + k] = empty ? 0 : (at + k * curve.size) | (negated ? NEGATED : 0)
        if (empty || point.equals(zero as never)) continue
        sum = sum.add(signed(k, negated).multiply(BigInt(k + 1)) as never) as Other
      }
      kernel.call[`${name}_sumBuckets`]!(buckets, points.length, result, work)
      const field = name === 'g1' ? 'fq' : 'f2'
      const Z = result + 2 * half
      kernel.call[`${field}_inv`]!(Z, Z, work)
      for (let times = 0; times < 2; times++) kernel.call[`${field}_mul`]!(result, Z, result)
      for (let times = 0; times < 3; times++) kernel.call[`${field}_mul`]!(result + half, Z, result + half)
      expect(read(result)).toEqual(flat(sum))
    })
  })
}
