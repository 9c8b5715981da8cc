import { readFile } from 'node:fs/promises'
import { type CircuitInput, type CircuitInputs, toField } from '../../../src/field/index.js'
import { readLittleEndian, writeLittleEndian } from '../../../src/field/little-endian.js'
import { poseidon } from '../../../src/hash/index.js'
import { gatherSources } from '../../../src/proving/sources.js'
import { readSymbols } from '../../../src/proving/symbols.js'
import type { CircuitSource } from '../bench/circuit.js'
import { compileCached } from '../bench/compiled.js'
import { BY, type Instrumented, instrument, type Knob, type Mutant, WHEN, WHERE } from './instrument.js'

/** How one knob is set: where the value is `when`, or at one place of the loops around it, add `by`. */
export interface Setting {
  knob: Knob
  when?: bigint
  place?: bigint
  by: bigint
}

/** The result of a run of the rewritten circuit. */
export interface Outcome {
  /** Wires that have to be zero and are not. */
  broken: number[]
  /** A wire's value, until the next run. */
  value(wire: number): bigint
}

const ELEMENT = 32
const CELL = 40
/** An element of the generated code is eight bytes of type and short value, then its Montgomery form. */
const MONTGOMERY = 1n << 256n
const LONG = 0xc0000000
const PERMUTATION = 'poseidon-permutation.circom'
/** Marks in the code where the next hash goes. */
const HASH = 0x0f3a5c7e91b2d4f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7en
/**
 * Stands for the permutation where nothing of it is left out: its inputs are shown, and what they hash to is
 * put where it is read from, by code that takes a tenth of the time.
 */
const SHOWN = `pragma circom 2.2.2;
template PoseidonPermutation(TAG, N, PARTIAL, C, S, M, P, M_INVERSE, P_INVERSE, S_INVERSE) {
    signal input inputs[N];
    signal output out;
    log(N, TAG);
    for (var i = 0; i < N; i++) {
        log(inputs[i]);
    }
    out <-- ${HASH};
}
`

/** The generated code of a rewritten circuit, kept in memory and run again with its constants changed. */
export class Generator {
  readonly mutants: readonly Mutant[]
  readonly knobs: readonly Knob[]
  /** Wires that have to be zero, and the mutants that leave each out. */
  readonly zeros = new Map<number, ReadonlySet<Mutant>>()
  /** Of a comparison, the wire of the difference, by the one that has to be zero. */
  readonly differences = new Map<number, number>()
  /** Wires of what a knob is handed, and of where that stands in the loops around it (of a hint, nothing). */
  readonly values = new Map<Knob, number[]>()
  readonly places = new Map<Knob, number[]>()
  private readonly cells = new Map<bigint, number>()
  /** Of the hash that is next: how many inputs it has, its tag, and the inputs so far. */
  private shown: bigint[] = []

  private constructor(
    { mutants, knobs }: Instrumented,
    readonly wires: ReadonlyMap<string, number>,
    private readonly call: Record<string, (...args: number[]) => number>,
    private readonly memory: WebAssembly.Memory,
  ) {
    this.mutants = mutants
    this.knobs = knobs
    this.readWires()
    this.findCells()
    for (const knob of knobs) this.set({ knob, by: 0n })
  }

  static async compile(
    source: CircuitSource,
    whole: readonly string[],
    untouched: readonly string[],
  ): Promise<Generator> {
    const own = gatherSources([source.include], source.sources ? { overrides: source.sources } : {})
    const files = [...own].filter(([name, text]) => /^\s*template /m.test(text) && !untouched.includes(name))
    const rewritten = instrument(new Map(files), whole)
    const compiled = await compileCached({
      include: [source.include],
      main: source.main,
      publicSignals: source.public ?? [],
      sources: {
        ...source.sources,
        ...rewritten.sources,
        ...(own.has(PERMUTATION) && untouched.includes(PERMUTATION) ? { [PERMUTATION]: SHOWN } : {}),
      },
    })
    let generator: Generator | undefined
    const module = await WebAssembly.compile(await readFile(compiled.wasm))
    const { exports } = new WebAssembly.Instance(module, {
      runtime: {
        exceptionHandler: (fault: number) => {
          throw new Refusal(fault)
        },
        printErrorMessage: () => undefined,
        writeBufferMessage: () => undefined,
        showSharedRWMemory: () => generator!.show(),
      },
    })
    generator = new Generator(
      rewritten,
      await readSymbols(compiled.symbols),
      exports as unknown as Record<string, (...args: number[]) => number>,
      exports.memory as unknown as WebAssembly.Memory,
    )
    return generator
  }

  /** Takes what the code shows of a hash; with its last input, the hash goes where it is read from. */
  private show(): void {
    const bytes = new Uint8Array(this.memory.buffer, this.call.getSharedRWMemoryStart!(), ELEMENT)
    this.shown.push(readLittleEndian(bytes))
    const [count, tag, ...inputs] = this.shown
    if (BigInt(inputs.length) !== count) return
    this.write(HASH, poseidon(inputs, tag!))
    this.shown = []
  }

