import { FIELD_ORDER } from '../../../src/field/index.js'
import { readLittleEndian } from '../../../src/field/little-endian.js'
import { type R1cs, scanTerms } from '../../../src/proving/r1cs.js'

/** One side of one constraint: `3 · constraint + side`, sides A, B and C in turn. */
export type Form = number

/**
 * Constraints `A · B = C` in memory, as arrays of numbers: a circuit of a million constraints has some ten
 * million terms, but few coefficients that differ.
 */
export class ConstraintSystem {
  /** Where the terms of each form start; one more at the end. */
  readonly starts: Int32Array
  readonly wireOf: Int32Array
  private readonly coefficientOf: Int32Array
  private readonly coefficients: bigint[] = []
  /** By wire, the forms that it is a term of; wire 0, which is one, has none. */
  private readonly usesFrom: Int32Array
  private readonly uses: Int32Array

  /**
   * @param inputs wires that a prover is given. The header of a circuit only counts inputs, also those that
   * have no wire of their own, so that it does not tell which wires they are: see `Circuit.inputWires`.
   */
  constructor(
    readonly r1cs: R1cs,
    readonly inputs: readonly number[],
  ) {
    const count = (r1cs.section.length - 12 * r1cs.constraints) / 36
    this.starts = new Int32Array(3 * r1cs.constraints + 1)
    this.wireOf = new Int32Array(count)
    this.coefficientOf = new Int32Array(count)
    this.usesFrom = new Int32Array(r1cs.wires + 1)
    const window = new Uint8Array(1 << 22)
    const intern = interner(window, this.coefficients)
    let term = 0
    scanTerms(
      r1cs,
      (side, constraint, wire, at) => {
        this.starts[3 * constraint + side + 1]!++
        this.wireOf[term] = wire
        this.coefficientOf[term++] = intern(at)
        if (wire > 0) this.usesFrom[wire + 1]!++
      },
      window,
    )
    for (let f = 0; f < 3 * r1cs.constraints; f++) this.starts[f + 1]! += this.starts[f]!
    for (let w = 0; w < r1cs.wires; w++) this.usesFrom[w + 1]! += this.usesFrom[w]!
    this.uses = new Int32Array(this.usesFrom[r1cs.wires]!)
    const next = this.usesFrom.slice()
    for (let form = 0; form < 3 * r1cs.constraints; form++) {
      for (let t = this.starts[form]!; t < this.starts[form + 1]!; t++) {
        const wire = this.wireOf[t]!
        if (wire > 0) this.uses[next[wire]!++] = form
      }
    }
  }

  coefficient(term: number): bigint {
    return this.coefficients[this.coefficientOf[term]!]!
  }

  /** Terms of a form as pairs of a wire and its coefficient; of wires that `keep` takes, if given. */
  terms(form: Form, keep?: (wire: number) => boolean): [wire: number, coefficient: bigint][] {
    const list: [number, bigint][] = []
    for (let t = this.starts[form]!; t < this.starts[form + 1]!; t++) {
      const wire = this.wireOf[t]!
      if (!keep || keep(wire)) list.push([wire, this.coefficient(t)])
    }
    return list
  }

  /** The value of a form that has no terms but the constant's, else `undefined`. */
  constantOf(form: Form): bigint | undefined {
    const [start, end] = [this.starts[form]!, this.starts[form + 1]!]
    if (start === end) return 0n
    return end === start + 1 && this.wireOf[start] === 0 ? this.coefficient(start) : undefined
  }

  /** The value of a form at a witness. */
  valueOf(form: Form, witness: readonly bigint[]): bigint {
    let sum = 0n
    for (let t = this.starts[form]!; t < this.starts[form + 1]!; t++) {
      const value = witness[this.wireOf[t]!]!
      if (value !== 0n) sum += this.coefficient(t) * value
    }
    return sum % FIELD_ORDER
  }

  /** Whether a witness satisfies a constraint. */
  holds(constraint: number, witness: readonly bigint[]): boolean {
    const [a, b, c] = [0, 1, 2].map((side) => this.valueOf(3 * constraint + side, witness)) as [
      bigint,
      bigint,
      bigint,
    ]
    return (a * b - c) % FIELD_ORDER === 0n
  }

  forEachUse(wire: number, visit: (form: Form) => void): void {
    for (let i = this.usesFrom[wire]!; i < this.usesFrom[wire + 1]!; i++) visit(this.uses[i]!)
  }

  usesOf(wire: number): number {
    return this.usesFrom[wire + 1]! - this.usesFrom[wire]!
  }
}

const WORDS = 8

/**
 * Gives each coefficient in the window that is read for the first time the next number, and finds it again.
 */
function interner(window: Uint8Array, coefficients: bigint[]): (at: number) => number {
  const view = new DataView(window.buffer)
  let seen = new Uint32Array(WORDS << 12)
  let table = new Int32Array(1 << 13).fill(-1)
  const word = new Uint32Array(WORDS)
  const slotOf = (words: Uint32Array, offset: number) => {
    let hash = 0x811c9dc5
    for (let i = 0; i < WORDS; i++) {
      hash = Math.imul(hash ^ words[offset + i]!, 0x01000193)
      hash ^= hash >>> 15
    }
    for (let slot = hash & (table.length - 1); ; slot = (slot + 1) & (table.length - 1)) {
      const index = table[slot]!
      if (index === -1) return slot
      let i = 0
      while (i < WORDS && seen[WORDS * index + i] === words[offset + i]) i++
      if (i === WORDS) return slot
    }
  }
  return (at) => {
    for (let i = 0; i < WORDS; i++) word[i] = view.getUint32(at + 4 * i, true)
    const slot = slotOf(word, 0)
    if (table[slot] !== -1) return table[slot]!
    const index = coefficients.push(readLittleEndian(window, at)) - 1
    seen.set(word, WORDS * index)
    table[slot] = index
    if (2 * coefficients.length === table.length) {
      seen = extended(seen)
      table = new Int32Array(2 * table.length).fill(-1)
      for (let i = 0; i <= index; i++) table[slotOf(seen, WORDS * i)] = i
    }
    return index
  }
}

function extended(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(2 * words.length)
  longer.set(words)
  return longer
}
