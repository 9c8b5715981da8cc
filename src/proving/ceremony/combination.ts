import type { Curve } from 'ffjavascript'
import { ELEMENT_BYTES, FIELD_ORDER, writeLittleEndian } from '../../field/index.js'
import { curveCode } from '../curve-code.js'
import { CurveMemory } from '../curve-memory.js'
import { type R1cs, SIDE, scanTerms } from '../r1cs.js'
import type { WholeKey } from './key-parts.js'
import { fileBytes } from './key-parts.js'
import { type PointCounter, partOf, WEIGHT_BYTES, weightedSum } from './points.js'
import { type Powers, usedPowers } from './powers.js'

/** 2^256, by which Montgomery form multiplies. */
const R = (1n << 256n) % FIELD_ORDER
const WINDOW_BYTES = 1 << 22

/** What the weighted sums of a key's sections have to be, by the circuit and the powers of tau alone. */
export interface ExpectedSums {
  a: Uint8Array
  b1: Uint8Array
  b2: Uint8Array
  /** Σ ρ·(β·A + α·B + C) over all wires. */
  k: Uint8Array
  /** Σ ρ·H·δ. */
  h: Uint8Array
}

/**
 * The sums that a key's sections must have under these weights. Σ_w ρ_w·A_w(τ) is the polynomial with the
 * values d_row = Σ_w ρ_w·A[row][w] at the roots of unity, at τ: its coefficients are an inverse transform of
 * d, and the powers of tau are all that it takes.
 *
 * @param weights 16 bytes for each wire
 * @param hWeights 16 bytes for each row of the domain
 */
export async function expectedSums(
  curve: Curve,
  r1cs: R1cs,
  powers: Powers,
  domain: number,
  { weights, hWeights }: { weights: Uint8Array; hWeights: Uint8Array },
  count?: PointCounter,
): Promise<ExpectedSums> {
  const [a, b, c] = await combinedRows(curve, r1cs, domain, weights)
  const { tau1, tau2, alpha, beta } = usedPowers(powers, domain)
  const low = partOf(tau1, 0, domain)
  const { G1 } = curve
  const k = [
    await weightedSum(curve, beta, a, count),
    await weightedSum(curve, alpha, b, count),
    await weightedSum(curve, low, c, count),
  ]
  return {
    a: await weightedSum(curve, low, a, count),
    b1: await weightedSum(curve, low, b, count),
    b2: await weightedSum(curve, tau2, b, count),
    k: k.reduce((sum, point) => G1.add(sum, point)),
    // Without the highest power in the file, keys are made as if it were zero.
    h: await weightedSum(
      curve,
      tau1,
      (await oddCombination(curve, domain, hWeights)).slice(0, tau1.count * ELEMENT_BYTES),
      count,
    ),
  }
}

/** Coefficients of Σ_w ρ_w·X_w for X = A, B, C: canonical, 32 little-endian bytes each. */
async function combinedRows(
  { Fr }: Curve,
  r1cs: R1cs,
  domain: number,
  weights: Uint8Array,
): Promise<[Uint8Array, Uint8Array, Uint8Array]> {
  const memory = new CurveMemory(await curveCode())
  const { frm_mul: mul, frm_add: add } = memory.call as Record<
    string,
    (a: number, b: number, out: number) => void
  >
  const constant = (value: bigint) => {
    const at = memory.alloc(ELEMENT_BYTES)
    writeLittleEndian(value, memory.bytes(at, ELEMENT_BYTES))
    return at
  }
  const [cube, one] = [constant((R * R * R) % FIELD_ORDER), constant(1n)]
  const product = memory.alloc(ELEMENT_BYTES)
  const bytes = domain * ELEMENT_BYTES
  const sums = [memory.alloc(bytes), memory.alloc(bytes), memory.alloc(bytes)] as const
  const weightsAt = memory.alloc(r1cs.wires * ELEMENT_BYTES)
  const windowAt = memory.alloc(WINDOW_BYTES)
  for (const at of sums) memory.bytes(at, bytes).fill(0)
  const expanded = memory.bytes(weightsAt, r1cs.wires * ELEMENT_BYTES).fill(0)
  for (let wire = 0; wire < r1cs.wires; wire++) {
    expanded.set(weights.subarray(wire * WEIGHT_BYTES, (wire + 1) * WEIGHT_BYTES), wire * ELEMENT_BYTES)
    const at = weightsAt + wire * ELEMENT_BYTES
    // ρ·R²: its product with a canonical coefficient is in Montgomery form.
    mul!(at, cube, at)
  }
  scanTerms(
    r1cs,
    (side, row, wire, at) => {
      const sum = sums[side] + row * ELEMENT_BYTES
      mul!(windowAt + at, weightsAt + wire * ELEMENT_BYTES, product)
      add!(sum, product, sum)
    },
    memory.bytes(windowAt, WINDOW_BYTES),
  )
  for (let wire = 0; wire <= r1cs.publicSignals; wire++) {
    const sum = sums[SIDE.A] + (r1cs.constraints + wire) * ELEMENT_BYTES
    mul!(weightsAt + wire * ELEMENT_BYTES, one, product)
    add!(sum, product, sum)
  }
  const coefficients: Uint8Array[] = []
  for (const at of sums) {
    coefficients.push(await Fr.batchFromMontgomery(await Fr.ifft(memory.bytes(at, bytes).slice())))
  }
  return coefficients as [Uint8Array, Uint8Array, Uint8Array]
}