  /**
   * Runs the circuit; `undefined` where a comparison that was not rewritten refuses, or the inputs are no
   * inputs.
   */
  run(inputs: CircuitInputs, setting?: Setting): Outcome | undefined {
    if (setting) this.set(setting)
    this.shown = []
    try {
      this.call.init!(0)
      for (const [name, input] of Object.entries(inputs)) this.feed(nameHash(name), input)
    } catch (error) {
      if (error instanceof Refusal) return undefined
      throw error
    } finally {
      if (setting) this.set({ knob: setting.knob, by: 0n })
    }
    const shared = this.call.getSharedRWMemoryStart!()
    const bytes = new Uint8Array(this.memory.buffer, shared, ELEMENT)
    const words = new Uint32Array(this.memory.buffer, shared, ELEMENT / 4)
    const broken: number[] = []
    for (const wire of this.zeros.keys()) {
      this.call.getWitness!(wire)
      if (words[0]! | words[1]! | words[2]! | words[3]! | words[4]! | words[5]! | words[6]! | words[7]!) {
        broken.push(wire)
      }
    }
    return {
      broken,
      value: (wire) => {
        this.call.getWitness!(wire)
        return readLittleEndian(bytes)
      },
    }
  }

  /** Hands over a signal's elements in their order. */
  private feed([high, low]: [number, number], input: CircuitInput): void {
    const shared = this.call.getSharedRWMemoryStart!()
    const bytes = new Uint8Array(this.memory.buffer, shared, ELEMENT)
    let i = 0
    const hand = (element: CircuitInput): void => {
      if (typeof element !== 'bigint') {
        element.forEach(hand)
        return
      }
      writeLittleEndian(element, bytes)
      this.call.setInputSignal!(high, low, i++)
    }
    hand(input)
  }

  wire(name: string): number {
    const wire = this.wires.get(`main.${name}`)
    if (wire === undefined) throw new Error(`no wire is left of ${name}`)
    return wire
  }

  private set({ knob, when, place, by }: Setting): void {
    const { number } = knob
    this.write(WHEN(number), when ?? WHEN(number))
    if (knob.mutant) this.write(WHERE(number), place ?? WHERE(number))
    this.write(BY(number), by)
  }

  private write(mark: bigint, value: bigint): void {
    const cell = this.cells.get(mark)
    if (cell === undefined) return // the compiler has left the code out: nothing calls it
    const bytes = new Uint8Array(this.memory.buffer, cell, CELL)
    new DataView(this.memory.buffer).setUint32(cell + 4, LONG, true)
    writeLittleEndian(toField(toField(value) * MONTGOMERY), bytes, CELL - ELEMENT)
  }

  private findCells(): void {
    const code = Buffer.from(this.memory.buffer)
    const marks = this.knobs.flatMap(({ number }) => [WHEN(number), WHERE(number), BY(number)])
    for (const mark of [HASH, ...marks]) {
      const bytes = new Uint8Array(ELEMENT)
      writeLittleEndian(toField(mark * MONTGOMERY), bytes)
      const at = code.indexOf(bytes)
      if (at >= 0) this.cells.set(mark, at - (CELL - ELEMENT))
    }
  }

  private readWires(): void {
    const calls = new Map(
      this.mutants.flatMap((mutant) => (mutant.component ? [[mutant.component, mutant]] : [])),
    )
    const hints = this.knobs.filter(({ hint }) => hint !== undefined)
    for (const [name, wire] of this.wires) {
      const parts = name.split('.')
      const own = /^(Check|Loose)_(\d+)_\d+_\d+/.exec(parts.at(-2)!)
      const field = parts.at(-1)!
      if (own) {
        const knob = this.knobs[Number(own[2])]!
        if (field === 'value') push(this.values, knob, wire)
        if (field === 'shown') push(this.places, knob, wire)
        if (field !== (own[1] === 'Check' ? 'square' : 'offset')) continue
        const leavers = parts.flatMap((part) => calls.get(part.replace(/\[.*$/, '')) ?? [])
        this.zeros.set(wire, new Set([knob.mutant!, ...leavers]))
        const difference = this.wires.get(name.replace(/square$/, 'violation'))
        if (own[1] === 'Check' && difference !== undefined) this.differences.set(wire, difference)
      } else {
        for (const knob of hints) {
          if (field.replace(/\[.*$/, '') !== knob.hint) continue
          push(this.values, knob, wire)
        }
      }
    }
  }
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

class Refusal extends Error {
  constructor(readonly fault: number) {
    super(`the circuit refuses: ${fault}`)
  }
}

/** FNV-1a of a signal's name, as the generated code looks it up: high and low word. */
function nameHash(name: string): [number, number] {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(name)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  return [Number(hash >> 32n), Number(BigInt.asUintN(32, hash))]
}
