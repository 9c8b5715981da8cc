import { readFile } from 'node:fs/promises'
import type { CircuitInputs } from '../field/index.js'
import type { InputShape } from './symbols.js'
import { witnessOf } from './witness.js'

/** Input of a witness calculation: a compiled circuit and the shape of its inputs. */
export interface WitnessCircuit {
  wasm: string
  inputs: readonly InputShape[]
}

/** The full witness of a compiled circuit: see `witnessOf`. */
export async function calculateWitness(circuit: WitnessCircuit, inputs: CircuitInputs): Promise<Uint8Array> {
  return witnessOf(await compiled(circuit), circuit.inputs, inputs)
}

const modules = new WeakMap<WitnessCircuit, Promise<WebAssembly.Module>>()

/** A circuit's code, compiled once for as long as the circuit is in use. */
function compiled(circuit: WitnessCircuit): Promise<WebAssembly.Module> {
  const known = modules.get(circuit)
  if (known) return known
  const module = readFile(circuit.wasm).then((code) => WebAssembly.compile(code))
  modules.set(circuit, module)
  return module
}
