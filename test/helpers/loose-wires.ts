import { FIELD_ORDER } from '../../src/field/index.js'
import { readLittleEndian } from '../../src/proving/little-endian.js'
import { type R1cs, scanTerms } from '../../src/proving/r1cs.js'

/** One wire in one constraint `A · B = C`: its coefficients there. */
type Share = [a: bigint, b: bigint, c: bigint]

/**
 * Wires that can change by `delta`, each alone, with every constraint still satisfied. Where a witness satisfies a constraint, a
 * change of one wire with coefficients a, b, c in it leaves it satisfied when `δ·a·B + δ·b·A + δ²·a·b = δ·c`.
 */
export function looseWires(r1cs: R1cs, witness: readonly bigint[], delta = 1n): number[] {
  const values = Array.from({ length: r1cs.constraints }, () => [0n, 0n])
  const shares = new Map<number, Share>()
  const at = (constraint: number, wire: number) => constraint * r1cs.wires + wire
  const window = new Uint8Array(1 << 22)
  scanTerms(
    r1cs,
    (side, constraint, wire, offset) => {
      const coefficient = readLittleEndian(window, offset)
      if (side < 2) values[constraint]![side]! += coefficient * witness[wire]!
      const key = at(constraint, wire)
      const share = shares.get(key) ?? [0n, 0n, 0n]
      share[side] += coefficient
      shares.set(key, share)
    },
    window,
  )
  const held = new Set<number>()
  for (const [key, [a, b, c]] of shares) {
    const wire = key % r1cs.wires
    if (held.has(wire)) continue
    const [A, B] = values[(key - wire) / r1cs.wires] as [bigint, bigint]
    if ((a * B + b * A + delta * a * b - c) % FIELD_ORDER !== 0n) held.add(wire)
  }
  return Array.from({ length: r1cs.wires - 1 }, (_, i) => i + 1).filter((wire) => !held.has(wire))
}
