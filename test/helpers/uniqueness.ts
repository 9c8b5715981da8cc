import { FIELD_ORDER, invertField, toField } from '../../src/field/index.js'
import { readLittleEndian } from '../../src/proving/little-endian.js'
import { type R1cs, SIDE, scanTerms } from '../../src/proving/r1cs.js'

type Linear = Map<number, bigint>

/**
 * Wires that the inputs do not determine, as far as this can tell: it fails closed. A constraint whose two factors are
 * determined gives a linear equation in the rest; equations are eliminated together, and a wire that stands alone in one
 * is determined.
 */
export function undetermined(r1cs: R1cs): number[] {
  const rows = Array.from({ length: r1cs.constraints }, () => [new Map(), new Map(), new Map()] as Linear[])
  const window = new Uint8Array(1 << 22)
  scanTerms(
    r1cs,
    (side, constraint, wire, at) => {
      rows[constraint]![side]!.set(wire, readLittleEndian(window, at))
    },
    window,
  )
  const known = new Set<number>([0])
  for (let i = 0; i < r1cs.publicInputs + r1cs.privateInputs; i++) known.add(1 + r1cs.outputs + i)

  const pivots = new Map<number, Linear>()
  const waiting = new Set(rows)
  for (let progress = true; progress; ) {
    progress = false
    for (const row of waiting) {
      const determined = [SIDE.A, SIDE.B].every((side) => [...row[side]!.keys()].every((w) => known.has(w)))
      if (!determined) continue
      waiting.delete(row)
      progress = true
      addEquation(pivots, known, row[SIDE.C]!)
    }
    // An equation whose unknowns but one became known determines that one.
    for (let again = true; again; ) {
      again = false
      for (const [pivot, equation] of pivots) {
        for (const wire of equation.keys()) if (wire !== pivot && known.has(wire)) equation.delete(wire)
        if (equation.size === 1 && !known.has(pivot)) {
          known.add(pivot)
          pivots.delete(pivot)
          progress = again = true
        }
      }
    }
  }
  return Array.from({ length: r1cs.wires }, (_, wire) => wire).filter((wire) => !known.has(wire))
}

/** Keeps the equations in reduced row echelon form over the unknown wires; known values play no part in uniqueness. */
function addEquation(pivots: Map<number, Linear>, known: ReadonlySet<number>, terms: Linear): void {
  const equation: Linear = new Map([...terms].filter(([wire, c]) => !known.has(wire) && c !== 0n))
  for (const [pivot, other] of pivots) subtract(equation, other, equation.get(pivot) ?? 0n)
  const first = equation.entries().next()
  if (first.done) return
  const [pivot, coefficient] = first.value
  const scale = invertField(coefficient)
  for (const [wire, c] of equation) equation.set(wire, (c * scale) % FIELD_ORDER)
  for (const other of pivots.values()) subtract(other, equation, other.get(pivot) ?? 0n)
  pivots.set(pivot, equation)
}

function subtract(from: Linear, what: Linear, factor: bigint): void {
  if (factor === 0n) return
  for (const [wire, c] of what) {
    const value = toField((from.get(wire) ?? 0n) - factor * c)
    if (value === 0n) from.delete(wire)
    else from.set(wire, value)
  }
}
