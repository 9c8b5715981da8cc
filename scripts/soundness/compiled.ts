import type { CircuitInputs } from '../../src/field/index.js'
import type { Instance } from '../../src/statements/index.js'
import { Circuit, type CircuitSource } from './bench/circuit.js'
import { ConstraintSystem } from './bench/constraint-system.js'

/** The source of a compiled circuit. */
export type Source = Omit<CircuitSource, 'edits'>

/** A compiled circuit: its constraints, what its wires are called, and its honest witnesses. */
export interface Compiled {
  system: ConstraintSystem
  /** The name of a wire: the first of its names, after `main.`. */
  name(wire: number): string
  /** Its name without indices and without the ranks of anonymous components. */
  signal(wire: number): string
  /** @throws {StatementError} `WITNESS_REJECTED` when the circuit does not take the inputs */
  witness(inputs: CircuitInputs): Promise<bigint[]>
}

/** The source of an instance. */
export function sourceOf({ file, template, params, public: signals }: Instance): Source {
  return { include: file, main: `${template}(${Object.values(params).join(', ')})`, public: signals }
}

export async function compile(source: Source): Promise<Compiled> {
  const circuit = await Circuit.compile(source)
  const names = circuit.names(Array.from({ length: circuit.r1cs.wires }, (_, wire) => wire))
  const name = (wire: number) => names[wire] ?? `wire ${wire}`
  return {
    system: new ConstraintSystem(circuit.r1cs, circuit.inputWires),
    name,
    signal: (wire) => name(wire).replace(/\[\d+\]|#\d+/g, ''),
    witness: (inputs) => circuit.witness(inputs),
  }
}
