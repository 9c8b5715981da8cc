import type { Instruction, WasmFunction } from '../../../src/kernel/assembler.js'
import { INFINITY_WORD as WORD } from '../../../src/kernel/curve.js'
import { ELEMENT_BYTES, LIMB_BYTES } from '../../../src/kernel/limbs.js'

/** What a trace stops at: an operand that is no lazy element, or an instruction without a meaning here. */
export class TraceError extends Error {}

/** Where elements stand: a parameter, and how many elements from its address on. */
export type Elements = readonly [parameter: number, count: number]

/** What is known of a called function: the elements that it reads, and those that it stores. */
export interface Contract {
  readonly takes: readonly Elements[]
  readonly gives: readonly Elements[]
  /** It says 0 or 1 of what it takes: both are tried. */
  readonly decides?: true
}

/** Addresses of elements in memory that are lazy, and of those whose first word says infinity. */
export interface Memory {
  readonly lazy: Iterable<number>
  readonly infinite?: Iterable<number>
  /** Other words of 32 bits. */
  readonly words?: Iterable<readonly [address: number, value: number]>
}

/** An integer of 32 bits, or a limb of an element: it is below 2^29, and nothing else is known of it. */
type Value = number | 'limb'

/** Marks that a body ends early: how many bodies around it end with it. */
type Exit = { readonly depth: number } | 'return' | undefined

/** As a signed integer, which all words are here. */
const INFINITY_WORD = WORD | 0
const STEPS = 2_000_000
/** Two coordinates of two elements. */
const LARGEST_POINT = 4 * ELEMENT_BYTES

/**
 * Runs a function with addresses, counts and flags as they are, and elements of which no more is known than
 * that they are lazy, down every path that a decision of what it calls can lead to. Each call of a function
 * with a contract takes lazy elements alone and leaves them where it stores.
 *
 * @returns per path, the addresses of elements that are lazy at the end
 * @throws {TraceError} where an operand is not known to be a lazy element
 */
export function trace(
  f: WasmFunction,
  parameters: readonly number[],
  scratch: number,
  contracts: ReadonlyMap<WasmFunction, Contract>,
  memory: Memory,
): { lazy: ReadonlySet<number>; infinite: ReadonlySet<number> }[] {
  const ends: Run[] = []
  const open: boolean[][] = [[]]
  for (let decisions = open.pop(); decisions; decisions = open.pop()) {
    const run = new Run(scratch, contracts, memory, decisions)
    run.call(f, parameters)
    open.push(...run.alternatives)
    ends.push(run)
  }
  return ends
}

class Run {
  readonly lazy: Set<number>
  readonly infinite: Set<number>
  readonly alternatives: boolean[][] = []
  private readonly words: Map<number, number>
  private readonly made: boolean[] = []
  private steps = 0

  constructor(
    private readonly scratch: number,
    private readonly contracts: ReadonlyMap<WasmFunction, Contract>,
    memory: Memory,
    private readonly decisions: readonly boolean[],
  ) {
    this.lazy = new Set(memory.lazy)
    this.infinite = new Set(memory.infinite ?? [])
    this.words = new Map(memory.words ?? [])
  }

  call(f: WasmFunction, parameters: readonly number[]): Value | undefined {
    const contract = this.contracts.get(f)
    if (contract) return this.fulfil(f, contract, parameters)
    const frame: Frame = { locals: [...parameters], stack: [] }
    this.body(f.instructions, frame)
    return f.result === undefined ? undefined : frame.stack.at(-1)
  }

  private fulfil(f: WasmFunction, { takes, gives, decides }: Contract, parameters: readonly number[]) {
    for (const address of places(takes, parameters)) {
      if (!this.lazy.has(address)) throw new TraceError(`${f.name} takes what is not lazy, at ${address}`)
    }
    for (const address of places(gives, parameters)) {
      this.lazy.add(address)
      this.infinite.delete(address)
    }
    return decides ? Number(this.decide()) : undefined
  }

  private decide(): boolean {
    const taken = this.decisions[this.made.length] ?? false
    if (this.made.length >= this.decisions.length) this.alternatives.push([...this.made, true])
    this.made.push(taken)
    return taken
  }

  private body(instructions: readonly Instruction[], frame: Frame): Exit {
    for (const instruction of instructions) {
      const exit = this.step(instruction, frame)
      if (exit !== undefined) return exit
    }
    return undefined
  }

