import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  encodeSlot,
  FIELD_ORDER,
  invertField,
  packBytes,
  packSlots,
  powField,
  SLOT_BITS,
  TOTAL_BITS,
  toField,
} from '../../../src/field/index.js'

const slot = fc.record({
  instrument: fc.nat(65_535),
  quantity: fc.bigInt(-(1n << 64n) + 1n, (1n << 64n) - 1n),
})

describe('slots (ledger.1)', () => {
  test('packing is injective: every part can be read back', () => {
    fc.assert(
      fc.property(fc.array(slot, { minLength: 1, maxLength: 9 }), (slots) => {
        const packed = packSlots(slots)
        expect(packed.length).toBe(Math.ceil(slots.length / 3))
        const read = slots.map((_, i) => {
          const word =
            (packed[Math.floor(i / 3)]! >> BigInt((i % 3) * SLOT_BITS)) & ((1n << BigInt(SLOT_BITS)) - 1n)
          const magnitude = word & ((1n << 64n) - 1n)
          const sign = (word >> 64n) & 1n
          return { instrument: Number(word >> 65n), quantity: sign ? -magnitude : magnitude }
        })
        expect(read).toEqual(slots)
        expect(packed.every((p) => p < 1n << 243n)).toBe(true)
      }),
    )
  })

  test('C01: a magnitude of 2^64, an instrument of 2^16, −1 or 0.5 does not fit', () => {
    expect(encodeSlot({ instrument: 65_535, quantity: (1n << 64n) - 1n })).toBeLessThan(1n << 81n)
    expect(() => encodeSlot({ instrument: 0, quantity: 1n << 64n })).toThrow(/below 2\^64/)
    expect(() => encodeSlot({ instrument: 0, quantity: -(1n << 64n) })).toThrow(/below 2\^64/)
    for (const instrument of [65_536, -1, 0.5, Number.NaN]) {
      expect(() => encodeSlot({ instrument, quantity: 1n })).toThrow(/below 2\^16/)
    }
  })
})

test('bytes are packed 31 to an element, below the field order (ledger.2)', () => {
  expect(packBytes(new Uint8Array())).toEqual([])
  expect(packBytes(new Uint8Array(31).fill(255))).toEqual([(1n << 248n) - 1n])
  expect(packBytes(new Uint8Array(32).fill(1)).length).toBe(2)
  expect(packBytes(Uint8Array.from([1, 2]))).toEqual([258n])
})

test('the field: inverses, powers, and widths that cannot wrap (ledger.10, solvency.9)', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, FIELD_ORDER - 1n), (x) => {
      expect(toField(x * invertField(x))).toBe(1n)
      expect(powField(x, FIELD_ORDER - 1n)).toBe(1n)
    }),
  )
  expect(() => invertField(FIELD_ORDER)).toThrow(/no inverse/)
  expect(toField(-1n)).toBe(FIELD_ORDER - 1n)
  expect(TOTAL_BITS).toBe(98)
})