/** Coefficients of Σ_i ρ_i·L_{2i+1} in the Lagrange basis L of the double domain. */
async function oddCombination({ Fr }: Curve, domain: number, weights: Uint8Array): Promise<Uint8Array> {
  const values = new Uint8Array(2 * domain * ELEMENT_BYTES)
  for (let i = 0; i < domain; i++) {
    values.set(weights.subarray(i * WEIGHT_BYTES, (i + 1) * WEIGHT_BYTES), (2 * i + 1) * ELEMENT_BYTES)
  }
  return Fr.batchFromMontgomery(await Fr.ifft(await Fr.batchToMontgomery(values)))
}

/**
 * The first coefficient of a key that is not the circuit's, or `undefined`. They stand in the order of the
 * constraints, A before B, and behind them one row for each public wire.
 */
export async function firstOtherCoefficient(key: WholeKey, r1cs: R1cs): Promise<number | undefined> {
  const memory = new CurveMemory(await curveCode())
  const mul = memory.call.frm_mul!
  const cubeAt = memory.alloc(ELEMENT_BYTES)
  const productAt = memory.alloc(ELEMENT_BYTES)
  const windowAt = memory.alloc(WINDOW_BYTES)
  writeLittleEndian((R * R * R) % FIELD_ORDER, memory.bytes(cubeAt, ELEMENT_BYTES))
  const product = memory.bytes(productAt, ELEMENT_BYTES)
  const square = new Uint8Array(ELEMENT_BYTES)
  writeLittleEndian((R * R) % FIELD_ORDER, square)
  const reader = new RecordReader(key)
  let [at, other]: [number, number | undefined] = [0, undefined]
  const compare = (side: number, row: number, wire: number, value: Uint8Array) => {
    if (other === undefined && !reader.nextIs(side, row, wire, value)) other = at
    at++
  }
  scanTerms(
    r1cs,
    (side, row, wire, offset) => {
      if (side === SIDE.C) return
      // c·R², as snarkjs stores it.
      mul(windowAt + offset, cubeAt, productAt)
      compare(side, row, wire, product)
    },
    memory.bytes(windowAt, WINDOW_BYTES),
  )
  for (let wire = 0; wire <= r1cs.publicSignals; wire++) {
    compare(SIDE.A, r1cs.constraints + wire, wire, square)
  }
  return other ?? (reader.isAtEnd() ? undefined : at)
}

const RECORD_BYTES = 3 * 4 + ELEMENT_BYTES

/** Reads the coefficients of a key one after the other. */
class RecordReader {
  private readonly pieces: Generator<Uint8Array>
  private buffer = new Uint8Array(0)
  private at = 0

  constructor({ path, coefficients: { at, length } }: WholeKey) {
    this.pieces = fileBytes(path, { at: at + 4, length: length - 4 })
  }

  nextIs(side: number, row: number, wire: number, value: Uint8Array): boolean {
    if (!this.has(RECORD_BYTES)) return false
    const { buffer, at } = this
    this.at += RECORD_BYTES
    const view = new DataView(buffer.buffer, buffer.byteOffset + at, RECORD_BYTES)
    for (const [i, number] of [side, row, wire].entries()) {
      if (view.getUint32(4 * i, true) !== number) return false
    }
    for (let i = 0; i < ELEMENT_BYTES; i++) if (buffer[at + 12 + i] !== value[i]) return false
    return true
  }

  isAtEnd(): boolean {
    return !this.has(1)
  }

  private has(bytes: number): boolean {
    while (this.buffer.length - this.at < bytes) {
      const piece = this.pieces.next()
      if (piece.done) return false
      const rest = this.buffer.subarray(this.at)
      const joined = new Uint8Array(rest.length + piece.value.length)
      joined.set(rest)
      joined.set(piece.value, rest.length)
      this.buffer = joined
      this.at = 0
    }
    return true
  }
}
