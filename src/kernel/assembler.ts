/**
 * An assembler for WebAssembly: functions are kept as lists of instructions, so that whoever wants to know
 * what they do can walk them, and `encode` writes a module's bytes. Numbers of instructions and sections are
 * those of the WebAssembly core specification 1.0, sections 5.4 and 5.5.
 */

const TYPES = { i32: 0x7f, i64: 0x7e } as const
export type ValueType = keyof typeof TYPES

/** Instructions without an immediate operand. */
const PLAIN = {
  return: 0x0f,
  drop: 0x1a,
  'i32.eqz': 0x45,
  'i32.eq': 0x46,
  'i32.ne': 0x47,
  'i32.lt_u': 0x49,
  'i32.gt_u': 0x4b,
  'i32.ge_u': 0x4f,
  'i64.eqz': 0x50,
  'i32.add': 0x6a,
  'i32.sub': 0x6b,
  'i32.mul': 0x6c,
  'i32.and': 0x71,
  'i32.or': 0x72,
  'i32.xor': 0x73,
  'i32.shl': 0x74,
  'i32.shr_u': 0x76,
  'i64.add': 0x7c,
  'i64.sub': 0x7d,
  'i64.mul': 0x7e,
  'i64.and': 0x83,
  'i64.or': 0x84,
  'i64.shl': 0x86,
  'i64.shr_s': 0x87,
  'i64.shr_u': 0x88,
  'i32.wrap_i64': 0xa7,
  'i64.extend_i32_u': 0xad,
} as const
const INDEXED = {
  br: 0x0c,
  br_if: 0x0d,
  'local.get': 0x20,
  'local.set': 0x21,
  'local.tee': 0x22,
  'global.get': 0x23,
  'global.set': 0x24,
} as const
const MEMORY = {
  'i32.load': 0x28,
  'i64.load': 0x29,
  'i64.load32_s': 0x34,
  'i64.load32_u': 0x35,
  'i32.store': 0x36,
  'i64.store': 0x37,
  'i64.store32': 0x3e,
} as const
const OPS = { ...PLAIN, ...INDEXED, ...MEMORY }
const BODIES = { block: 0x02, loop: 0x03, if: 0x04 } as const

export type PlainOp = keyof typeof PLAIN
export type Instruction =
  | readonly [op: PlainOp]
  /** `br` counts enclosing bodies; locals are numbered from the parameters on. */
  | readonly [op: keyof typeof INDEXED, index: number]
  /** The offset is added to the address that is on the stack. */
  | readonly [op: keyof typeof MEMORY, offset: number]
  | readonly [op: 'i32.const', value: number]
  | readonly [op: 'i64.const', value: bigint]
  | readonly [op: 'call', target: WasmFunction]
  | readonly [op: 'block' | 'loop', body: Instruction[]]
  | readonly [op: 'if', then: Instruction[], otherwise: Instruction[]]

/**
 * A function under construction. Each method appends an instruction and returns the function, so that a line
 * of calls reads in the order of the stack machine: `f.get(a).get(b).op('i64.mul').set(c)`.
 */
export class WasmFunction {
  private readonly whole: Instruction[] = []
  private readonly variables: ValueType[] = []
  private body = this.whole
  private fill: ((f: WasmFunction) => void) | undefined

  /**
   * @param fill appends the instructions, when somebody asks for them
   */
  constructor(
    readonly name: string,
    readonly parameters: readonly ValueType[],
    readonly result: ValueType | undefined,
    fill: (f: WasmFunction) => void,
  ) {
    this.fill = fill
  }

  get instructions(): readonly Instruction[] {
    this.complete()
    return this.whole
  }

  get locals(): readonly ValueType[] {
    this.complete()
    return this.variables
  }

  /** A new local variable, zero at first. */
  local(type: ValueType): number {
    this.variables.push(type)
    return this.parameters.length + this.variables.length - 1
  }

  op(...names: PlainOp[]): this {
    return this.push(...names.map((name) => [name] as const))
  }

  get(local: number): this {
    return this.push(['local.get', local])
  }

  set(local: number): this {
    return this.push(['local.set', local])
  }

  tee(local: number): this {
    return this.push(['local.tee', local])
  }

  i32(value: number): this {
    return this.push(['i32.const', value | 0])
  }

  i64(value: bigint): this {
    return this.push(['i64.const', BigInt.asIntN(64, value)])
  }

  /** Pushes the instance's scratch address: see `WasmModule`. */
  scratch(): this {
    return this.push(['global.get', 0])
  }

