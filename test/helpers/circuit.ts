import type { CircuitInputs } from '../../src/field/index.js'
import { checkWitness, countR1cs, openR1cs, type R1cs } from '../../src/proving/r1cs.js'
import { gatherSources } from '../../src/proving/sources.js'
import { readMainSignals, readSymbols } from '../../src/proving/symbols.js'
import { calculateWitness, type WitnessCircuit, witnessElements } from '../../src/proving/witness.js'
import { compileCached } from './compiled.js'

export interface CircuitSource {
  include: string
  main: string
  public?: string[]
  /** Edits of source files: what stands there, what shall stand there. Each must be found exactly once. */
  edits?: { file: string; from: string; to: string }[]
  /** Files that exist for this test alone. */
  sources?: Record<string, string>
}

/** A compiled circuit whose witnesses a test can make, tamper with, and check constraint by constraint. */
export class Circuit {
  private constructor(
    readonly r1cs: R1cs,
    private readonly generator: WitnessCircuit,
    private readonly wires: ReadonlyMap<string, number>,
  ) {}

  static async compile(source: CircuitSource): Promise<Circuit> {
    const sources: Record<string, string> = { ...source.sources }
    for (const { file, from, to } of source.edits ?? []) {
      const text = sources[file] ?? gatherSources([file]).get(file)!
      if (text.split(from).length !== 2) throw new Error(`${file} does not hold once: ${from}`)
      sources[file] = text.replace(from, () => to)
    }
    const compiled = await compileCached({
      include: [source.include],
      main: source.main,
      publicSignals: source.public ?? [],
      sources,
    })
    const r1cs = openR1cs(compiled.r1cs)
    return new Circuit(
      r1cs,
      { wasm: compiled.wasm, inputs: (await readMainSignals(compiled.symbols, r1cs)).inputs },
      stableNames(await readSymbols(compiled.symbols)),
    )
  }

  /** The honest witness generator's answer. It throws where the circuit's own checks refuse the inputs. */
  async witness(inputs: CircuitInputs): Promise<bigint[]> {
    return witnessElements(await calculateWitness(this.generator, inputs))
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
    return checkWitness(this.r1cs, witness) === undefined
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
   * What a prover with a generator of their own would do: the witness that `weak`, a copy with a constraint left out, makes
   * of inputs that the statement forbids, laid over this circuit's wires by name. An input that the copy has no use for is
   * taken from `inputs`.
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

  constraints(): { nonLinear: number; linear: number } {
    return countR1cs(this.r1cs)
  }

  private wire(name: string): number {
    const wire = this.wires.get(`main.${name}`)
    if (wire === undefined) throw new Error(`no wire is left of ${name}`)
    return wire
  }
}

/**
 * The compiler names an anonymous component after its place in the source, which an edit moves: `Leaf_57_3390`. Here it is
 * named after its rank among its like in the same parent: `Leaf#0`.
 */
function stableNames(wires: ReadonlyMap<string, number>): Map<string, number> {
  const ranks = new Map<string, Map<string, number>>()
  const stable = new Map<string, number>()
  for (const [name, wire] of wires) {
    let path = ''
    for (const part of name.split('.')) {
      const anonymous = /^(\w+?)_\d+_\d+(\[.*)?$/.exec(part)
      if (!anonymous) {
        path += path ? `.${part}` : part
        continue
      }
      const key = `${path}.${anonymous[1]}`
      const siblings = ranks.get(key) ?? new Map<string, number>()
      ranks.set(key, siblings)
      const raw = part.replace(/\[.*$/, '')
      if (!siblings.has(raw)) siblings.set(raw, siblings.size)
      path = `${key}#${siblings.get(raw)}${anonymous[2] ?? ''}`
    }
    stable.set(path, wire)
  }
  return stable
}
