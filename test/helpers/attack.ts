import { expect } from 'vitest'
import type { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { elementsOf } from '../../scripts/soundness/bench/tamper.js'
import type { CircuitInputs } from '../../src/field/index.js'

/**
 * Plays an attack in `weak`, a copy of the circuit that leaves something out, where it has to succeed; the
 * circuit as it is has to refuse the witness that it yields there, and its inputs, unless `inputs` are honest
 * ones and only the witness is not.
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
 * Lays an honest witness of a copy over the circuit, which has to take it: so what refuses a forged one is no
 * wire in a wrong place. For a copy that leaves out comparisons alone.
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
