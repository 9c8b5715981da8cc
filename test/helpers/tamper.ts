import { expect } from 'vitest'
import { type CircuitInput, type CircuitInputs, toField } from '../../src/field/index.js'
import type { Circuit } from './circuit.js'

/** A copy of inputs with some elements set to other values, by their names as wires: `slots[0][64]`. */
export function tampered(inputs: CircuitInputs, values: Record<string, bigint>): CircuitInputs {
  const copy: Record<string, CircuitInput> = { ...inputs }
  for (const [path, value] of Object.entries(values)) {
    const [name, ...indices] = path.replaceAll(']', '').split('[')
    const set = (input: CircuitInput | undefined, [i, ...rest]: string[]): CircuitInput => {
      if (input === undefined) throw new Error(`no input ${path}`)
      if (i === undefined) return toField(value)
      const list = input as CircuitInput[]
      return list.with(Number(i), set(list[Number(i)], rest))
    }
    copy[name!] = set(copy[name!], indices)
  }
  return copy
}

/** Every element of inputs by its name as a wire. */
export function elementsOf(inputs: CircuitInputs): [path: string, value: bigint][] {
  const walk = (path: string, input: CircuitInput): [string, bigint][] =>
    typeof input === 'bigint' ? [[path, input]] : input.flatMap((item, i) => walk(`${path}[${i}]`, item))
  return Object.entries(inputs).flatMap(([name, input]) => walk(name, input))
}

/**
 * Plays an attack in `weak`, a copy of the circuit that leaves something out, where it has to succeed; the circuit as it is has to
 * refuse the witness that it yields there, and its inputs, unless `inputs` are honest ones and only the witness is not.
 *
 * @returns the forged witness, a witness of `weak`
 */
export async function attack(
  circuit: Circuit,
  weak: Circuit,
  inputs: CircuitInputs,
  honestInputs = false,
): Promise<bigint[]> {
  const forged = await weak.witness(inputs)
  expect(weak.satisfied(forged), 'the attack succeeds where the rule is left out').toBe(true)
  const laidOver = circuit.transplant(weak, forged, new Map(elementsOf(inputs)))
  expect(circuit.satisfied(laidOver), 'its witness is refused').toBe(false)
  expect(await circuit.accepts(inputs), 'its inputs').toBe(honestInputs)
  return forged
}

/**
 * Lays an honest witness of a copy over the circuit, which has to take it: so what refuses a forged one is no wire in a wrong place.
 * For a copy that leaves out comparisons alone.
 */
export async function honestTransplant(
  circuit: Circuit,
  weak: Circuit,
  inputs: CircuitInputs,
): Promise<void> {
  const witness = await weak.witness(inputs)
  expect(weak.satisfied(witness)).toBe(true)
  const laidOver = circuit.transplant(weak, witness, new Map(elementsOf(inputs)))
  expect(circuit.satisfied(laidOver)).toBe(true)
}
