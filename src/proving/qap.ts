import { ELEMENT_BYTES, FIELD_ORDER, invertField, powField, writeLittleEndian } from '../field/index.js'
import { domainSizeOf } from '../statements/index.js'
import type { CurveMemory } from './curve-memory.js'
import { type R1cs, SIDE, scanTerms } from './r1cs.js'

/** The secrets of a set-up: who knows them can forge. gamma is one, as in every snarkjs key. */
export interface Trapdoor {
  tau: bigint
  alpha: bigint
  beta: bigint
  delta: bigint
}

/** Scalars of a proving key's points: canonical scalars, 32 little-endian bytes each. */
export interface QapScalars {
  domainSize: number
  /** A_s(τ) for every wire s. */
  a: Uint8Array
  /** B_s(τ) for every wire s. */
  b: Uint8Array
  /** (β·A_s(τ) + α·B_s(τ) + C_s(τ)), over γ = 1 for the first public wires, over δ for all others. */
  k: Uint8Array
  /**
   * Lagrange basis at τ of the odd half of the double domain, over δ: the prover's quotient is given there.
   */
  h: Uint8Array
}

/**
 * Told of every term of A and B, and of the rows that bind the public wires: `value` are the 32 bytes of
 * c·R².
 */
export type CoefficientVisitor = (side: 0 | 1, row: number, wire: number, value: Uint8Array) => void

/** 2^256, by which Montgomery form multiplies. */
const R = (1n << 256n) % FIELD_ORDER
const TWO_ADICITY = 28
/**
 * 5 is the least non-residue, as every tool of this family takes it: a generator of the 2^28-th roots of
 * unity.
 */
const ROOT = powField(5n, (FIELD_ORDER - 1n) >> BigInt(TWO_ADICITY))
const WINDOW_BYTES = 1 << 24

/**
 * The QAP's values at τ, in one pass over the constraints. Row i of the domain is constraint i; after the
 * constraints one row for each public wire (the one included) has that wire in A, so that no public input is
 * without effect.
 */
export function evaluateQap(
  memory: CurveMemory,
  r1cs: R1cs,
  { tau, alpha, beta, delta }: Trapdoor,
  visit: CoefficientVisitor,
): QapScalars {
  const domainSize = domainSizeOf(r1cs.constraints, r1cs.publicSignals)
  const bytes = r1cs.wires * ELEMENT_BYTES
  const field = scalarField(memory)
  const n = BigInt(domainSize)
  const basis = { n: domainSize, tau }
  // Kept in Montgomery form: a product with a canonical coefficient is then canonical.
  const rowFactor = (powField(tau, n) - 1n) * invertField(n) * R
  const rows = lagrangeBasis(memory, field, { ...basis, first: 1n, factor: rowFactor })
  const oddFactor = (powField(tau, 2n * n) - 1n) * invertField(2n * n * delta)
  const odd = lagrangeBasis(memory, field, {
    ...basis,
    first: rootOfUnity(2 * domainSize),
    factor: oddFactor,
  })
  const sums = [memory.alloc(bytes), memory.alloc(bytes), memory.alloc(bytes)] as const
  const product = field.raw(0n)
  const shift = field.raw((R * R * R) % FIELD_ORDER)
  const [inverseDelta, alphaM, betaM] = [invertField(delta) * R, alpha * R, beta * R].map(field.raw) as Triple
  const windowAt = memory.alloc(WINDOW_BYTES)
  const value = memory.bytes(product, ELEMENT_BYTES)

  for (const sum of sums) memory.bytes(sum, bytes).fill(0)
  scanTerms(
    r1cs,
    (side, row, wire, at) => {
      const sum = sums[side] + wire * ELEMENT_BYTES
      field.mul(windowAt + at, rows + row * ELEMENT_BYTES, product)
      field.add(sum, product, sum)
      if (side === SIDE.C) return
      field.mul(windowAt + at, shift, product)
      visit(side, row, wire, value)
    },
    memory.bytes(windowAt, WINDOW_BYTES),
  )
  for (let wire = 0; wire <= r1cs.publicSignals; wire++) {
    const row = r1cs.constraints + wire
    field.fromMontgomery(rows + row * ELEMENT_BYTES, product)
    field.add(sums[0] + wire * ELEMENT_BYTES, product, sums[0] + wire * ELEMENT_BYTES)
    writeLittleEndian((R * R) % FIELD_ORDER, value)
    visit(SIDE.A, row, wire, value)
  }
  for (let wire = 0; wire < r1cs.wires; wire++) {
    const k = sums[SIDE.C] + wire * ELEMENT_BYTES
    field.mul(sums[SIDE.A] + wire * ELEMENT_BYTES, betaM, product)
    field.add(k, product, k)
    field.mul(sums[SIDE.B] + wire * ELEMENT_BYTES, alphaM, product)
    field.add(k, product, k)
    if (wire > r1cs.publicSignals) field.mul(k, inverseDelta, k)
  }
  return {
    domainSize,
    a: memory.bytes(sums[0], bytes),
    b: memory.bytes(sums[1], bytes),
    k: memory.bytes(sums[2], bytes),
    h: memory.bytes(odd, domainSize * ELEMENT_BYTES),
  }
}

