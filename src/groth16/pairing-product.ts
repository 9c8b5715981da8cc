import type { Curve } from 'ffjavascript'
import { BASE_FIELD_ORDER } from '../field/index.js'
import {
  curve,
  ELEMENT_BYTES,
  instantiate,
  primeField,
  quadraticField,
  toMontgomery,
  type WasmCalls,
  WasmModule,
  WORD_BYTES,
  writeLimbs,
} from '../kernel/index.js'
import { DEGREE, PAIRING_SCRATCH, pairing } from './pairing-code.js'
import { LOOP_MULTIPLE } from './subgroup.js'

/** Coordinates of an affine point of G1 other than infinity. */
export type G1Numbers = readonly [x: bigint, y: bigint]
/** Coordinates of an affine point of the twist other than infinity, each c0 + c1·u. */
export type G2Numbers = readonly [x: [bigint, bigint], y: [bigint, bigint]]

/** A factor of a product of pairings: e(p, q) with p the sum of some multiples of points. */
export interface Factor {
  /** Multiples from 0 on. */
  p: readonly (readonly [multiple: bigint, point: G1Numbers])[]
  q: G2Numbers
}

/** ξ, over which the tower of fields is built. */
const XI: [bigint, bigint] = [9n, 1n]
/** The bits of 6x + 2 behind its first one. */
const LOOP = LOOP_MULTIPLE.toString(2).slice(1)
const PAGE = 1 << 16
const MAX_PAGES = 1 << 12
/** Bytes of an element of F_p, and of F_p². */
const [F1, F2] = [ELEMENT_BYTES, 2 * ELEMENT_BYTES]
/** Elements of F_p that the functions of both fields need. */
const FIELD_SCRATCH = 8
/** Powers of w in the order in which the engine has their coefficients. */
const ENGINE_ORDER = [0, 2, 4, 1, 3, 5]

/** Where a factor is in memory: p, q, ψ(q), −ψ²(q), and the multiple of q that the loop has come to. */
interface Places {
  p: number
  q: number
  psi: number
  psi2: number
  multiple: number
}

/**
 * Products of pairings on the kernel's arithmetic, which is faster than the curve engine's. All pairings of a
 * product share the squarings of one loop and the final exponentiation, which is the engine's.
 */
export class PairingProduct {
  private readonly memory = new WebAssembly.Memory({ initial: 1, maximum: MAX_PAGES })
  private readonly call: WasmCalls
  private readonly scratch: number
  private readonly constants: number
  private readonly toWordsFactor: number
  private top = F2

  constructor(private readonly engine: Curve) {
    const code = new WasmModule()
    const prime = primeField(code, 'fq', BASE_FIELD_ORDER)
    const g1 = curve(code, 'g1', prime)
    pairing(code, 'pairing', prime, quadraticField(code, 'f2', prime))
    const module = new WebAssembly.Module(code.encode({ initial: 1, maximum: MAX_PAGES, shared: false }))
    this.call = instantiate(module, this.memory)
    this.call.setScratch!(this.alloc(FIELD_SCRATCH * F1))
    this.scratch = this.alloc(Math.max(PAIRING_SCRATCH * F2, g1.scratch, prime.scratch))
    this.toWordsFactor = this.alloc(F1)
    // Montgomery's factor is 2^261 here, and 2^256 in the engine.
    writeLimbs(this.words, this.toWordsFactor, 2n ** BigInt(8 * WORD_BYTES) % BASE_FIELD_ORDER)
    const { F2: field, G2 } = engine
    const root = (n: bigint) => field.toObject(field.exp(field.fromObject(XI), (BASE_FIELD_ORDER - 1n) / n))
    this.constants = this.write([field.toObject(G2.b), XI, root(3n), root(2n)].flat())
  }

