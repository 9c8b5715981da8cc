import type { WasmFunction } from './assembler.js'

/**
 * The functions of a field. All parameters are addresses of elements, the result's comes last, and a result
 * may take the place of any operand. What they store is what they take: see `primeField` for the range.
 */
export interface Field {
  /** Bytes of an element. */
  readonly size: number
  /** Bytes that `inv` needs as its scratch memory. */
  readonly scratch: number
  /** (a, b, out): a + b */
  readonly add: WasmFunction
  /** (a, b, out): a − b */
  readonly sub: WasmFunction
  /** (a, out): −a */
  readonly neg: WasmFunction
  /** (a, b, out): a·b */
  readonly mul: WasmFunction
  /** (a, out): a² */
  readonly sqr: WasmFunction
  /** (a, b, c, out): (a − b)·c */
  readonly subMul: WasmFunction
  /** (a, b, c, out): (a + b)·c */
  readonly addMul: WasmFunction
  /** (a, b, c, d, out): (a − b)·c − d */
  readonly subMulSub: WasmFunction
  /** (a, b, c, d, out): (a − b)·c + d */
  readonly subMulAdd: WasmFunction
  /** (a, b, c, out): a² − b − c */
  readonly sqrSubSub: WasmFunction
  /** (a, out, scratch): 1/a, and 0 for 0. Scratch memory: `scratch` bytes that overlap neither a nor out. */
  readonly inv: WasmFunction
  /** (a) → 1 when a is 0, else 0 */
  readonly isZero: WasmFunction
  /** (from, to) */
  readonly copy: WasmFunction
  /** (to): zero */
  readonly setZero: WasmFunction
  /** (to): one */
  readonly setOne: WasmFunction
}
