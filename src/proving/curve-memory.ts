import { instantiate, type WasmCalls } from '../kernel/index.js'

const PAGE = 1 << 16
const MAX_BYTES = 2 ** 32 - PAGE

/** The curve's functions over a memory of their own, for loops that work on pointers and copy nothing. */
export class CurveMemory {
  private readonly memory = new WebAssembly.Memory({ initial: 25 })
  /** `frm_*` for scalars, by pointer. */
  readonly call: WasmCalls

  constructor(code: WebAssembly.Module) {
    this.call = instantiate(code, this.memory)
  }

  /**
   * Takes `bytes` of memory for good and makes sure that `scratch` more are there for a function's own use.
   */
  alloc(bytes: number, scratch = 0): number {
    const top = new Uint32Array(this.memory.buffer, 0, 1)
    const pointer = Math.ceil(top[0]! / 8) * 8
    if (pointer + bytes + scratch > MAX_BYTES)
      throw new RangeError('the circuit does not fit the curve memory')
    top[0] = pointer + bytes
    const missing = pointer + bytes + scratch - this.memory.buffer.byteLength
    if (missing > 0) this.memory.grow(Math.ceil(missing / PAGE))
    return pointer
  }

  /** Overwrites everything, also the constants that the functions need: it is of no use afterwards. */
  wipe(): void {
    new Uint8Array(this.memory.buffer).fill(0)
  }

  /** A view of memory, good until the next `alloc`. */
  bytes(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer, pointer, length)
  }
}