  private step(instruction: Instruction, frame: Frame): Exit {
    if (this.steps++ > STEPS) throw new TraceError('a loop does not end')
    const { locals, stack } = frame
    const pop = (): Value => {
      const value = stack.pop()
      if (value === undefined) throw new TraceError('the stack is empty')
      return value
    }
    const integer = (): number => {
      const value = pop()
      if (value === 'limb') throw new TraceError('what happens depends on a limb')
      return value
    }
    switch (instruction[0]) {
      case 'i32.const':
        stack.push(instruction[1])
        return undefined
      case 'local.get':
        stack.push(locals[instruction[1]] ?? 0)
        return undefined
      case 'local.set':
        locals[instruction[1]] = pop()
        return undefined
      case 'local.tee':
        locals[instruction[1]] = stack.at(-1)!
        return undefined
      case 'global.get':
        stack.push(this.scratch)
        return undefined
      case 'i32.load':
        stack.push(this.load(integer() + instruction[1]))
        return undefined
      case 'i32.store': {
        const value = integer()
        this.store(integer() + instruction[1], value)
        return undefined
      }
      case 'call': {
        const target = instruction[1]
        const parameters = target.parameters.map(() => integer()).reverse()
        const result = this.call(target, parameters)
        if (result !== undefined) stack.push(result)
        return undefined
      }
      case 'i32.eqz':
        stack.push(Number(integer() === 0))
        return undefined
      case 'return':
        return 'return'
      case 'br':
        return { depth: instruction[1] }
      case 'br_if':
        return integer() === 0 ? undefined : { depth: instruction[1] }
      case 'if':
        return outOf(this.body(integer() === 0 ? instruction[2] : instruction[1], frame))
      case 'block':
        return outOf(this.body(instruction[1], frame))
      case 'loop':
        for (;;) {
          const exit = this.body(instruction[1], frame)
          if (exit === undefined || exit === 'return') return exit
          if (exit.depth > 0) return { depth: exit.depth - 1 }
        }
      default: {
        const [b, a] = [pop(), pop()]
        stack.push(binary(instruction[0], a, b))
        return undefined
      }
    }
  }

  private load(address: number): Value {
    if (this.infinite.has(address)) return INFINITY_WORD
    const word = this.words.get(address)
    if (word !== undefined) return word
    if (isInside(address, this.lazy, ELEMENT_BYTES)) return 'limb'
    if (isInside(address, this.infinite, LARGEST_POINT)) return 'limb'
    throw new TraceError(`nothing stands at ${address}`)
  }

  /** A word that is stored is one of a list, or says that a point is infinity. */
  private store(address: number, value: number): void {
    if (value === INFINITY_WORD) {
      this.infinite.add(address)
      this.lazy.delete(address)
    } else if (this.words.has(address)) this.words.set(address, value)
    else throw new TraceError(`a word is stored at ${address}, where no list is`)
  }
}

function isInside(address: number, starts: ReadonlySet<number>, bytes: number): boolean {
  for (let at = address; at > address - bytes; at -= LIMB_BYTES) if (starts.has(at)) return true
  return false
}

function places(elements: readonly Elements[], parameters: readonly number[]): number[] {
  return elements.flatMap(([parameter, count]) =>
    Array.from({ length: count }, (_, i) => parameters[parameter]! + ELEMENT_BYTES * i),
  )
}

interface Frame {
  readonly locals: Value[]
  readonly stack: Value[]
}

function outOf(exit: Exit): Exit {
  if (exit === undefined || exit === 'return') return exit
  return exit.depth === 0 ? undefined : { depth: exit.depth - 1 }
}

function binary(op: string, a: Value, b: Value): Value {
  if (a === 'limb' || b === 'limb') {
    // A limb is not the word of infinity; and what is or-ed together is not looked at.
    if (op === 'i32.or') return 'limb'
    const other = a === 'limb' ? b : a
    if (other === INFINITY_WORD && op === 'i32.eq') return 0
    if (other === INFINITY_WORD && op === 'i32.ne') return 1
    throw new TraceError(`${op} of a limb`)
  }
  switch (op) {
    case 'i32.add':
      return (a + b) | 0
    case 'i32.sub':
      return (a - b) | 0
    case 'i32.mul':
      return Math.imul(a, b)
    case 'i32.and':
      return a & b
    case 'i32.or':
      return a | b
    case 'i32.xor':
      return a ^ b
    case 'i32.eq':
      return Number(a === b)
    case 'i32.ne':
      return Number(a !== b)
    case 'i32.lt_u':
      return Number(a >>> 0 < b >>> 0)
    default:
      throw new TraceError(`${op} has no meaning here`)
  }
}
