import { toField } from '../field/index.js'
import { bytesOfBase64 } from './base64.js'
import { FIELD_CODE } from './generated/field-code.js'

const BYTES = 32
const WORDS = 4
const WORD_BITS = 64n
/** Pages of 64 KiB: what the code keeps for itself, and 24,000 elements beside it. */
const PAGES = 32

/** Operations on addresses of elements; the result may take an operand's place. */
interface Code {
  frm_add(a: number, b: number, result: number): void
  frm_mul(a: number, b: number, result: number): void
  frm_square(a: number, result: number): void
  frm_copy(a: number, result: number): void
  frm_toMontgomery(a: number, result: number): void
  frm_fromMontgomery(a: number, result: number): void
}

/**
 * The scalar field in WebAssembly, by the generator that ffjavascript's curve is built by. Elements stand in
 * one memory in Montgomery form and go by their addresses; element `i` of a list at `a` is at
 * `a + i · stride`.
 */
export class MontgomeryField {
  readonly stride = BYTES
  readonly add: Code['frm_add']
  readonly mul: Code['frm_mul']
  readonly square: Code['frm_square']
  readonly copy: Code['frm_copy']
  private readonly code: Code
  private readonly words: BigUint64Array
  private free: number

  constructor() {
    const memory = new WebAssembly.Memory({ initial: PAGES })
    this.code = instantiate(memory)
    this.add = this.code.frm_add
    this.mul = this.code.frm_mul
    this.square = this.code.frm_square
    this.copy = this.code.frm_copy
    this.words = new BigUint64Array(memory.buffer)
    // The code keeps at address 0 where its own memory ends.
    this.free = Math.ceil(new Uint32Array(memory.buffer)[0]! / BYTES) * BYTES
  }

  /** Allocates room for `elements` field elements and returns its address. Memory is never freed. */
  allocate(elements: number): number {
    const at = this.free
    this.free += elements * BYTES
    if (this.free > this.words.byteLength) throw new RangeError('the memory of the field is full')
    return at
  }

  /** The address of elements that are given by their bytes, the lowest first. */
  load(bytes: Uint8Array): number {
    const at = this.allocate(bytes.length / BYTES)
    new Uint8Array(this.words.buffer).set(bytes, at)
    for (let end = at + bytes.length, to = at; to < end; to += BYTES) this.code.frm_toMontgomery(to, to)
    return at
  }

  write(at: number, value: bigint): void {
    let rest = toField(value)
    for (let i = 0; i < WORDS; i++) {
      // A word keeps the lowest 64 bits of what is stored.
      this.words[at / 8 + i] = rest
      rest >>= WORD_BITS
    }
    this.code.frm_toMontgomery(at, at)
  }

  /** Reads the element at `at`, and converts it in place out of Montgomery form. */
  take(at: number): bigint {
    this.code.frm_fromMontgomery(at, at)
    let value = 0n
    for (let i = WORDS - 1; i >= 0; i--) value = (value << WORD_BITS) | this.words[at / 8 + i]!
    return value
  }
}

/** Without waiting: the code is small, and every hash would have to wait otherwise. */
function instantiate(memory: WebAssembly.Memory): Code {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesOfBase64(FIELD_CODE)), {
    env: { memory },
  })
  return exports as unknown as Code
}
