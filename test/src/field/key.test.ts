import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fits, keyOf, keysOf, magnitudeOf, sideOf } from '../../../src/field/index.js'

const instrument = fc.nat(2 ** 16 - 1)
const quantity = fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n })

describe('keys of slots (ledger.5)', () => {
  test('are apart for every instrument and side, long before short', () => {
    const sides = [0, 1, 2].flatMap((i) => [1n, -1n].map((q) => keyOf({ instrument: i, quantity: q })))
    expect(sides).toEqual([0, 1, 2, 3, 4, 5])
    expect(keyOf({ instrument: 2, quantity: 0n }), 'nothing counts as long').toBe(4)
  })

  test('say instrument and side again', () => {
    fc.assert(
      fc.property(instrument, quantity, (i, q) => {
        const key = keyOf({ instrument: i, quantity: q })
        const side = q < 0n ? 'short' : 'long'
        expect(sideOf(key)).toEqual({ instrument: i, side })
        expect(keysOf(i)[side]).toBe(key)
      }),
    )
  })
})

describe('magnitudes (ledger.1)', () => {
  test('are quantities without their sign', () => {
    expect([-7n, 0n, 7n].map(magnitudeOf)).toEqual([7n, 0n, 7n])
  })

  test('fit a width up to its last value, either sign', () => {
    for (const bits of [1, 64, 128]) {
      const last = 2n ** BigInt(bits) - 1n
      expect([last, -last].map((value) => fits(value, bits))).toEqual([true, true])
      expect([last + 1n, -last - 1n].map((value) => fits(value, bits))).toEqual([false, false])
    }
  })
})
