import { type CircuitInput, type CircuitInputs, toField } from '../../../src/field/index.js'

/** A copy of inputs with some elements set to other values, by their names as wires: `slots[0][64]`. */
export function tampered(inputs: CircuitInputs, values: Record<string, bigint>): CircuitInputs {
  const copy: Record<string, CircuitInput> = { ...inputs }
  for (const [path, value] of Object.entries(values)) {
    const [name, ...indices] = path.replaceAll(']', '').split('[')
    const set = (input: CircuitInput | undefined, [i, ...rest]: string[]): CircuitInput => {
      if (input === undefined) throw new Error(`no input ${path}`)
      if (i === undefined) return toField(value)
      const list = input as CircuitInput[]
      return list.with(Number(i), set(list[Number(i)], rest))
    }
    copy[name!] = set(copy[name!], indices)
  }
  return copy
}

/** Every element of inputs by its name as a wire. */
export function elementsOf(inputs: CircuitInputs): [path: string, value: bigint][] {
  const walk = (path: string, input: CircuitInput): [string, bigint][] =>
    typeof input === 'bigint' ? [[path, input]] : input.flatMap((item, i) => walk(`${path}[${i}]`, item))
  return Object.entries(inputs).flatMap(([name, input]) => walk(name, input))
}
