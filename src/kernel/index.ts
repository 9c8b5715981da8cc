export { WasmFunction, WasmModule } from './assembler.js'
export { type Curve, curve, INFINITY_WORD, NEGATED } from './curve.js'
export type { Field } from './field.js'
export { instantiate, type WasmCalls } from './instantiate.js'
export {
  ELEMENT_BYTES,
  limbsOf,
  readLimbs,
  toMontgomery,
  writeLimbs,
} from './limbs.js'
export {
  type PoseidonConstants,
  poseidonFunctions,
  poseidonScratch,
  poseidonTable,
} from './poseidon.js'
export { type PrimeField, primeField, WORD_BYTES } from './prime-field.js'
export { quadraticField } from './quadratic-field.js'
