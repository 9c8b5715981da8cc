import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { R1cs } from './r1cs.js'

/** An input of the main component: its name, and its length in each dimension (none for a single signal). */
export interface InputShape {
  name: string
  shape: number[]
}

/** Public signals by their full names in a verifier's order, and every input by its shape. */
export interface MainSignals {
  publicSignals: string[]
  inputs: InputShape[]
}

/**
 * Lines of a `.sym` file are `label,wire,component,name`; labels count from 1, a wire of -1 was optimised
 * away.
 */
async function* readLabels(path: string): AsyncGenerator<{ wire: number; name: string }> {
  const stream = createReadStream(path)
  try {
    for await (const line of createInterface({ input: stream })) {
      const [, wire, , name] = line.split(',')
      if (name !== undefined) yield { wire: Number(wire), name }
    }
  } finally {
    stream.destroy()
  }
}

/** Wire of every signal that is left of the circuit, by full name such as `main.leaf.holder`. */
export async function readSymbols(path: string): Promise<Map<string, number>> {
  const wires = new Map<string, number>()
  for await (const { wire, name } of readLabels(path)) if (wire >= 0) wires.set(name, wire)
  return wires
}

/**
 * The main component's signals: the first labels of the file are its outputs, public inputs and private
 * inputs.
 */
export async function readMainSignals(path: string, r1cs: R1cs): Promise<MainSignals> {
  const count = r1cs.publicSignals + r1cs.privateInputs
  const names: string[] = []
  for await (const { name } of readLabels(path)) {
    if (names.push(name.slice('main.'.length)) === count) break
  }
  return { publicSignals: names.slice(0, r1cs.publicSignals), inputs: shapesOf(names.slice(r1cs.outputs)) }
}

/** Indices only grow, so the last name of an array tells its shape. */
function shapesOf(names: readonly string[]): InputShape[] {
  const last = new Map<string, string>()
  for (const name of names) last.set(signalOf(name), name)
  return [...last].map(([name, full]) => ({
    name,
    shape: [...full.matchAll(/\[(\d+)\]/g)].map((index) => Number(index[1]) + 1),
  }))
}

/** A signal's own name, without indices. */
export function signalOf(name: string): string {
  return name.replace(/\[.*$/, '')
}