  setScratch(): this {
    return this.push(['global.set', 0])
  }

  /** Loads 32 bits as an `i64` without a sign. */
  load32u(offset = 0): this {
    return this.push(['i64.load32_u', offset])
  }

  /** Loads 32 bits as an `i64` with their sign. */
  load32s(offset = 0): this {
    return this.push(['i64.load32_s', offset])
  }

  load64(offset = 0): this {
    return this.push(['i64.load', offset])
  }

  /** Stores the low 32 bits of an `i64`. */
  store32(offset = 0): this {
    return this.push(['i64.store32', offset])
  }

  store64(offset = 0): this {
    return this.push(['i64.store', offset])
  }

  i32load(offset = 0): this {
    return this.push(['i32.load', offset])
  }

  i32store(offset = 0): this {
    return this.push(['i32.store', offset])
  }

  call(target: WasmFunction): this {
    return this.push(['call', target])
  }

  /** A body that `br(0)` inside starts again, and that ends where it does not. */
  loop(body: () => void): this {
    return this.push(['loop', this.inside(body)])
  }

  /** A body that `br(0)` inside leaves. */
  block(body: () => void): this {
    return this.push(['block', this.inside(body)])
  }

  /** Bodies for an `i32` that is not zero, and for one that is. */
  if(then: () => void, otherwise: () => void = () => {}): this {
    return this.push(['if', this.inside(then), this.inside(otherwise)])
  }

  br(depth: number): this {
    return this.push(['br', depth])
  }

  brIf(depth: number): this {
    return this.push(['br_if', depth])
  }

  private complete(): void {
    const fill = this.fill
    this.fill = undefined
    fill?.(this)
  }

  private push(...instructions: Instruction[]): this {
    this.body.push(...instructions)
    return this
  }

  private inside(fill: () => void): Instruction[] {
    const outer = this.body
    const body: Instruction[] = []
    this.body = body
    fill()
    this.body = outer
    return body
  }
}

/** How much memory a module imports, in pages of 64 KiB, and whether threads share it. */
export interface MemoryLimits {
  initial: number
  maximum: number
  shared: boolean
}

/**
 * A module of functions over one imported memory, `env.memory`. Every instance has one number of its own, the
 * address of its scratch memory, which the exported function `setScratch` sets.
 */
export class WasmModule {
  readonly functions: WasmFunction[] = []

  constructor() {
    this.define('setScratch', ['i32'], undefined, (f) => f.get(0).setScratch())
  }

  /** Adds a function. Its body is made when a module is encoded that has it. */
  define(
    name: string,
    parameters: readonly ValueType[],
    result: ValueType | undefined,
    body: (f: WasmFunction) => void,
  ): WasmFunction {
    const f = new WasmFunction(name, parameters, result, body)
    this.functions.push(f)
    return f
  }

  /**
   * The module's bytes.
   *
   * @param names functions that are wanted, default all; they are exported, `setScratch` with them, and those
   *   that they call are in the module as well
   */
  encode({ initial, maximum, shared }: MemoryLimits, names?: readonly string[]): Uint8Array<ArrayBuffer> {
    const exported = this.functions.filter(
      ({ name }, i) => i === 0 || names === undefined || names.includes(name),
    )
    const indices = indicesOf(exported)
    const functions = [...indices.keys()]
    const types = new Map<string, { index: number; code: number[] }>()
    const typeOf = ({ parameters, result }: WasmFunction): number => {
      const key = `${parameters}:${result}`
      const known = types.get(key)
      if (known) return known.index
      const code = [0x60]
      vector(code, parameters, (type) => code.push(TYPES[type]))
      vector(code, result === undefined ? [] : [result], (type) => code.push(TYPES[type]))
      types.set(key, { index: types.size, code })
      return types.size - 1
    }
    const declared = functions.map(typeOf)
    const to = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
    section(to, 1, () => vector(to, [...types.values()], ({ code }) => to.push(...code)))
    section(to, 2, () => {
      unsigned(to, 1)
      text(to, 'env')
      text(to, 'memory')
      to.push(0x02, shared ? 3 : 1)
      unsigned(to, initial)
      unsigned(to, maximum)
    })
    section(to, 3, () => vector(to, declared, (type) => unsigned(to, type)))
    section(to, 6, () => to.push(1, TYPES.i32, 0x01, 0x41, 0, 0x0b))
    section(to, 7, () =>
      vector(to, exported, (f) => {
        text(to, f.name)
        to.push(0x00)
        unsigned(to, indices.get(f)!)
      }),
    )
    section(to, 10, () => vector(to, functions, (f) => functionCode(to, f, indices)))
    return new Uint8Array(to)
  }
}

