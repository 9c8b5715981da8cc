import { describe, expect, test } from 'vitest'
import { FIELD_ORDER } from '../../../src/field/index.js'
import { ELEMENT_BYTES, readLittleEndian, writeLittleEndian } from '../../../src/field/little-endian.js'
import { curveEngine } from '../../../src/groth16/curve-engine.js'
import { FixedBase } from '../../../src/proving/fixed-base.js'
import { fixedBaseMemory, windowBitsFor } from '../../../src/proving/fixed-base-memory.js'
import { FixedBasePool } from '../../../src/proving/fixed-base-pool.js'

const EDGES = [0n, 1n, 2n, 255n, 256n, (1n << 128n) - 1n, 1n << 253n, FIELD_ORDER - 1n, FIELD_ORDER >> 1n]

function scalarsOf(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * ELEMENT_BYTES)
  for (const [i, value] of values.entries()) writeLittleEndian(value, bytes, i * ELEMENT_BYTES)
  return bytes
}

describe('fixed-base multiplication (key.5)', () => {
  test.each([
    ['g1', 1],
    ['g1', 1000],
    ['g2', 1],
    ['g2', 300],
  ] as const)(
    'in %s with a table for %i scalars is double-and-add, at the edges too',
    async (group, count) => {
      const curve = await curveEngine()
      const G = group === 'g1' ? curve.G1 : curve.G2
      const memory = await fixedBaseMemory({ g1: 1, g2: 1, [group]: count }, 1)
      const base = new FixedBase(memory, 0)
      base.fillBases(group)
      const { windows, bits } = memory.groups[group]
      for (let window = 0; window < windows; window++) base.fillWindow(group, window)
      // Digits at the ends of their range, in one window and in all.
      const edge = 1n << BigInt(bits - 1)
      const all = (digit: bigint) =>
        Array.from({ length: windows - 1 }, (_, i) => digit << BigInt(bits * i)).reduce(
          (sum, x) => sum + x,
          0n,
        )
      const digits = [edge - 1n, edge, edge + 1n, 2n * edge - 1n].flatMap((digit) => [digit, all(digit)])
      const values = [...EDGES, ...digits, ...EDGES]
      const scalars = scalarsOf(values)
      const points = base.multiply(group, scalars)
      const size = points.length / values.length
      for (const [i, scalar] of values.entries()) {
        const expected = G.toAffine(G.timesScalar(G.g, scalar))
        expect(points.slice(i * size, (i + 1) * size), `${scalar}`).toEqual(expected)
      }
      expect(
        scalars.some((byte) => byte !== 0),
        'secrets are overwritten',
      ).toBe(false)
    },
  )

  test.each([1, 3])('on %i threads keeps the order', async (threads) => {
    const { G1, G2 } = await curveEngine()
    const values = Array.from(
      { length: 20_000 },
      (_, i) => (BigInt(i) ** 7n * 0x9e3779b97f4a7c15f39cc0605cedc835n) % FIELD_ORDER,
    )
    const pool = await FixedBasePool.start({ g1: 1000, g2: 100 }, threads)
    const [ones, twos] = await Promise.all([
      pool.multiply('g1', scalarsOf(values)),
      pool.multiply('g2', scalarsOf(values.slice(0, 10_000))),
    ]).finally(() => pool.close())
    expect(ones.length).toBeGreaterThan(2)
    for (const [G, size, points, places] of [
      [G1, 64, Buffer.concat(ones), [0, 1, 1023, 1024, 8_191, 8_192, 16_383, 16_384, 19_999]],
      [G2, 128, Buffer.concat(twos), [0, 1, 8_191, 8_192, 9_999]],
    ] as const) {
      for (const i of places) {
        const expected = G.toAffine(G.timesScalar(G.g, values[i]!))
        expect(points.subarray(size * i, size * (i + 1)).equals(expected), `scalar ${i}`).toBe(true)
      }
    }
  })

  test('takes wider windows for more multiplications, never over 16 bits', () => {
    const windows = [1, 100, 10_000, 1_000_000, 100_000_000].map(windowBitsFor)
    expect(windows).toEqual([...windows].sort((a, b) => a - b))
    expect(windows.at(-1)).toBe(16)
  })
})

describe('little-endian bytes (key.5)', () => {
  test('are read as they were written', () => {
    for (const value of [...EDGES, (1n << 256n) - 1n])
      expect(readLittleEndian(scalarsOf([value]))).toBe(value)
  })
})
