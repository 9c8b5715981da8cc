import type { Curve } from 'ffjavascript'
import { ELEMENT_BYTES, FIELD_ORDER, writeLittleEndian } from '../field/index.js'
import { curveEngine } from '../groth16/index.js'
import { POINT_BYTES, type ProvingKey } from './wasm/proving-key.js'
import { COEFFICIENT_BYTES } from './wasm/quotient-code.js'
import { wasmThreads } from './wasm-prover.js'

/** Rows and wires of the proof that is timed. */
const SIZE = 2 ** 13
/** Points of it that differ: the rest repeat these. */
const DIFFERENT = 64
const RUNS = 3
/** Coefficients of a row. */
const COEFFICIENTS = 3
/**
 * Rows of the proof system that take as long as the sample, with a proof's witness and its verification:
 * measured on circuits of this version.
 */
const ROWS = 26_000
/** Where the sample's parts lie in a key that there is nowhere. */
const AT = { g1: 2 ** 40, g2: 2 ** 41 }

/**
 * Seconds that this machine takes for a row of the proof system (see `proofRows`): from proofs of a made-up
 * circuit that mean nothing, by the prover that proves by default, on every core, the best of some.
 *
 * @example
 * const seconds = (await measureProving()) * proofRows(findInstance('ledger-4-18'))
 */
export async function measureProving(): Promise<number> {
  const key = sampleKey(await curveEngine())
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < RUNS; run++) {
    const witness = sampleWitness()
    const started = performance.now()
    await wasmThreads().prove(key, witness)
    best = Math.min(best, (performance.now() - started) / 1000)
  }
  return best / ROWS
}

/** A key whose points are small multiples of the generators. */
function sampleKey({ G1, G2 }: Curve): ProvingKey {
  const points = { g1: somePoints(G1), g2: somePoints(G2) }
  const part = (group: 'g1' | 'g2', count: number) => ({ at: AT[group], count })
  const [g1, g2] = [points.g1.slice(0, POINT_BYTES.g1), points.g2.slice(0, POINT_BYTES.g2)]
  return {
    source: {
      where: 'a sample',
      size: Number.POSITIVE_INFINITY,
      async read(at, into) {
        const group = at >= AT.g2 ? 'g2' : at >= AT.g1 ? 'g1' : undefined
        if (group === undefined) writeCoefficients(into, at / COEFFICIENT_BYTES)
        else for (let i = 0; i < into.length; i += points[group].length) repeat(points[group], into, i)
      },
    },
    wires: SIZE,
    publicSignals: 1,
    rows: SIZE,
    points: { alpha1: g1, beta2: g2, delta2: g2 },
    coefficients: { at: 0, count: COEFFICIENTS * SIZE },
    sums: {
      a: { group: 'g1', parts: [part('g1', SIZE)] },
      b: { group: 'g2', parts: [part('g2', SIZE)] },
      c: { group: 'g1', parts: [part('g1', SIZE), part('g1', SIZE - 2)] },
    },
  }
}

function somePoints(group: Pick<Curve['G1'], 'g' | 'add' | 'toAffine'>): Uint8Array {
  const points: Uint8Array[] = []
  for (let point = group.g; points.length < DIFFERENT; point = group.add(group.add(point, point), group.g)) {
    points.push(group.toAffine(point))
  }
  return Buffer.concat(points)
}

function repeat(points: Uint8Array, into: Uint8Array, at: number): void {
  into.set(points.subarray(0, Math.min(points.length, into.length - at)), at)
}

/** Coefficients from the `first` on, on both sides of each row. */
function writeCoefficients(into: Uint8Array, first: number): void {
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength)
  for (let at = 0, i = first; at < into.length; at += COEFFICIENT_BYTES, i++) {
    view.setUint32(at, i % 2, true)
    view.setUint32(at + 4, Math.floor(i / COEFFICIENTS), true)
    view.setUint32(at + 8, (i * 7) % SIZE, true)
    view.setUint32(at + 12, i, true)
  }
}

/** A quarter zeros and a quarter ones, as circuits have them, and the rest dense; the same in every run. */
function sampleWitness(): Uint8Array {
  const witness = new Uint8Array(ELEMENT_BYTES * SIZE)
  let value = 1n
  for (let wire = 0; wire < SIZE; wire++) {
    value = (value * value + 3n) % FIELD_ORDER
    writeLittleEndian([0n, 1n, value, value][wire % 4]!, witness, ELEMENT_BYTES * wire)
  }
  return witness
}