type Triple = [number, number, number]

/** `factor`·x_i/(τ − x_i) in memory, for the n points x_i = `first`·ω^i, ω a primitive n-th root of unity. */
function lagrangeBasis(
  memory: CurveMemory,
  field: ScalarField,
  { n, tau, first, factor }: { n: number; tau: bigint; first: bigint; factor: bigint },
): number {
  const [start, ratio, point, scale] = [first * R, rootOfUnity(n) * R, tau * R, factor].map(
    field.raw,
  ) as Quadruple
  const out = memory.alloc(n * ELEMENT_BYTES)
  const x = memory.alloc(n * ELEMENT_BYTES, (n + 1) * ELEMENT_BYTES)
  memory.bytes(x, ELEMENT_BYTES).set(memory.bytes(start, ELEMENT_BYTES))
  for (let i = 0; i < n; i++) {
    const at = x + i * ELEMENT_BYTES
    if (i) field.mul(at - ELEMENT_BYTES, ratio, at)
    field.sub(point, at, out + i * ELEMENT_BYTES)
  }
  memory.call.frm_batchInverse!(out, ELEMENT_BYTES, n, out, ELEMENT_BYTES)
  for (let i = 0; i < n; i++) {
    const at = out + i * ELEMENT_BYTES
    field.mul(at, x + i * ELEMENT_BYTES, at)
    field.mul(at, scale, at)
  }
  return out
}

type Quadruple = [number, number, number, number]

interface ScalarField {
  add(a: number, b: number, out: number): number
  sub(a: number, b: number, out: number): number
  /** a·b/R: of one canonical and one Montgomery factor, the canonical product. */
  mul(a: number, b: number, out: number): number
  fromMontgomery(a: number, out: number): number
  /** Where `value`, reduced, was written. */
  raw(value: bigint): number
}

function scalarField(memory: CurveMemory): ScalarField {
  const { frm_add, frm_sub, frm_mul, frm_fromMontgomery } = memory.call
  return {
    add: frm_add!,
    sub: frm_sub!,
    mul: frm_mul!,
    fromMontgomery: frm_fromMontgomery!,
    raw(value) {
      const pointer = memory.alloc(ELEMENT_BYTES)
      const reduced = ((value % FIELD_ORDER) + FIELD_ORDER) % FIELD_ORDER
      writeLittleEndian(reduced, memory.bytes(pointer, ELEMENT_BYTES))
      return pointer
    },
  }
}

function rootOfUnity(order: number): bigint {
  if (order > 2 ** TWO_ADICITY) throw new RangeError('the circuit is larger than any domain of the field')
  return powField(ROOT, BigInt(2 ** TWO_ADICITY / order))
}
