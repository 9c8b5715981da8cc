import { toField } from '../../../src/field/index.js'
import type { ConstraintSystem, Form } from '../bench/constraint-system.js'
import type { Terms } from '../elimination.js'
import { Propagation } from '../propagation.js'

export interface Kernel {
  /**
   * How many independent ways there are to change the wires beside the inputs, to first order, but for `held`
   * ones.
   */
  dimension: number
  /** Wires that change in one of them. */
  wires: number[]
  /** Wires that were held fast by assumption. */
  held: number[]
}

/**
 * The kernel of the constraints' derivative at a witness, over all wires but the inputs. It is found by
 * elimination over the field, in the order in which a witness is made, so that it stays sparse.
 *
 * @param values of each form at the witness
 * @param hold wires to hold fast where nothing else follows: those that a soundness argument of its own is
 * about
 */
export function kernel(
  system: ConstraintSystem,
  values: readonly bigint[],
  hold: (wire: number) => boolean = () => false,
): Kernel {
  return new Jacobian(system, values, hold).kernel()
}

class Jacobian extends Propagation {
  private readonly asked = new Set<number>()
  private readonly held: number[] = []

  constructor(
    system: ConstraintSystem,
    private readonly values: readonly bigint[],
    private readonly hold: (wire: number) => boolean,
  ) {
    super(system)
  }

  kernel(): Kernel {
    const wires = this.run()
    return { dimension: wires.length - this.rank, wires, held: this.held }
  }

  protected override visit(constraint: number): void {
    const [a, b, c] = [0, 1, 2].map((side) => this.unknown[3 * constraint + side]!) as [
      number,
      number,
      number,
    ]
    if (a + b + c > 3) {
      if (a + b === 0) this.ask(constraint)
      return
    }
    const row = this.row(constraint)
    if (row.length === 1) this.determine(row[0]![0])
    else if (a + b === 0 && row.length > 1) this.ask(constraint)
  }

  private ask(constraint: number): void {
    if (this.asked.has(constraint)) return
    this.asked.add(constraint)
    this.equation(() => this.row(constraint))
  }

  /** (aB + bA − c) of each unknown wire that it is not zero for. */
  private row(constraint: number): Terms {
    const row = new Map<number, bigint>()
    const add = (form: Form, factor: bigint) => {
      if (factor === 0n) return
      for (const [wire, c] of this.unknownTerms(form)) {
        row.set(wire, toField((row.get(wire) ?? 0n) + factor * c))
      }
    }
    add(3 * constraint, this.values[3 * constraint + 1]!)
    add(3 * constraint + 1, this.values[3 * constraint]!)
    add(3 * constraint + 2, -1n)
    return [...row].filter(([, c]) => c !== 0n)
  }

  /** Holds what may be held; then takes the shortest of the equations that are left, until there is none. */
  protected override unstick(): boolean {
    let progress = false
    for (let wire = 1; wire < this.known.length; wire++) {
      if (this.known[wire] || !this.hold(wire)) continue
      this.held.push(wire)
      this.determine(wire)
      progress = true
    }
    return progress || this.askShortest()
  }

  private askShortest(): boolean {
    let [shortest, found] = [Number.POSITIVE_INFINITY, [] as number[]]
    for (let c = 0; c < this.system.r1cs.constraints; c++) {
      if (this.asked.has(c)) continue
      const length = this.unknown[3 * c]! + this.unknown[3 * c + 1]! + this.unknown[3 * c + 2]!
      if (length === 0 || length > shortest) continue
      if (length < shortest) found = []
      shortest = length
      found.push(c)
    }
    for (const c of found) this.ask(c)
    return found.length > 0
  }
}
