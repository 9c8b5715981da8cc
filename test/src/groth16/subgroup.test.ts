import { describe, expect, test } from 'vitest'
import { g2, twistPointOutsideGroup } from '../../../scripts/contract-fixtures/points.js'
import { BASE_FIELD_ORDER, FIELD_ORDER } from '../../../src/field/index.js'
import { curveEngine } from '../../../src/groth16/index.js'
import { isInSubgroup } from '../../../src/groth16/subgroup.js'

const [P, R] = [BASE_FIELD_ORDER, FIELD_ORDER]
const X = 4965661367192848881n
/** Trace of the Frobenius map, and the number of points of the twist over the order of G2. */
const [TRACE, COFACTOR] = [6n * X ** 2n + 1n, 2n * P - R]
/** The one small factor of the cofactor: the least order that a point outside the subgroup can have. */
const SMALL = 10069n

const curve = await curveEngine()
const { G2 } = curve
const times = (point: Uint8Array, scalar: bigint) => G2.toAffine(G2.timesScalar(point, scalar))
const sum = (a: Uint8Array, b: Uint8Array) => G2.toAffine(G2.add(a, b))
const outside = g2(twistPointOutsideGroup())

describe('whether a point of the twist is in G2 (proof.17)', () => {
  test('the test is zero on G2, and its norm is prime to the cofactor: on nothing else', () => {
    expect(COFACTOR % SMALL).toBe(0n)
    expect((6n * X + 2n + P - P ** 2n + P ** 3n) % R).toBe(0n)
    // (6x + 2) + ψ − ψ² + ψ³ as a + bψ, by ψ² = tψ − p.
    const [a, b] = [6n * X + 2n + P - TRACE * P, 1n - TRACE + TRACE ** 2n - P]
    const norm = a ** 2n + a * b * TRACE + b ** 2n * P
    const gcd = (m: bigint, n: bigint): bigint => (n === 0n ? m : gcd(n, m % n))
    expect(norm % R).toBe(0n)
    expect(gcd(norm, COFACTOR)).toBe(1n)
  })

  test('every multiple of the generator is', () => {
    for (const scalar of [1n, 2n, 3n, X, R - 1n, R >> 1n, 3n ** 100n % R])
      expect(isInSubgroup(curve, times(G2.g, scalar)), `${scalar}`).toBe(true)
  })

  test('a point of the cofactor’s order, or of a part of it, is not, nor is one with a point of G2 in it', () => {
    const inCofactor = times(outside, R)
    const small = times(inCofactor, COFACTOR / SMALL)
    const large = times(inCofactor, SMALL)
    expect(G2.isZero(times(small, SMALL))).toBe(true)
    expect(G2.isZero(times(large, COFACTOR / SMALL))).toBe(true)
    const points = { outside, inCofactor, small, large }
    for (const [name, point] of Object.entries(points)) {
      expect(G2.isZero(point), name).toBe(false)
      expect(G2.isValid(point), name).toBe(true)
      for (const k of [1n, 2n, 5n, 10068n]) {
        const multiple = times(point, k)
        expect(isInSubgroup(curve, multiple), `${name} times ${k}`).toBe(false)
        expect(isInSubgroup(curve, sum(multiple, times(G2.g, 77n + k))), `${name} in G2`).toBe(false)
      }
    }
    // The cofactor takes each of them into G2.
    expect(isInSubgroup(curve, times(outside, COFACTOR))).toBe(true)
  })
})
