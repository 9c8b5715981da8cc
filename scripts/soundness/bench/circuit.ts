import type { CircuitInputs } from '../../../src/field/index.js'
import { calculateWitness } from '../../../src/proving/circuit-witness.js'
import { countR1cs, openR1cs, type R1cs } from '../../../src/proving/r1cs.js'
import { type InputShape, readMainSignals, readSymbols, signalOf } from '../../../src/proving/symbols.js'
import { witnessElements } from '../../../src/proving/witness.js'
import { compileCached } from './compiled.js'
import { ConstraintSystem } from './constraint-system.js'

/** In place of what stands in a source file, and is found there exactly once, what shall stand there. */
export interface Edit {
  file: string
  from: string
  to: string
  /** An input of the main component that this adds. */
  adds?: InputShape
}

export interface CircuitSource {
  include: string
  main: string
  public?: string[]
  /** Files that exist for this test alone. */
  sources?: Record<string, string>
}

/** The source files that edits change, as they are then. */
export function edited(files: ReadonlyMap<string, string>, edits: readonly Edit[]): Map<string, string> {
  const changed = new Map<string, string>()
  for (const { file, from, to } of edits) {
    const text = changed.get(file) ?? files.get(file)
    if (text?.split(from).length !== 2) throw new Error(`${file} does not hold once: ${from}`)
    changed.set(
      file,
      text.replace(from, () => to),
    )
  }
  return changed
}

/** A circuit's constraints and witness generator, as tests use them. */
export interface CircuitParts {
  r1cs: R1cs
  inputs: readonly InputShape[]
  /** Wire of each signal, by full name. */
  wires: ReadonlyMap<string, number>
  generate(inputs: CircuitInputs): Promise<Uint8Array>
  satisfied(witness: readonly bigint[]): boolean
}

/** A compiled circuit whose witnesses a test can make, tamper with, and check constraint by constraint. */
export class Circuit {
  readonly r1cs: R1cs
  private readonly wires: ReadonlyMap<string, number>

  constructor(private readonly parts: CircuitParts) {
    this.r1cs = parts.r1cs
    this.wires = stableNames(parts.wires)
  }

  static async compile(source: CircuitSource): Promise<Circuit> {
    return new Circuit(await compileParts(source))
  }

  /** The honest witness generator's answer. It throws where the circuit's own checks refuse the inputs. */
  async witness(inputs: CircuitInputs): Promise<bigint[]> {
    return witnessElements(await this.parts.generate(inputs))
  }

  /** Whether the generator makes a witness, and that witness satisfies every constraint. */
  async accepts(inputs: CircuitInputs): Promise<boolean> {
    try {
      return this.satisfied(await this.witness(inputs))
    } catch {
      return false
    }
  }

  /** Whether every constraint holds, however the witness was made. */
  satisfied(witness: readonly bigint[]): boolean {
    return this.parts.satisfied(witness)
  }

  /** A copy of a witness with some signals set to other values, by their names after `main.`. */
  edit(witness: readonly bigint[], values: Record<string, bigint>): bigint[] {
    const copy = [...witness]
    for (const [name, value] of Object.entries(values)) copy[this.wire(name)] = value
    return copy
  }

  value(witness: readonly bigint[], name: string): bigint {
    return witness[this.wire(name)]!
  }

  /** Names of wires after `main.`, one for each. */
  names(wires: readonly number[]): string[] {
    const names = new Map([...this.wires].reverse().map(([name, wire]) => [wire, name.slice('main.'.length)]))
    return wires.map((wire) => names.get(wire)!)
  }

