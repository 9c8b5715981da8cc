import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { ConstraintSystem } from '../../scripts/soundness/bench/constraint-system.js'
import { FIELD_ORDER, toField } from '../../src/field/index.js'
import { writeLittleEndian } from '../../src/field/little-endian.js'
import { openR1cs } from '../../src/proving/r1cs.js'

/** Coefficients of one side, wire 0 first. */
type Side = readonly bigint[]
type Constraint = readonly [a: Side, b: Side, c: Side]

/** A system small enough to look at every witness: all wires are 0 or 1, and `planted` satisfies it. */
export interface SmallSystem {
  wires: number
  inputs: number
  constraints: readonly Constraint[]
  planted: readonly bigint[]
}

const WIRES = 7
const INPUTS = 2

const side: fc.Arbitrary<Side> = fc.array(fc.constantFrom(0n, 0n, 0n, 1n, 1n, -1n, 2n, 4n), {
  minLength: WIRES,
  maxLength: WIRES,
})
const nothing: Side = new Array<bigint>(WIRES).fill(0n)

/** Sparse constraints, products and linear ones, that a planted witness satisfies. */
export const smallSystems: fc.Arbitrary<SmallSystem> = fc
  .record({
    bits: fc.array(fc.constantFrom(0n, 1n), { minLength: WIRES - 1, maxLength: WIRES - 1 }),
    sides: fc.array(fc.tuple(side, side, side, fc.boolean()), { minLength: 1, maxLength: 6 }),
  })
  .map(({ bits, sides }) => {
    const planted = [1n, ...bits]
    const constraints = sides.map(([a, b, c, linear]): Constraint => {
      const [left, right] = linear ? [nothing, nothing] : [a, b]
      const off = evaluate(left, planted) * evaluate(right, planted) - evaluate(c, planted)
      return [left, right, c.with(0, c[0]! + off)]
    })
    return { wires: WIRES, inputs: INPUTS, constraints: [...constraints, ...booleans()], planted }
  })

/** w · (w − 1) = 0 for every wire. */
function booleans(): Constraint[] {
  return Array.from({ length: WIRES - 1 }, (_, i): Constraint => {
    const wire = nothing.with(i + 1, 1n)
    return [wire, wire.with(0, -1n), nothing]
  })
}

function evaluate(terms: Side, witness: readonly bigint[]): bigint {
  return terms.reduce((sum, c, wire) => sum + c * witness[wire]!, 0n)
}

export function satisfies({ constraints }: SmallSystem, witness: readonly bigint[]): boolean {
  return constraints.every(
    ([a, b, c]) => toField(evaluate(a, witness) * evaluate(b, witness) - evaluate(c, witness)) === 0n,
  )
}

/** Every witness, found by trying all. */
export function allWitnesses(system: SmallSystem): bigint[][] {
  return Array.from({ length: 2 ** (system.wires - 1) }, (_, n) =>
    Array.from({ length: system.wires }, (_, wire) => (wire === 0 ? 1n : BigInt((n >> (wire - 1)) & 1))),
  ).filter((witness) => satisfies(system, witness))
}

/** The dimension of the derivative's kernel beside the inputs, by plain Gaussian elimination. */
export function kernelDimension({ constraints, wires, inputs, planted }: SmallSystem): number {
  const rows = constraints.map(([a, b, c]) =>
    Array.from({ length: wires - 1 - inputs }, (_, i) => {
      const wire = 1 + inputs + i
      return toField(a[wire]! * evaluate(b, planted) + b[wire]! * evaluate(a, planted) - c[wire]!)
    }),
  )
  const columns = wires - 1 - inputs
  let rank = 0
  for (let column = 0; column < columns; column++) {
    const pivot = rows.findIndex((row, i) => i >= rank && row[column] !== 0n)
    if (pivot < 0) continue
    ;[rows[rank], rows[pivot]] = [rows[pivot]!, rows[rank]!]
    const top = rows[rank]!
    for (let i = rank + 1; i < rows.length; i++) {
      const row = rows[i]!
      // Cross-multiplied: no inverse is needed.
      rows[i] = row.map((value, j) => toField(value * top[column]! - top[j]! * row[column]!))
    }
    rank++
  }
  return columns - rank
}

/** The system in the compiler's format, read as a circuit is. */
export function readBack({ wires, inputs, constraints }: SmallSystem): ConstraintSystem {
  const body = constraints.flat().flatMap((terms) => {
    const present = [...terms.entries()].filter(([, c]) => toField(c) !== 0n)
    return [word(present.length), ...present.flatMap(([wire, c]) => [word(wire), element(toField(c))])]
  })
  const header = [
    word(32),
    element(FIELD_ORDER),
    ...[wires, 0, 0, inputs].map(word),
    word(wires),
    word(0),
    word(constraints.length),
  ]
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-system-'))
  try {
    const path = join(folder, 'system.r1cs')
    writeFileSync(
      path,
      Buffer.concat([Buffer.from('r1cs'), word(1), word(2), ...section(1, header), ...section(2, body)]),
    )
    return new ConstraintSystem(
      openR1cs(path),
      Array.from({ length: inputs }, (_, i) => 1 + i),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function section(type: number, parts: Uint8Array[]): Uint8Array[] {
  const body = Buffer.concat(parts)
  return [word(type), word(body.length), word(0), body]
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function element(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32)
  writeLittleEndian(value, bytes)
  return bytes
}
