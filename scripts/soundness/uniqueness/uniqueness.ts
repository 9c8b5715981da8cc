import { FIELD_ORDER, invertField } from '../../../src/field/index.js'
import type { ConstraintSystem, Form } from '../bench/constraint-system.js'
import type { Terms } from '../elimination.js'
import { Propagation } from '../propagation.js'
import { merged, splitOnZero } from './cases.js'
import { decomposes, fixed, twoValued } from './domains.js'

/** The wires that an analysis may assume to be determined; it assumes no more than it needs. */
export interface Assumptions {
  /** The wire is what the statement's soundness argument says that it is. */
  hint(wire: number): boolean
  /** The wire is a quotient whose divisor, which is determined, is not zero. */
  quotient(wire: number): boolean
}

export interface Verdict {
  /** Wires that may differ between two witnesses of the same inputs, as far as this can tell. */
  undetermined: number[]
  /** Wires that an assumption was needed for. */
  assumed: number[]
}

const NOTHING: Assumptions = { hint: () => false, quotient: () => false }

/**
 * Looks for wires that the inputs do not determine. It fails closed: what it does not call undetermined has
 * one value in all witnesses of the same inputs, given the assumptions; what it does may have too. Its steps:
 *
 * - a constraint with determined factors is a linear equation in the rest, and such equations are eliminated
 *   together;
 * - one such equation in wires of two values each determines them all when it is a number written in digits;
 * - so does one with a determined factor that is not zero, as in x·y = 1, of the other factor;
 * - a determined factor is zero or it is not: a wire that follows in both cases is determined
 *   (`splitOnZero`).
 */
export function uniqueness(system: ConstraintSystem, assumptions: Assumptions = NOTHING): Verdict {
  return new Uniqueness(system, assumptions).verdict()
}

class Uniqueness extends Propagation {
  private readonly steps: ReadonlyMap<number, bigint>
  /** Wires that have the same value in every witness. */
  private readonly values: ReadonlyMap<number, bigint>
  /** Forms that no witness makes zero, each scaled so that its first coefficient is one. */
  private readonly nonzero = new Set<string>()
  /** By constraint, a factor of it that is determined while the other is not. */
  private readonly products = new Map<number, Form>()
  /** Of these, those that were not looked at since something became known. */
  private readonly fresh = new Set<number>()
  private readonly asked = new Set<Form>()
  private readonly assumed: number[] = []

  constructor(
    system: ConstraintSystem,
    private readonly assumptions: Assumptions,
  ) {
    super(system)
    this.steps = twoValued(system)
    this.values = fixed(system)
    for (const [wire, step] of this.steps) if (step === 0n) this.determine(wire)
    for (let c = 0; c < system.r1cs.constraints; c++) {
      if (!system.constantOf(3 * c + 2)) continue
      for (const factor of [3 * c, 3 * c + 1]) this.nonzero.add(this.scaled(factor))
    }
  }

  verdict(): Verdict {
    const undetermined = this.run()
    return { undetermined, assumed: this.assumed }
  }

  protected override visit(constraint: number): void {
    const [a, b, c] = [3 * constraint, 3 * constraint + 1, 3 * constraint + 2]
    this.products.delete(constraint)
    if (this.unknown[a] === 0 && this.unknown[b] === 0) this.follow(c)
    if ((this.unknown[a] === 0) === (this.unknown[b] === 0)) return
    const [factor, cofactor] = this.unknown[a] === 0 ? [a, b] : [b, a]
    const constant = this.numberOf(factor)
    if (constant === undefined) {
      this.products.set(constraint, factor)
      this.fresh.add(constraint)
    } else if (constant === 0n) {
      this.follow(c)
    } else {
      const terms = () => merged(this.unknownTerms(cofactor), constant, this.unknownTerms(c))
      this.solve(cofactor, terms(), terms)
    }
  }

  /** A form is determined. */
  private follow(form: Form): void {
    if (this.unknown[form] === 0) return
    const terms = () => this.unknownTerms(form)
    this.solve(form, terms(), terms)
  }

  private solve(form: Form, now: Terms, later: () => Terms): void {
    if (now.length === 1 || (now.length > 1 && decomposes(now, this.steps))) {
      for (const [wire] of now) this.determine(wire)
    } else if (now.length > 1 && !this.asked.has(form)) {
      this.asked.add(form)
      this.equation(later)
    }
  }

  protected override unstick(): boolean {
    const fresh = [...this.fresh].filter((constraint) => this.products.has(constraint))
    this.fresh.clear()
    return (
      this.divide(fresh, (_, factor) => this.nonzero.has(this.scaled(factor))) ||
      this.splitCases(fresh) ||
      this.divide([...this.products.keys()], (cofactor) => this.assumeQuotient(cofactor)) ||
      this.assumeHints()
    )
  }

  /** Products that are determined, and of whose determined factor we can tell that it is not zero. */
  private divide(constraints: number[], isNonzero: (cofactor: Form, factor: Form) => boolean): boolean {
    let progress = false
    for (const constraint of constraints) {
      const factor = this.products.get(constraint)!
      const cofactor = 6 * constraint + 1 - factor
      if (this.unknown[3 * constraint + 2] !== 0 || !isNonzero(cofactor, factor)) continue
      this.products.delete(constraint)
      this.follow(cofactor)
      progress = true
    }
    return progress
  }

  private splitCases(constraints: number[]): boolean {
    const groups = new Map<string, Form[]>()
    for (const factor of this.products.values()) {
      const key = this.scaled(factor)
      groups.set(key, [...(groups.get(key) ?? []), factor])
    }
    const fresh = new Set(constraints)
    let progress = false
    for (const factors of groups.values()) {
      if (!factors.some((form) => fresh.has(Math.floor(form / 3)))) continue
      for (const wire of splitOnZero(this.system, this.values, (w) => this.known[w] === 1, factors)) {
        progress ||= this.known[wire] === 0
        this.determine(wire)
      }
    }
    return progress
  }

  private assumeQuotient(cofactor: Form): boolean {
    const taken = this.unknownTerms(cofactor).filter(([wire]) => this.assumptions.quotient(wire))
    this.assumed.push(...taken.map(([wire]) => wire))
    return taken.length > 0
  }

  private assumeHints(): boolean {
    let progress = false
    for (let wire = 1; wire < this.known.length; wire++) {
      if (this.known[wire] || !this.assumptions.hint(wire)) continue
      this.assumed.push(wire)
      this.determine(wire)
      progress = true
    }
    return progress
  }

  /** The value of a form that has the same one in every witness, else `undefined`. */
  private numberOf(form: Form): bigint | undefined {
    let sum = 0n
    for (const [wire, c] of this.system.terms(form)) {
      const value = this.values.get(wire)
      if (value === undefined) return undefined
      sum += c * value
    }
    return sum % FIELD_ORDER
  }

  private scaled(form: Form): string {
    const terms = this.system.terms(form).sort(([v], [w]) => v - w)
    const scale = terms[0] ? invertField(terms[0][1]) : 1n
    return terms.map(([wire, c]) => `${wire}:${(c * scale) % FIELD_ORDER}`).join(' ')
  }
}