type Indices = ReadonlyMap<WasmFunction, number>

/** Numbers of functions and of all that they call. */
function indicesOf(roots: readonly WasmFunction[]): Indices {
  const indices = new Map<WasmFunction, number>()
  const visit = (f: WasmFunction) => {
    if (indices.has(f)) return
    indices.set(f, indices.size)
    visitCalls(f.instructions)
  }
  const visitCalls = (instructions: readonly Instruction[]) => {
    for (const instruction of instructions) {
      if (instruction[0] === 'call') visit(instruction[1])
      else if (instruction[0] === 'block' || instruction[0] === 'loop') visitCalls(instruction[1])
      else if (instruction[0] === 'if') {
        visitCalls(instruction[1])
        visitCalls(instruction[2])
      }
    }
  }
  for (const f of roots) visit(f)
  return indices
}

function functionCode(to: number[], { locals, instructions }: WasmFunction, indices: Indices): void {
  const runs: { type: ValueType; count: number }[] = []
  for (const type of locals) {
    const run = runs.at(-1)
    if (run?.type === type) run.count++
    else runs.push({ type, count: 1 })
  }
  sized(to, () => {
    vector(to, runs, ({ type, count }) => {
      unsigned(to, count)
      to.push(TYPES[type])
    })
    encodeBody(to, instructions, indices)
    to.push(0x0b)
  })
}

function encodeBody(to: number[], instructions: readonly Instruction[], indices: Indices): void {
  for (const instruction of instructions) encodeInstruction(to, instruction, indices)
}

function encodeInstruction(to: number[], instruction: Instruction, indices: Indices): void {
  switch (instruction[0]) {
    case 'i32.const':
      to.push(0x41)
      signed(to, BigInt(instruction[1]))
      break
    case 'i64.const':
      to.push(0x42)
      signed(to, instruction[1])
      break
    case 'call':
      to.push(0x10)
      unsigned(to, indices.get(instruction[1])!)
      break
    case 'block':
    case 'loop':
    case 'if': {
      const [op, then, otherwise = []] = instruction
      to.push(BODIES[op], 0x40)
      encodeBody(to, then, indices)
      if (otherwise.length > 0) {
        to.push(0x05)
        encodeBody(to, otherwise, indices)
      }
      to.push(0x0b)
      break
    }
    default: {
      const op = instruction[0]
      to.push(OPS[op])
      // Every address is a multiple of four, which is what the hint says: 2^2.
      if (op in MEMORY) to.push(2)
      if (instruction.length > 1) unsigned(to, instruction[1]!)
    }
  }
}

function section(to: number[], id: number, fill: () => void): void {
  to.push(id)
  sized(to, fill)
}

/** Bytes of a length that is written when it is known. */
const LENGTH_BYTES = 5

/** Appends what `fill` appends, its length before it. */
function sized(to: number[], fill: () => void): void {
  const at = to.length
  for (let i = 0; i < LENGTH_BYTES; i++) to.push(0)
  fill()
  // LEB128 may have more bytes than it needs.
  const length = to.length - at - LENGTH_BYTES
  for (let i = 0; i < LENGTH_BYTES; i++) {
    to[at + i] = ((length >>> (7 * i)) & 0x7f) | (i < LENGTH_BYTES - 1 ? 0x80 : 0)
  }
}

/** Appends the number of items, then each by `append`. */
function vector<T>(to: number[], items: readonly T[], append: (item: T) => void): void {
  unsigned(to, items.length)
  for (const item of items) append(item)
}

function text(to: number[], ascii: string): void {
  vector(to, [...new TextEncoder().encode(ascii)], (byte) => to.push(byte))
}

/** LEB128 of an integer that is not negative. */
function unsigned(to: number[], value: number): void {
  let rest = value
  for (; rest >= 0x80; rest >>>= 7) to.push((rest & 0x7f) | 0x80)
  to.push(rest)
}

/** LEB128 in two's complement. */
function signed(to: number[], value: bigint): void {
  let large = value
  for (; BigInt.asIntN(31, large) !== large; large >>= 7n) to.push(Number(large & 0x7fn) | 0x80)
  let rest = Number(large)
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) to.push((rest & 0x7f) | 0x80)
  to.push(rest & 0x7f)
}
