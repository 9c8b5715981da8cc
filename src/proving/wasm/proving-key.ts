import { BASE_FIELD_ORDER, FIELD_ORDER, readLittleEndian } from '../../field/index.js'
import { formatError } from '../format-error.js'
import { COEFFICIENT_BYTES } from './quotient-code.js'

/** Bytes that can be read in any order: a file, or what a browser has instead. */
export interface ByteSource {
  /** What errors name. */
  where: string
  size: number
  /** Fills `into` with what is from `at` on. */
  read(at: number, into: Uint8Array): Promise<void>
}

/**
 * What a proof's point is a sum of, each point times its scalar: the query of A, that of B in G2, and those
 * of the quotient and of C one after the other.
 */
export type SumName = 'a' | 'b' | 'c'

export const POINT_BYTES = { g1: 64, g2: 128 } as const
export type GroupName = keyof typeof POINT_BYTES

/** A proving key in snarkjs's `zkey` format, of which only the header is in memory. */
export interface ProvingKey {
  source: ByteSource
  wires: number
  publicSignals: number
  /** Rows of the domain, a power of two. */
  rows: number
  /** Points as they are in the file. */
  points: Record<'alpha1' | 'beta2' | 'delta2', Uint8Array>
  coefficients: Part
  /** The parts of a sum's points, in their order. */
  sums: Record<SumName, { group: GroupName; parts: readonly Part[] }>
}

/** So many entries of a key, and where they start. */
export interface Part {
  at: number
  count: number
}

/** Fills `into` with the points of a sum from the one with number `first` on. */
export async function readPoints(
  { source, sums }: ProvingKey,
  name: SumName,
  first: number,
  into: Uint8Array,
): Promise<void> {
  const { group, parts } = sums[name]
  const bytes = POINT_BYTES[group]
  let [done, start] = [0, 0]
  for (const { at, count } of parts) {
    const from = Math.max(0, first - start)
    const length = Math.min(bytes * (count - from), into.length - done)
    if (length > 0) {
      await source.read(at + bytes * from, into.subarray(done, done + length))
      done += length
    }
    start += count
  }
}

const HEADER_BYTES = 2 * (4 + 32) + 3 * 4 + 3 * POINT_BYTES.g1 + 3 * POINT_BYTES.g2
/** Rows of a domain whose double has roots of unity: the field's order less one has 28 factors of two. */
const MOST_ROWS = 2 ** 27

/** @throws {ArtifactError} `ARTIFACT_FORMAT` */
export async function openProvingKey(source: ByteSource): Promise<ProvingKey> {
  const format = () => formatError(source.where)
  const bytes = async (at: number, length: number) => {
    if (at + length > source.size) throw format()
    const into = new Uint8Array(length)
    await source.read(at, into)
    return into
  }
  const start = view(await bytes(0, 12))
  if (start.getUint32(0, false) !== 0x7a6b6579) throw format()
  const sections = new Map<number, { at: number; length: number }>()
  for (let i = 0, position = 12; i < start.getUint32(8, true); i++) {
    const head = view(await bytes(position, 12))
    const [id, length] = [head.getUint32(0, true), Number(head.getBigUint64(4, true))]
    const at = position + 12
    if (at + length > source.size || sections.has(id)) throw format()
    sections.set(id, { at, length })
    position = at + length
  }
  const section = (id: number, length?: number) => {
    const found = sections.get(id)
    if (!found || (length !== undefined && found.length !== length)) throw format()
    return found
  }

  const protocol = section(1, 4)
  if (view(await bytes(protocol.at, 4)).getUint32(0, true) !== 1) throw format()
  const header = await bytes(section(2, HEADER_BYTES).at, HEADER_BYTES)
  const numbers = view(header)
  const orders = [0, 36].map((at) => [numbers.getUint32(at, true), readLittleEndian(header, at + 4)])
  if (`${orders}` !== `${[32, BASE_FIELD_ORDER, 32, FIELD_ORDER]}`) throw format()
  const [wires, publicSignals, rows] = [72, 76, 80].map((at) => numbers.getUint32(at, true)) as [
    number,
    number,
    number,
  ]
  if (publicSignals + 1 > wires || rows < 2 || rows > MOST_ROWS || (rows & (rows - 1)) !== 0) throw format()
  const part = (id: number, group: GroupName, count: number): Part => ({
    at: section(id, count * POINT_BYTES[group]).at,
    count,
  })
  // B in G1 is what proofs are blinded with that are made of it. Here nothing is (see `blindPoints`).
  part(6, 'g1', wires)
  const coefficients = section(4)
  const count = view(await bytes(coefficients.at, 4)).getUint32(0, true)
  if (coefficients.length !== 4 + count * COEFFICIENT_BYTES) throw format()
  const { g1, g2 } = POINT_BYTES
  const point = (at: number, length: number) => header.slice(84 + at, 84 + at + length)
  return {
    source,
    wires,
    publicSignals,
    rows,
    points: {
      alpha1: point(0, g1),
      beta2: point(2 * g1, g2),
      delta2: point(3 * g1 + 2 * g2, g2),
    },
    coefficients: { at: coefficients.at + 4, count },
    sums: {
      a: { group: 'g1', parts: [part(5, 'g1', wires)] },
      b: { group: 'g2', parts: [part(7, 'g2', wires)] },
      c: { group: 'g1', parts: [part(9, 'g1', rows), part(8, 'g1', wires - publicSignals - 1)] },
    },
  }
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}
