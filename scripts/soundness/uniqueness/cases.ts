import { FIELD_ORDER, invertField, toField } from '../../../src/field/index.js'
import type { ConstraintSystem, Form } from '../bench/constraint-system.js'
import type { Terms } from '../elimination.js'

/**
 * A form in a branch: its terms in wires that are not determined there, and the rest where it is one number
 * for all inputs.
 */
interface Reading {
  unknown: Terms
  constant: bigint | undefined
}

/** How many constraints a branch may look at: it is about what a factor decides nearby. */
const BUDGET = 200

/**
 * What follows from a determined form being zero, and what from its not being zero, looked at apart: as any
 * two witnesses of the same inputs are on the same side, a wire that follows on both is determined.
 *
 * @param factors the form, up to a factor, as a side of each constraint that it is a factor of
 * @param fixed wires that have the same value in every witness
 * @returns wires that follow on both sides
 */
export function splitOnZero(
  system: ConstraintSystem,
  fixed: ReadonlyMap<number, bigint>,
  isKnown: (wire: number) => boolean,
  factors: readonly Form[],
): number[] {
  const [zero, other] = [true, false].map((isZero) =>
    new Branch(system, fixed, isKnown, factors, isZero).follow(),
  )
  if (!zero) return other ? [...other.keys()] : []
  if (!other) return [...zero.keys()]
  return [...zero.keys()].filter((wire) => other.has(wire))
}

class Branch {
  /** Wires determined in this branch, with the value of those that have the same one for all inputs. */
  private readonly values = new Map<number, bigint | undefined>()
  private readonly work: number[]
  private readonly factors: ReadonlySet<Form>
  private possible = true

  constructor(
    private readonly system: ConstraintSystem,
    private readonly fixed: ReadonlyMap<number, bigint>,
    private readonly isKnown: (wire: number) => boolean,
    factors: readonly Form[],
    private readonly isZero: boolean,
  ) {
    this.factors = new Set(factors)
    this.work = factors.map((form) => Math.floor(form / 3))
  }

  /** The wires that are determined, or `undefined` where no witness is in this branch. */
  follow(): ReadonlyMap<number, bigint | undefined> | undefined {
    for (let visits = 0; visits < BUDGET && this.possible; visits++) {
      const constraint = this.work.shift()
      if (constraint === undefined) break
      this.visit(constraint)
    }
    return this.possible ? this.values : undefined
  }

  private visit(constraint: number): void {
    const [a, b, c] = [0, 1, 2].map((side) => this.read(3 * constraint + side)) as [Reading, Reading, Reading]
    if (isConstant(a)) this.solve(combined(b, a.constant, c))
    else if (isConstant(b)) this.solve(combined(a, b.constant, c))
    else if (a.unknown.length + b.unknown.length === 0) this.solve({ ...c, constant: undefined })
    else if (c.unknown.length === 0) {
      // A determined form is the product of a factor that is not zero here and the other one.
      const cofactor = this.isNonzero(3 * constraint) ? b : this.isNonzero(3 * constraint + 1) ? a : undefined
      if (cofactor) this.solve({ ...cofactor, constant: c.constant === 0n ? cofactor.constant : undefined })
    }
  }

  private isNonzero(form: Form): boolean {
    return !this.isZero && this.factors.has(form)
  }

  /** Takes in that a reading is zero or, where its constant is not known, determined. */
  private solve({ unknown, constant }: Reading): void {
    if (unknown.length === 0 && constant !== undefined && constant !== 0n) this.possible = false
    if (unknown.length !== 1) return
    const [wire, c] = unknown[0]!
    this.values.set(wire, constant === undefined ? undefined : toField(-constant * invertField(c)))
    this.system.forEachUse(wire, (form) => {
      if (this.work.length < BUDGET) this.work.push(Math.floor(form / 3))
    })
  }

  private read(form: Form): Reading {
    if (this.isZero && this.factors.has(form)) return { unknown: [], constant: 0n }
    const unknown: [number, bigint][] = []
    let constant: bigint | undefined = 0n
    for (const [wire, c] of this.system.terms(form)) {
      if (!this.fixed.has(wire) && !this.values.has(wire) && !this.isKnown(wire)) {
        unknown.push([wire, c])
        continue
      }
      const value = this.fixed.get(wire) ?? this.values.get(wire)
      constant = constant === undefined || value === undefined ? undefined : toField(constant + c * value)
    }
    return { unknown, constant }
  }
}

const isConstant = (reading: Reading): reading is Reading & { constant: bigint } =>
  reading.unknown.length === 0 && reading.constant !== undefined

/** factor · form − rest. */
function combined(form: Reading, factor: bigint, rest: Reading): Reading {
  const product = factor === 0n ? 0n : form.constant && factor * form.constant
  const constant =
    product === undefined || rest.constant === undefined ? undefined : toField(product - rest.constant)
  return { unknown: merged(form.unknown, factor, rest.unknown), constant }
}

/** Terms of factor · form − rest. */
export function merged(form: Terms, factor: bigint, rest: Terms): [wire: number, coefficient: bigint][] {
  const sum = new Map<number, bigint>()
  for (const [wire, c] of form) sum.set(wire, (factor * c) % FIELD_ORDER)
  for (const [wire, c] of rest) sum.set(wire, toField((sum.get(wire) ?? 0n) - c))
  return [...sum].filter(([, c]) => c !== 0n)
}
