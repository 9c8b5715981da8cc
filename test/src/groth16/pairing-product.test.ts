import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fromG2, g2, twistPointOutsideGroup } from '../../../scripts/contract-fixtures/points.js'
import { FIELD_ORDER as R, toField } from '../../../src/field/index.js'
import { curveEngine } from '../../../src/groth16/index.js'
import {
  type Factor,
  type G1Numbers,
  type G2Numbers,
  PairingProduct,
} from '../../../src/groth16/pairing-product.js'

let drawn = 0
const draw = () => toField(BigInt(`0x${createHash('sha256').update(`${drawn++}`).digest('hex')}`))
const curve = await curveEngine()
const { G1, G2 } = curve
const product = new PairingProduct(curve)

const one = (scalar: bigint): G1Numbers => {
  const [x, y] = G1.toObject(G1.toAffine(G1.timesScalar(G1.g, scalar)))
  return [x, y]
}
const numbersOf = (point: Uint8Array): G2Numbers => {
  const [x, y] = G2.toObject(G2.toAffine(point))
  return [x, y]
}
const two = (scalar: bigint): G2Numbers => numbersOf(G2.timesScalar(G2.g, scalar))
const opposite = (x: bigint): bigint => (R - x) % R

describe('a product of pairings (proof.16)', () => {
  test('is one exactly when the scalars say so and the curve engine does, for any number of pairs', async () => {
    for (const count of [1, 2, 5, 31, 70]) {
      const scalars = Array.from({ length: count }, () => [draw(), draw()] as const)
      const rest = scalars.reduce((sum, [a, b]) => sum + a * b, 0n) % R
      const factors = scalars.map(([a, b]): Factor => ({ p: [[1n, one(a)]], q: two(b) }))
      const last = (scalar: bigint): Factor => ({ p: [[1n, one(scalar)]], q: two(1n) })
      const complete = [...factors, last(opposite(rest))]
      for (const [tried, expected] of [
        [complete, true],
        [complete.toReversed(), true],
        [[...factors, last(opposite(rest) + 1n)], false],
        [complete.slice(1), false],
        [factors, false],
      ] as const) {
        expect(product.isOne(tried), `${count}`).toBe(expected)
        if (count > 5) continue
        const points = tried.flatMap(({ p, q }) => [G1.fromObject(p[0]![1]), G2.fromObject(q)])
        expect(await curve.pairingEq(...points), `${count}`).toBe(expected)
      }
    }
    expect(product.isOne([])).toBe(true)
  })

  test('takes sums of multiples of points: also of equal and opposite ones, by 0, and at infinity', () => {
    const [a, b, c, k] = [draw(), draw(), draw(), draw()]
    const q = two(c)
    const whole = (p: Factor['p'], scalar: bigint) =>
      product.isOne([
        { p, q },
        { p: [[opposite(scalar), one(1n)]], q },
      ])
    const cases: [Factor['p'], bigint][] = [
      [[[k, one(a)]], k * a],
      [
        [
          [k, one(a)],
          [2n ** 127n, one(b)],
        ],
        k * a + 2n ** 127n * b,
      ],
      [
        [
          [k, one(a)],
          [k, one(a)],
        ],
        2n * k * a,
      ],
      [
        [
          [k, one(a)],
          [k, one(opposite(a))],
          [3n, one(b)],
        ],
        3n * b,
      ],
      [
        [
          [0n, one(a)],
          [1n, one(b)],
        ],
        b,
      ],
      [
        [
          [R - 1n, one(a)],
          [1n, one(b)],
        ],
        b - a,
      ],
      [
        [
          [k, one(a)],
          [k, one(opposite(a))],
        ],
        0n,
      ],
      [[[0n, one(a)]], 0n],
    ]
    for (const [i, [p, scalar]] of cases.entries()) {
      expect(whole(p, toField(scalar)), `${i}`).toBe(true)
      expect(whole(p, toField(scalar + 1n)), `${i}`).toBe(false)
    }
  })

  test('is bilinear: a scalar can stand on either side, and in neither twice', () => {
    const [a, b] = [draw(), draw()]
    const ends = (scalar: bigint): Factor => ({ p: [[opposite(scalar), one(1n)]], q: two(1n) })
    for (const [p, q] of [
      [a, b],
      [b, a],
      [(a * b) % R, 1n],
      [1n, (a * b) % R],
    ] as const) {
      expect(product.isOne([{ p: [[p, one(1n)]], q: two(q) }, ends((a * b) % R)])).toBe(true)
      expect(product.isOne([{ p: [[p, one(1n)]], q: two(q) }, ends((a * b * b) % R)])).toBe(false)
    }
  })
})

test('a product with a point outside G2 is never one, whatever the pairings come to (proof.17)', () => {
  const SMALL = 10069n
  const cofactor = 2n * curve.q - R
  const outside = g2(twistPointOutsideGroup())
  const inCofactor = G2.toAffine(G2.timesScalar(outside, R))
  const small = G2.toAffine(G2.timesScalar(inCofactor, cofactor / SMALL))
  const honest = G2.toAffine(G2.timesScalar(G2.g, 5n))
  const points = [
    outside,
    inCofactor,
    small,
    G2.timesScalar(inCofactor, SMALL),
    ...[1n, 2n, 3n, 10068n].map((k) => G2.add(honest, G2.timesScalar(small, k))),
  ]
  for (const point of points) {
    const q = numbersOf(point)
    expect(G2.isValid(g2(fromG2(point)))).toBe(true)
    // e(p, q)·e(−p, q) is one for any q: only where q lies refuses it.
    const pair: Factor[] = [
      { p: [[7n, one(3n)]], q },
      { p: [[R - 7n, one(3n)]], q },
    ]
    expect(product.isOne(pair)).toBe(false)
    expect(product.isOne(pair.map(({ p }) => ({ p, q: two(5n) })))).toBe(true)
  }
})
