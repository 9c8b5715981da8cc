import {
  type Curve,
  curve,
  ELEMENT_BYTES,
  type Field,
  limbsOf,
  type PrimeField,
  primeField,
  quadraticField,
  readLimbs,
  toMontgomery,
  WasmModule,
  writeLimbs,
} from '../../src/kernel/index.js'
import { uniform } from './random.js'

export const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n
const PAGES = 64

/** An element of a prime field as one integer, of the quadratic one as two. */
export type Element = readonly bigint[]

export function mod(x: bigint, p: bigint): bigint {
  const r = x % p
  return r < 0n ? r + p : r
}

export function power(base: bigint, exponent: bigint, p: bigint): bigint {
  let [result, b] = [1n, mod(base, p)]
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * b) % p
    b = (b * b) % p
  }
  return result
}

/** Field elements below `p`, the same for the same seed. */
export function elements(seed: number, p: bigint): () => bigint {
  const next = uniform(seed)
  return () => {
    let value = 0n
    for (let i = 0; i < 9; i++) value = (value << 32n) | BigInt(Math.floor(next() * 2 ** 32))
    return value % p
  }
}

/** All kernels of BN254 in one instance, and memory to call them on. */
export class Kernel {
  readonly fq: PrimeField
  readonly fr: PrimeField
  readonly f2: Field
  readonly g1: Curve
  readonly g2: Curve
  readonly memory: Uint32Array
  readonly call: Record<string, (...addresses: number[]) => number>
  private free = 64

  constructor() {
    const m = new WasmModule()
    this.fq = primeField(m, 'fq', P)
    this.fr = primeField(m, 'fr', R)
    this.f2 = quadraticField(m, 'f2', this.fq)
    this.g1 = curve(m, 'g1', this.fq)
    this.g2 = curve(m, 'g2', this.f2)
    const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES })
    const code = m.encode({ initial: PAGES, maximum: PAGES, shared: false })
    this.call = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } }).exports
    this.memory = new Uint32Array(memory.buffer)
    this.call.setScratch!(this.allocate(1024))
  }

  allocate(bytes: number): number {
    const at = this.free
    this.free += Math.ceil(bytes / 64) * 64
    if (this.free > this.memory.byteLength) throw new RangeError('the memory is full')
    return at
  }

  /** Writes coordinates in Montgomery form, canonical. */
  write(at: number, element: Element, p: bigint = P): void {
    for (const [i, x] of element.entries()) {
      writeLimbs(this.memory, at + ELEMENT_BYTES * i, toMontgomery(x, p))
    }
  }

  /** Reads coordinates; throws where one is not a lazy element. */
  read(at: number, coordinates: number, p: bigint = P): bigint[] {
    return Array.from({ length: coordinates }, (_, i) => {
      const value = this.lazy(at + ELEMENT_BYTES * i)
      if (value >= 3n * p) throw new RangeError('a value is above 3 p')
      return mod(value * power(toMontgomery(1n, p), p - 2n, p), p)
    })
  }

  /** The value of nine limbs, which are all below 2^29. */
  lazy(at: number): bigint {
    const value = readLimbs(this.memory, at)
    const limbs = limbsOf(value)
    if (limbs.some((limb, i) => Number(limb) !== this.memory[at / 4 + i])) throw new RangeError('a long limb')
    return value
  }
}
