import { describe, expect, test } from 'vitest'
import { FIELD_ORDER } from '../../../src/field/index.js'
import { ELEMENT_BYTES, readLittleEndian, writeLittleEndian } from '../../../src/field/little-endian.js'
import { curveEngine } from '../../../src/groth16/curve-engine.js'
import { curveCode } from '../../../src/proving/curve-code.js'
import { CurveMemory } from '../../../src/proving/curve-memory.js'
import { FixedBase, windowBitsFor } from '../../../src/proving/fixed-base.js'
import { FixedBasePool } from '../../../src/proving/fixed-base-pool.js'

const EDGES = [0n, 1n, 2n, 255n, 256n, (1n << 128n) - 1n, 1n << 253n, FIELD_ORDER - 1n, FIELD_ORDER >> 1n]

function scalarsOf(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * ELEMENT_BYTES)
  for (const [i, value] of values.entries()) writeLittleEndian(value, bytes, i * ELEMENT_BYTES)
  return bytes
}

describe('fixed-base multiplication (key.5)', () => {
  test.each([
    ['g1', 2],
    ['g1', 7],
    ['g1', 13],
    ['g2', 3],
    ['g2', 8],
  ] as const)('in %s with windows of %i bits is double-and-add, at the edges too', async (group, bits) => {
    const curve = await curveEngine()
    const G = group === 'g1' ? curve.G1 : curve.G2
    const base = new FixedBase(new CurveMemory(await curveCode()), group, bits)
    const points = base.multiply(scalarsOf(EDGES))
    const size = points.length / EDGES.length
    for (const [i, scalar] of EDGES.entries()) {
      const expected = G.toAffine(G.timesScalar(G.g, scalar))
      expect(points.slice(i * size, (i + 1) * size), `${scalar}`).toEqual(expected)
    }
  })

  test('on two threads keeps the order, when one helps the other', async () => {
    const { G1 } = await curveEngine()
    const values = Array.from(
      { length: 20_000 },
      (_, i) => (BigInt(i) ** 7n * 0x9e3779b97f4a7c15f39cc0605cedc835n) % FIELD_ORDER,
    )
    const pool = await FixedBasePool.start({ g1: 1, g2: 1 })
    const chunks = await pool.multiply('g1', scalarsOf(values)).finally(() => pool.close())
    expect(chunks.length).toBeGreaterThan(2)
    const points = Buffer.concat(chunks)
    for (const i of [0, 1, 8_191, 8_192, 16_383, 16_384, 19_999]) {
      const expected = G1.toAffine(G1.timesScalar(G1.g, values[i]!))
      expect(points.subarray(64 * i, 64 * i + 64).equals(expected), `scalar ${i}`).toBe(true)
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
