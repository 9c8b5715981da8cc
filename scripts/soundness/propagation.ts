import type { ConstraintSystem, Form } from './bench/constraint-system.js'
import { Elimination, type Terms } from './elimination.js'

/**
 * What follows from what is known: a work list of the constraints in which a wire became known, and one
 * elimination of the linear equations that are left when the list is empty. What an equation is depends on
 * the question: a constraint itself, or its derivative at a witness.
 */
export abstract class Propagation {
  protected readonly known: Uint8Array
  /** By form, how many of its terms are of unknown wires. */
  protected readonly unknown: Int32Array
  private readonly elimination: Elimination
  private readonly work: number[] = []
  private readonly listed: Uint8Array
  private waiting: (() => Terms)[] = []

  constructor(protected readonly system: ConstraintSystem) {
    const { wires, constraints } = system.r1cs
    this.known = new Uint8Array(wires)
    this.listed = new Uint8Array(constraints)
    this.unknown = new Int32Array(3 * constraints)
    this.elimination = new Elimination((wire) => system.usesOf(wire))
    for (let f = 0; f < this.unknown.length; f++) {
      const [start, end] = [system.starts[f]!, system.starts[f + 1]!]
      this.unknown[f] = end - start
      for (let t = start; t < end; t++) if (system.wireOf[t] === 0) this.unknown[f]!--
    }
    this.known[0] = 1
  }

  /** Finds what a constraint now implies, and reports it by `determine` and `equation`. */
  protected abstract visit(constraint: number): void

  /** Makes what step it can when nothing follows any more. Whether it made one. */
  protected abstract unstick(): boolean

  /** Wires that do not follow from the inputs. */
  protected run(): number[] {
    for (const wire of this.system.inputs) this.determine(wire)
    for (let c = 0; c < this.listed.length; c++) this.enlist(c)
    do this.settle()
    while (this.unstick())
    return Array.from(this.known.keys()).filter((wire) => this.known[wire] === 0)
  }

  protected determine(wire: number): void {
    for (const found = [wire]; found.length > 0; ) {
      const next = found.pop()!
      if (this.known[next]) continue
      this.known[next] = 1
      this.system.forEachUse(next, (form) => {
        this.unknown[form]!--
        this.enlist(Math.floor(form / 3))
      })
      found.push(...this.elimination.know(next))
    }
  }

  /** A linear form of the unknown wires is determined; it is asked for once nothing simpler is left. */
  protected equation(terms: () => Terms): void {
    this.waiting.push(terms)
  }

  /** How many independent equations are left. */
  protected get rank(): number {
    return this.elimination.rank
  }

  /** Terms of a form in unknown wires. */
  protected unknownTerms(form: Form): [wire: number, coefficient: bigint][] {
    return this.system.terms(form, (wire) => this.known[wire] === 0)
  }

  private enlist(constraint: number): void {
    if (this.listed[constraint]) return
    this.listed[constraint] = 1
    this.work.push(constraint)
  }

  private settle(): void {
    do {
      for (let c = this.work.pop(); c !== undefined; c = this.work.pop()) {
        this.listed[c] = 0
        this.visit(c)
      }
      const waiting = this.waiting
      this.waiting = []
      for (const terms of waiting) {
        for (const wire of this.elimination.add(terms())) this.determine(wire)
      }
    } while (this.work.length > 0 || this.waiting.length > 0)
  }
}
