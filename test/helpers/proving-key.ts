import type { Curve } from 'ffjavascript'
import { BASE_FIELD_ORDER, FIELD_ORDER, writeLittleEndian } from '../../src/field/index.js'
import { curveEngine } from '../../src/groth16/index.js'
import type { ByteSource } from '../../src/proving/wasm/proving-key.js'

/** A coefficient of A or B: 0 or 1, row, wire, value. */
export type Coefficient = readonly [matrix: number, row: number, wire: number, value: bigint]

/** A query of a key: its points are summed up, each times a scalar. */
export type Query = 'a' | 'b1' | 'b2' | 'c' | 'h'

/** What a proving key is made of that proves nothing: its points are known multiples of the generators. */
export interface KeyParts {
  wires: number
  publicSignals: number
  rows: number
  coefficients: readonly Coefficient[]
  /** By query, the logarithm of each point. */
  logarithms: Record<Query, readonly bigint[]>
}

/** The key's file, as snarkjs reads it. */
export async function keyBytes(parts: KeyParts): Promise<Uint8Array> {
  const { G1, G2 } = await curveEngine()
  const { wires, publicSignals, rows, coefficients, logarithms } = parts
  const g1 = pointsOf(G1)
  const g2 = pointsOf(G2)
  const header = new Uint8Array(84 + 3 * 64 + 3 * 128)
  const numbers = new DataView(header.buffer)
  for (const [at, order] of [
    [0, BASE_FIELD_ORDER],
    [36, FIELD_ORDER],
  ] as const) {
    numbers.setUint32(at, 32, true)
    writeLittleEndian(order, header, at + 4)
  }
  for (const [i, value] of [wires, publicSignals, rows].entries()) numbers.setUint32(72 + 4 * i, value, true)
  const points = [g1(2n), g1(3n), g2(3n), g2(5n), g1(7n), g2(7n)]
  header.set(Buffer.concat(points), 84)
  const entries = new Uint8Array(4 + 44 * coefficients.length)
  const view = new DataView(entries.buffer)
  view.setUint32(0, coefficients.length, true)
  for (const [i, [matrix, row, wire, value]] of coefficients.entries()) {
    for (const [j, word] of [matrix, row, wire].entries()) view.setUint32(4 + 44 * i + 4 * j, word, true)
    writeLittleEndian((value << 512n) % FIELD_ORDER, entries, 4 + 44 * i + 12)
  }
  const query = (name: Query) => Buffer.concat(logarithms[name].map(name === 'b2' ? g2 : g1))
  const sections = [
    [1, Uint8Array.of(1, 0, 0, 0)],
    [2, header],
    [3, new Uint8Array(64 * (publicSignals + 1))],
    [4, entries],
    [5, query('a')],
    [6, query('b1')],
    [7, query('b2')],
    [8, query('c')],
    [9, query('h')],
  ] as const
  const heads = sections.map(([id, { length }]) => {
    const head = new DataView(new ArrayBuffer(12))
    head.setUint32(0, id, true)
    head.setBigUint64(4, BigInt(length), true)
    return new Uint8Array(head.buffer)
  })
  const start = Uint8Array.of(...new TextEncoder().encode('zkey'), 1, 0, 0, 0, sections.length, 0, 0, 0)
  return Buffer.concat([start, ...sections.flatMap(([, section], i) => [heads[i]!, section])])
}

/** Affine multiples of a generator, each computed once. */
function pointsOf(group: Curve['G1'] | Curve['G2']): (logarithm: bigint) => Uint8Array {
  const known = new Map<bigint, Uint8Array>()
  return (logarithm) => {
    const point = known.get(logarithm) ?? group.toAffine(group.timesScalar(group.g, logarithm))
    known.set(logarithm, point)
    return point
  }
}

/** Bytes in memory as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    where: 'memory',
    size: bytes.length,
    read: async (at, into) => into.set(bytes.subarray(at, at + into.length)),
  }
}
