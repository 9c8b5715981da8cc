import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { closing, unitsOf, withoutComments } from '../../scripts/soundness/bench/circom-text.js'
import {
  Circuit,
  type CircuitSource,
  compileParts,
  type Edit,
  edited,
} from '../../scripts/soundness/bench/circuit.js'
import { ConstraintSystem } from '../../scripts/soundness/bench/constraint-system.js'
import type { CircuitInput } from '../../src/field/index.js'
import { calculateWitness } from '../../src/proving/circuit-witness.js'
import { gatherSources } from '../../src/proving/sources.js'

/** How many copies one run of the compiler makes: a witness is one of all of them. */
const AT_ONCE = 12

/**
 * Copies of a circuit, each with edits of its own. One run of the compiler makes many: they are components of
 * one circuit, in which the templates that no edit reaches stand once.
 *
 * A copy makes a witness of any inputs; what breaks its constraints, `satisfied` says.
 *
 * @example
 * const copies = new Copies(source)
 * const unbound = copies.with({ file: 'ledger.circom', from: 'riskRoot === table.out;', to: '' })
 * test('…', async () => { const weak = await unbound() })
 */
export class Copies {
  private readonly wanted: (readonly Edit[])[] = []
  private readonly made = new Map<number, Promise<Circuit[]>>()

  constructor(private readonly source: CircuitSource) {}

  /** Is called before tests run; what it returns, in them. */
  with(...edits: Edit[]): () => Promise<Circuit> {
    const known = this.wanted.findIndex((other) => isDeepStrictEqual(other, edits))
    const at = known >= 0 ? known : this.wanted.push(edits) - 1
    const first = at - (at % AT_ONCE)
    if (known < 0 && this.made.has(first)) throw new Error('others of its like are compiled already')
    return async () => {
      const batch = this.wanted.slice(first, first + AT_ONCE)
      const made = this.made.get(first) ?? compileCopies(this.source, batch)
      this.made.set(first, made)
      return (await made)[at - first]!
    }
  }
}

async function compileCopies(
  source: CircuitSource,
  copies: readonly (readonly Edit[])[],
): Promise<Circuit[]> {
  const { include, main, sources = {} } = source
  const files = gatherSources([include], { overrides: sources })
  const { inputs: shapes } = await compileParts(source)
  const units = copies.map((edits, k) => renamedUnits(files, edits, `__${k}`))
  const [, template, parameters] = /^(\w+)\((.*)\)$/.exec(main)!
  const idle = units.findIndex((own) => !own.has(template!))
  if (idle >= 0) throw new Error(`${main} does not depend on ${JSON.stringify(copies[idle])}`)
  const inputsOf = (k: number) => [...shapes, ...copies[k]!.flatMap(({ adds }) => adds ?? [])]
  const inputs = copies.flatMap((_, k) =>
    inputsOf(k).map(({ name, shape }) => ({ k, name, own: `copy${k}_${name}`, shape })),
  )
  const text = [
    'pragma circom 2.2.2;',
    `include "${include}";`,
    ...units.flatMap((own) => [...own.values()]),
    'template Copies() {',
    ...inputs.map(({ own, shape }) => `signal input ${own}${shape.map((n) => `[${n}]`).join('')};`),
    ...copies.map((_, k) => `component copy${k} = ${template}__${k}(${parameters});`),
    ...inputs.map(({ k, name, own }) => `copy${k}.${name} <== ${own};`),
    '}',
  ].join('\n')
  const all = await compileParts({
    ...{ include: 'copies.circom', main: 'Copies()', public: inputs.map(({ own }) => own) },
    sources: { ...sources, 'copies.circom': text },
  })
  const generator = { wasm: await unasserted(all.wasm), inputs: all.inputs }
  const system = new ConstraintSystem(all.r1cs, [])
  const nothing = Object.fromEntries(inputs.map(({ own, shape }) => [own, zeros(shape)]))
  return copies.map((_, k) => {
    const wires = wiresOf(all.wires, `main.copy${k}`)
    const constraints = constraintsOf(system, new Set(wires.values()))
    return new Circuit({
      ...{ r1cs: all.r1cs, inputs: inputsOf(k), wires },
      generate: (given) =>
        calculateWitness(generator, {
          ...nothing,
          ...Object.fromEntries(Object.entries(given).map(([name, input]) => [`copy${k}_${name}`, input])),
        }),
      satisfied: (witness) => constraints.every((c) => system.holds(c, witness)),
    })
  })
}

/** Templates and functions that edits reach, by what they change or what that is used in, under new names. */
function renamedUnits(
  files: ReadonlyMap<string, string>,
  edits: readonly Edit[],
  suffix: string,
): Map<string, string> {
  const [before, after] = [textsOf(files), textsOf(new Map([...files, ...edited(files, edits)]))]
  const reached = new Set([...after.keys()].filter((name) => after.get(name) !== before.get(name)))
  for (let size = 0; size < reached.size; ) {
    size = reached.size
    const mentions = new RegExp(`\\b(?:${[...reached].join('|')})\\s*\\(`)
    for (const [name, text] of after) if (mentions.test(text)) reached.add(name)
  }
  const names = new RegExp(`\\b(${[...reached].join('|')})(?=\\s*\\()`, 'g')
  return new Map([...reached].map((name) => [name, after.get(name)!.replace(names, `$1${suffix}`)]))
}

/** Every template and function, whole, by its name. */
function textsOf(files: ReadonlyMap<string, string>): Map<string, string> {
  const texts = new Map<string, string>()
  for (const text of files.values()) {
    const code = withoutComments(text)
    for (const { kind, name, body } of unitsOf(code)) {
      const start = code.search(new RegExp(`\\b${kind}\\s+${name}\\s*\\(`))
      texts.set(name, code.slice(start, closing(code, body - 1) + 1))
    }
  }
  return texts
}

/** Signals of one component, and the inputs that it is handed, as if it were the main one. */
function wiresOf(all: ReadonlyMap<string, number>, component: string): Map<string, number> {
  const wires = new Map<string, number>()
  for (const [name, wire] of all) {
    const rest = name.slice(component.length)
    if (name.startsWith(component) && /^[._]/.test(rest)) wires.set(`main.${rest.slice(1)}`, wire)
  }
  return wires
}

/** Constraints in which one of these wires is. */
function constraintsOf(system: ConstraintSystem, wires: ReadonlySet<number>): number[] {
  const found = new Set<number>()
  for (const wire of wires) system.forEachUse(wire, (form) => found.add(Math.floor(form / 3)))
  return [...found]
}

function zeros([length, ...rest]: readonly number[]): CircuitInput {
  return length === undefined ? 0n : Array.from({ length }, () => zeros(rest))
}

/**
 * Generated code that goes on where a comparison does not hold. It says so by a call of the second import and
 * an early end: `call 1; i32.const 4; return; end`. There the end is taken out.
 */
async function unasserted(wasm: string): Promise<string> {
  const path = wasm.replace(/\.wasm$/, '.unasserted.wasm')
  if (existsSync(path)) return path
  const code = await readFile(wasm)
  const [assertion, going] = [Buffer.from('100141040f0b', 'hex'), Buffer.from('100141041a0b', 'hex')]
  for (let at = code.indexOf(assertion); at >= 0; at = code.indexOf(assertion, at)) going.copy(code, at)
  const written = `${path}.${process.pid}`
  await writeFile(written, code)
  await rename(written, path)
  return path
}