  /**
   * Whether the product of pairings is one, and every q that is paired with another point than infinity is in
   * G2: the loop comes to (6x + 2)·q + ψ(q) − ψ²(q), and `isInSubgroup` says why that has to be −ψ³(q).
   */
  isOne(factors: readonly Factor[]): boolean {
    const { top } = this
    try {
      const all = factors.flatMap((factor) => this.place(factor) ?? [])
      const product = this.write([1n, ...new Array<bigint>(2 * DEGREE - 1).fill(0n)])
      const line = this.alloc(3 * F2)
      const multiply = ({ p }: Places) =>
        this.call.pairing_multiplyLine!(product, line, p, this.constants, this.scratch)
      const add = (to: Places, point: number) => {
        this.call.pairing_add!(to.multiple, point, line, this.constants, this.scratch)
        multiply(to)
      }
      for (const bit of LOOP) {
        this.call.pairing_square!(product, this.constants, this.scratch)
        for (const each of all) {
          this.call.pairing_double!(each.multiple, line, this.constants, this.scratch)
          multiply(each)
          if (bit === '1') add(each, each.q)
        }
      }
      for (const each of all) {
        add(each, each.psi)
        add(each, each.psi2)
      }
      return all.every((each) => this.endsInSubgroup(each)) && this.isRootOfOne(product)
    } finally {
      this.top = top
    }
  }

  /** A factor in memory; `undefined` when its p is infinity, and it is one. */
  private place({ p, q }: Factor): Places | undefined {
    const sum = this.sum(p)
    if (sum === undefined) return undefined
    const [at, multiple] = [this.write(q.flat()), this.write([...q.flat(), 1n, 0n])]
    const [psi, psi2] = [this.alloc(2 * F2), this.alloc(2 * F2)]
    this.call.pairing_frobenius!(at, psi, this.constants)
    this.call.pairing_frobenius!(psi, psi2, this.constants)
    this.call.f2_neg!(psi2 + F2, psi2 + F2)
    return { p: sum, q: at, psi, psi2, multiple }
  }

  /** Whether the loop of a factor came to −ψ³(q), without having met infinity or a sum of equal points. */
  private endsInSubgroup({ multiple, psi2 }: Places): boolean {
    const [end, t] = [this.alloc(2 * F2), this.alloc(F2)]
    this.call.pairing_frobenius!(psi2, end, this.constants)
    const z = multiple + 2 * F2
    return (
      this.call.f2_isZero!(z) === 0 &&
      [0, F2].every((coordinate) => {
        this.call.f2_mul!(end + coordinate, z, t)
        this.call.f2_sub!(multiple + coordinate, t, t)
        return this.call.f2_isZero!(t) === 1
      })
    )
  }

  /** Whether the final exponentiation of a value is one. */
  private isRootOfOne(product: number): boolean {
    const words = this.alloc(2 * DEGREE * WORD_BYTES)
    for (const [i, power] of ENGINE_ORDER.entries()) {
      this.call.fq_toWords!(product + power * F2, words + 2 * i * WORD_BYTES, 2, this.toWordsFactor)
    }
    const { Gt } = this.engine
    const bytes = new Uint8Array(this.memory.buffer, words, 2 * DEGREE * WORD_BYTES)
    return Gt.eq(this.engine.finalExponentiation(bytes), Gt.one)
  }

  /** The affine sum of multiples of points, all doubled together; `undefined` when it is infinity. */
  private sum(terms: Factor['p']): number | undefined {
    const sum = this.write([0n, 1n, 0n])
    const points = terms.map(([multiple, point]) => ({ at: this.write(point), bits: multiple.toString(2) }))
    for (let bit = Math.max(0, ...points.map(({ bits }) => bits.length)); bit > 0; bit--) {
      this.call.g1_double!(sum, sum, this.scratch)
      for (const { at, bits } of points) {
        if (bits.at(-bit) === '1') this.call.g1_addMixed!(sum, at, 0, this.scratch)
      }
    }
    const z = sum + 2 * F1
    if (this.call.fq_isZero!(z)) return undefined
    const [inverse, square] = [this.alloc(F1), this.alloc(F1)]
    this.call.fq_inv!(z, inverse, this.scratch)
    this.call.fq_sqr!(inverse, square)
    this.call.fq_mul!(sum, square, sum)
    this.call.fq_mul!(square, inverse, square)
    this.call.fq_mul!(sum + F1, square, sum + F1)
    return sum
  }

  private write(coordinates: readonly bigint[]): number {
    const at = this.alloc(coordinates.length * F1)
    for (const [i, coordinate] of coordinates.entries()) {
      writeLimbs(this.words, at + i * F1, toMontgomery(coordinate, BASE_FIELD_ORDER))
    }
    return at
  }

  private alloc(bytes: number): number {
    const at = this.top
    this.top += bytes
    const missing = this.top - this.memory.buffer.byteLength
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE))
    return at
  }

  private get words(): Uint32Array {
    return new Uint32Array(this.memory.buffer)
  }
}
