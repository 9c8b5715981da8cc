import { poseidon1, poseidon2, poseidon4, poseidon13, poseidon15, poseidon16 } from 'poseidon-lite'
import { describe, expect, test } from 'vitest'
import { Circuit } from '../../scripts/soundness/bench/circuit.js'
import { ConstraintSystem } from '../../scripts/soundness/bench/constraint-system.js'
import { uniqueness } from '../../scripts/soundness/uniqueness/uniqueness.js'
import { FIELD_ORDER } from '../../src/field/index.js'
import { poseidon } from '../../src/hash/index.js'

const LITE: Record<number, (inputs: bigint[]) => bigint> = {
  1: poseidon1,
  2: poseidon2,
  4: poseidon4,
  13: poseidon13,
  15: poseidon15,
  16: poseidon16,
}
const edges = [0n, 1n, FIELD_ORDER - 1n, FIELD_ORDER - 2n, 1n << 253n]

function vectors(n: number): bigint[][] {
  return [
    ...edges.map((x) => new Array<bigint>(n).fill(x)),
    ...Array.from({ length: 5 }, (_, k) =>
      Array.from({ length: n }, (_, i) => poseidon([BigInt(1 + k), BigInt(i)])),
    ),
  ]
}

describe('Poseidon (ledger.3)', () => {
  for (const n of [1, 2, 4, 13, 15, 16]) {
    test(`untagged, ${n} inputs: equals the hash outside and poseidon-lite, witness unique`, async () => {
      const circuit = await Circuit.compile({ include: 'poseidon.circom', main: `Poseidon(0, ${n})` })
      for (const inputs of vectors(n)) {
        const out = circuit.value(await circuit.witness({ inputs }), 'out')
        expect(out).toBe(poseidon(inputs))
        expect(out).toBe(LITE[n]!(inputs))
      }
      expect(uniqueness(new ConstraintSystem(circuit.r1cs, circuit.inputWires)).undetermined).toEqual([])
      expect(circuit.constraints().linear).toBe(1)
    })
  }

  for (const n of [1, 3, 5, 14, 16]) {
    test(`tagged, ${n} inputs: equals circomlib's PoseidonEx from that capacity, witness unique`, async () => {
      const circuit = await Circuit.compile({ include: 'poseidon.circom', main: `Poseidon(7, ${n})` })
      for (const inputs of vectors(n)) {
        expect(circuit.value(await circuit.witness({ inputs }), 'out')).toBe(poseidon(inputs, 7n))
      }
      expect(uniqueness(new ConstraintSystem(circuit.r1cs, circuit.inputWires)).undetermined).toEqual([])
      expect(circuit.constraints().linear).toBe(1)
    })
  }

  test('every single wire of a witness, changed, breaks a constraint', async () => {
    const circuit = await Circuit.compile({ include: 'poseidon.circom', main: 'Poseidon(3, 2)' })
    const witness = await circuit.witness({ inputs: [11n, 12n] })
    for (let wire = 1; wire < witness.length; wire++) {
      const copy = [...witness]
      copy[wire] = (copy[wire]! + 1n) % FIELD_ORDER
      expect(circuit.satisfied(copy), `wire ${wire}`).toBe(false)
    }
  })
})