  /**
   * What a prover with a generator of their own would do: the witness that `weak`, a copy with a constraint
   * left out, makes of inputs that the statement forbids, laid over this circuit's wires by name. An input
   * that the copy has no use for is taken from `inputs`.
   */
  transplant(weak: Circuit, witness: readonly bigint[], inputs?: ReadonlyMap<string, bigint>): bigint[] {
    const mine = new Array<bigint | undefined>(this.r1cs.wires).with(0, 1n)
    for (const [name, wire] of this.wires) {
      const theirs = weak.wires.get(name)
      mine[wire] ??= theirs === undefined ? inputs?.get(name.slice('main.'.length)) : witness[theirs]
    }
    return mine.map((value, wire) => {
      if (value === undefined) throw new Error(`the copy has no ${this.names([wire])[0]}`)
      return value
    })
  }

  /**
   * Wires of the main component's inputs. One that nothing uses, or that the circuit sets to a number, has
   * none, and the wire that would be its by the order of inputs is another signal's.
   */
  get inputWires(): number[] {
    const inputs = new Set(this.parts.inputs.map(({ name }) => name))
    return [...this.parts.wires]
      .filter(([name]) => inputs.has(signalOf(name.slice('main.'.length))))
      .map(([, wire]) => wire)
  }

  constraints(): { nonLinear: number; linear: number } {
    return countR1cs(this.r1cs)
  }

  private wire(name: string): number {
    const wire = this.wires.get(`main.${name}`)
    if (wire === undefined) throw new Error(`no wire is left of ${name}`)
    return wire
  }
}

/** Compiles a circuit; its generator refuses inputs as the circuit does. */
export async function compileParts(source: CircuitSource): Promise<CircuitParts & { wasm: string }> {
  const { include, main, public: publicSignals = [], sources = {} } = source
  const {
    r1cs: path,
    symbols,
    wasm,
  } = await compileCached({
    include: [include],
    ...{ main, publicSignals, sources },
  })
  const r1cs = openR1cs(path)
  const { inputs } = await readMainSignals(symbols, r1cs)
  const generator = { wasm, inputs }
  let system: ConstraintSystem | undefined
  return {
    ...{ r1cs, inputs, wasm },
    wires: await readSymbols(symbols),
    generate: (given) => calculateWitness(generator, given),
    satisfied: (witness) => {
      system ??= new ConstraintSystem(r1cs, [])
      const { constraints, wires } = r1cs
      if (witness.length !== wires || witness[0] !== 1n) return false
      for (let c = 0; c < constraints; c++) if (!system.holds(c, witness)) return false
      return true
    },
  }
}

/**
 * The compiler names an anonymous component after its line and place in the source, which an edit moves:
 * `Leaf_57_3390`, or `Leaf__2_57_3390` in a copy. Here it is named after its rank among its like in the same
 * parent: `Leaf#0`.
 */
function stableNames(wires: ReadonlyMap<string, number>): Map<string, number> {
  const siblings = new Map<string, Set<number>>()
  for (const name of wires.keys()) {
    forEachAnonymous(name, ({ family, place }) => {
      siblings.set(family, (siblings.get(family) ?? new Set()).add(place))
    })
  }
  const ranks = new Map([...siblings].map(([family, places]) => [family, [...places].sort((a, b) => a - b)]))
  const stable = new Map<string, number>()
  for (const [name, wire] of wires) {
    const parts = name.split('.')
    forEachAnonymous(name, ({ at, family, place, template, index }) => {
      parts[at] = `${template}#${ranks.get(family)!.indexOf(place)}${index}`
    })
    stable.set(parts.join('.'), wire)
  }
  return stable
}

interface Anonymous {
  /** Which part of the name. */
  at: number
  /** The part in common with its siblings of the same kind. */
  family: string
  /** Where it is in the source. */
  place: number
  template: string
  /** `[3]`, or nothing. */
  index: string
}

function forEachAnonymous(name: string, visit: (component: Anonymous) => void): void {
  let parent = ''
  for (const [at, part] of name.split('.').entries()) {
    const found = /^(\w+?)(?:__\d+)?_\d+_(\d+)(\[.*)?$/.exec(part)
    if (found) {
      const [, template, place, index = ''] = found
      visit({ at, family: `${parent}.${template}`, place: Number(place), template: template!, index })
    }
    parent += `.${part}`
  }
}
