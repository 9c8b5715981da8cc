import { BASE_FIELD_ORDER, FIELD_ORDER } from '../../field/index.js'
import { type Curve, curve, primeField, quadraticField, WasmModule } from '../../kernel/index.js'
import { definePoints } from './points-code.js'
import type { GroupName } from './proving-key.js'
import { defineQuotient } from './quotient-code.js'
import { defineSorting } from './sorting-code.js'

/** Pages of 64 KiB that 32-bit addresses reach. */
export const MOST_PAGES = 2 ** 16

/** The prover's WebAssembly: its functions, and the sizes of what they take. */
export interface ProverCode {
  module: WasmModule
  curves: Record<GroupName, Curve>
}

let made: ProverCode | undefined

/** Made when it is first asked for, in some milliseconds. */
export function proverCode(): ProverCode {
  made ??= makeCode()
  return made
}

function makeCode(): ProverCode {
  const module = new WasmModule()
  const base = primeField(module, 'fq', BASE_FIELD_ORDER)
  const curves = {
    g1: curve(module, 'g1', base),
    g2: curve(module, 'g2', quadraticField(module, 'fq2', base)),
  }
  defineQuotient(module, primeField(module, 'fr', FIELD_ORDER))
  definePoints(module, base)
  defineSorting(module)
  return { module, curves }
}
