import { FIELD_ORDER, invertField, toField } from '../../../src/field/index.js'
import type { ConstraintSystem } from '../bench/constraint-system.js'
import type { Terms } from '../elimination.js'

/** Wires that a linear constraint of their own sets to a number, with it. */
export function fixed(system: ConstraintSystem): Map<number, bigint> {
  const values = new Map([[0, 1n]])
  for (let c = 0; c < system.r1cs.constraints; c++) {
    if (system.constantOf(3 * c) !== 0n && system.constantOf(3 * c + 1) !== 0n) continue
    const form = system.terms(3 * c + 2)
    const wires = form.filter(([wire]) => wire !== 0)
    if (form.length > 2 || wires.length !== 1) continue
    const [wire, coefficient] = wires[0]!
    values.set(wire, toField(-at(form, 0) * invertField(coefficient)))
  }
  return values
}

/**
 * Wires that a constraint of their own leaves two values, `b · (b − 1) = 0` being the usual one: by wire, how
 * far the two are apart. The difference is zero where they are one.
 */
export function twoValued(system: ConstraintSystem): Map<number, bigint> {
  const steps = new Map<number, bigint>()
  for (let c = 0; c < system.r1cs.constraints; c++) {
    if (system.starts[3 * c + 3]! - system.starts[3 * c]! > 6) continue
    const forms = [0, 1, 2].map((side) => system.terms(3 * c + side))
    const wires = new Set(forms.flat().map(([wire]) => wire))
    wires.delete(0)
    if (wires.size !== 1) continue
    const [wire] = wires as unknown as [number]
    const step = gap(...(forms.map((form) => [at(form, wire), at(form, 0)]) as Linear3))
    if (step !== undefined) steps.set(wire, step)
  }
  return steps
}

type Linear3 = [a: [bigint, bigint], b: [bigint, bigint], c: [bigint, bigint]]

const at = (form: Terms, wire: number) => form.find(([w]) => w === wire)?.[1] ?? 0n

/**
 * How far apart the roots in w of (a·w + a₀)(b·w + b₀) = c·w + c₀ are, where a factor is zero at one root;
 * else `undefined`.
 */
function gap(
  [a, a0]: [bigint, bigint],
  [b, b0]: [bigint, bigint],
  [c, c0]: [bigint, bigint],
): bigint | undefined {
  if (a === 0n || b === 0n) return undefined
  if (c === 0n && c0 === 0n) return toField(-a0 * invertField(a) + b0 * invertField(b))
  // w·(b·w + b₀ − c/a) = 0, and the like
  if (a0 === 0n && c0 === 0n) return toField((c * invertField(a) - b0) * invertField(b))
  if (b0 === 0n && c0 === 0n) return toField((c * invertField(b) - a0) * invertField(a))
  return undefined
}

/**
 * Whether an equation in two-valued wires, whose right side is determined, determines all of them: their
 * weights are such that no two choices come to the same number, each weight being more than all smaller ones
 * together, and none can wrap around the field.
 */
export function decomposes(terms: Terms, steps: ReadonlyMap<number, bigint>): boolean {
  const weights: bigint[] = []
  for (const [wire, c] of terms) {
    const step = steps.get(wire)
    if (step === undefined || step === 0n) return false
    weights.push((c * step) % FIELD_ORDER)
  }
  return superIncreasing(weights, 1n) || superIncreasing(weights, invertField(weights[0]!))
}

function superIncreasing(weights: readonly bigint[], scale: bigint): boolean {
  const sizes = weights.map((weight) => {
    const scaled = (weight * scale) % FIELD_ORDER
    return scaled > FIELD_ORDER / 2n ? FIELD_ORDER - scaled : scaled
  })
  let sum = 0n
  for (const size of sizes.sort((x, y) => (x < y ? -1 : x > y ? 1 : 0))) {
    if (size <= sum) return false
    sum += size
  }
  return sum < FIELD_ORDER
}
