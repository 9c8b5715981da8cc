import { afterEach, expect, test, vi } from 'vitest'
import { FIELD_ORDER, writeLittleEndian } from '../../../src/field/index.js'
import { blindPoints } from '../../../src/groth16/blind.js'
import { curveEngine } from '../../../src/groth16/index.js'
import { proofOf } from '../../../src/groth16/proof.js'

const curve = await curveEngine()
const { G1, G2 } = curve
const g1 = (scalar: bigint) => G1.timesScalar(G1.g, scalar)
const g2 = (scalar: bigint) => G2.timesScalar(G2.g, scalar)
const [a, b, c, delta] = [3n, 5n, 7n, 11n]

/** A platform whose generator draws these numbers. */
function drawing(...numbers: bigint[]): bigint[] {
  vi.stubGlobal('crypto', {
    getRandomValues: (bytes: Uint8Array) => {
      writeLittleEndian(numbers.shift()!, bytes, 0)
      return bytes
    },
  })
  return numbers
}

afterEach(() => vi.unstubAllGlobals())

const blinded = () => blindPoints(curve, { a: g1(a), b: g2(b), c: g1(c) }, g2(delta))
const inverse = (scalar: bigint) => {
  let power = 1n
  for (let i = 0; i < 254; i++) {
    power = (power * power) % FIELD_ORDER
    if (((FIELD_ORDER - 2n) >> BigInt(253 - i)) & 1n) power = (power * scalar) % FIELD_ORDER
  }
  return power
}

test('a proof is blinded by two numbers, of which every value is drawn: a factor, and what may be zero (proof.14)', () => {
  for (const [t, u] of [
    [1n, 0n],
    [1n, 1n],
    [FIELD_ORDER - 1n, 0n],
    [9n, FIELD_ORDER - 1n],
  ] as const) {
    drawing(t, u)
    expect(blinded(), `${t} and ${u}`).toEqual(
      proofOf(
        curve,
        g1((a * inverse(t)) % FIELD_ORDER),
        g2((t * (b + u * delta)) % FIELD_ORDER),
        g1((c + u * a) % FIELD_ORDER),
      ),
    )
  }
})

test('a factor of zero, and numbers that are none of the field, are drawn again (proof.14)', () => {
  const left = drawing(0n, FIELD_ORDER, FIELD_ORDER + 1n, 2n, 2n ** 254n - 1n, 3n)
  const made = blinded()
  expect(left).toEqual([])
  drawing(2n, 3n)
  expect(made).toEqual(blinded())
})
