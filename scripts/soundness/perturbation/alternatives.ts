import { FIELD_ORDER, invertField, toField } from '../../../src/field/index.js'
import type { R1cs } from '../../../src/proving/r1cs.js'
import { ConstraintSystem } from '../bench/constraint-system.js'

/** A wire that can take another value, alone, with every constraint still satisfied: by how much, or any. */
export interface Alternative {
  wire: number
  by: bigint | 'anything'
}

/** Of each form, its value at a witness. */
export function valuesOf(system: ConstraintSystem, witness: readonly bigint[]): bigint[] {
  return Array.from({ length: 3 * system.r1cs.constraints }, (_, form) => system.valueOf(form, witness))
}

/**
 * Every wire that can change alone, and to what: not by trying values, but by solving for them. Where a
 * witness satisfies a constraint, a change δ of one wire with coefficients a, b, c in it leaves it satisfied
 * when δ·(aB + bA − c) + δ²·ab = 0: for no δ but 0, for one, or for any.
 */
export function alternatives(system: ConstraintSystem, values: readonly bigint[]): Alternative[] {
  const left = new Map<number, bigint | 'anything'>()
  for (let wire = 1; wire < system.r1cs.wires; wire++) left.set(wire, 'anything')
  for (let c = 0; c < system.r1cs.constraints; c++) {
    const shares = new Map<number, [bigint, bigint, bigint]>()
    for (const side of [0, 1, 2] as const) {
      for (const [wire, coefficient] of system.terms(3 * c + side, (w) => left.has(w))) {
        const share = shares.get(wire) ?? [0n, 0n, 0n]
        share[side] = coefficient
        shares.set(wire, share)
      }
    }
    for (const [wire, [a, b, k]] of shares) {
      const slope = toField(a * values[3 * c + 1]! + b * values[3 * c]! - k)
      const square = (a * b) % FIELD_ORDER
      if (square === 0n && slope === 0n) continue
      const root = square === 0n ? 0n : toField(-slope * (square === 1n ? 1n : invertField(square)))
      const before = left.get(wire)!
      if (root === 0n || (before !== 'anything' && before !== root)) left.delete(wire)
      else left.set(wire, root)
    }
  }
  return [...left].map(([wire, by]) => ({ wire, by }))
}

/** Wires of a witness that can take another value alone. */
export function looseWires(r1cs: R1cs, witness: readonly bigint[]): number[] {
  const system = new ConstraintSystem(r1cs, [])
  return alternatives(system, valuesOf(system, witness)).map(({ wire }) => wire)
}
