import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { poseidon1, poseidon2, poseidon16 } from 'poseidon-lite'
import { describe, expect, test } from 'vitest'
import { Circuit, type CircuitSource } from '../../scripts/soundness/bench/circuit.js'
import { ConstraintSystem } from '../../scripts/soundness/bench/constraint-system.js'
import { uniqueness } from '../../scripts/soundness/uniqueness/uniqueness.js'
import { FIELD_ORDER } from '../../src/field/index.js'
import { poseidon } from '../../src/hash/index.js'

const LITE: Record<number, (inputs: bigint[]) => bigint> = {
  1: poseidon1,
  2: poseidon2,
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

/** circomlib's own template, with a constant in the capacity. */
function circomlibs(tag: number, n: number): CircuitSource {
  const file = createRequire(import.meta.url).resolve('circomlib/circuits/poseidon.circom')
  return {
    include: 'theirs.circom',
    main: `Theirs(${tag}, ${n})`,
    sources: {
      // By bare names, as includes are found here; `poseidon.circom` is this project's.
      'circomlib-poseidon.circom': readFileSync(file, 'utf8').replaceAll('include "./', 'include "'),
      'theirs.circom': `
pragma circom 2.2.2;
include "circomlib-poseidon.circom";

template Theirs(TAG, N) {
    signal input inputs[N];
    signal output out;
    component hash = PoseidonEx(N, 1);
    hash.inputs <== inputs;
    hash.initialState <== TAG;
    out <== hash.out[0];
}
`,
    },
  }
}

describe('Poseidon (ledger.3)', () => {
  for (const n of [1, 2, 16]) {
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

  for (const n of [1, 2, 3, 5, 7, 10, 13, 16]) {
    test(`tagged, ${n} inputs: equals circomlib's PoseidonEx from that capacity, witness unique`, async () => {
      const circuit = await Circuit.compile({ include: 'poseidon.circom', main: `Poseidon(7, ${n})` })
      const theirs = await Circuit.compile(circomlibs(7, n))
      for (const inputs of vectors(n)) {
        const out = circuit.value(await circuit.witness({ inputs }), 'out')
        expect(out).toBe(theirs.value(await theirs.witness({ inputs }), 'out'))
        expect(out).toBe(poseidon(inputs, 7n))
      }
      expect(uniqueness(new ConstraintSystem(circuit.r1cs, circuit.inputWires)).undetermined).toEqual([])
      expect(circuit.constraints().linear).toBe(1)
    })
  }

  test('every single wire of a witness, changed, breaks a constraint', async () => {
    const circuit = await Circuit.compile({ include: 'poseidon.circom', main: 'Poseidon(7, 2)' })
    const witness = await circuit.witness({ inputs: [11n, 12n] })
    for (let wire = 1; wire < witness.length; wire++) {
      const copy = [...witness]
      copy[wire] = (copy[wire]! + 1n) % FIELD_ORDER
      expect(circuit.satisfied(copy), `wire ${wire}`).toBe(false)
    }
  })
})
