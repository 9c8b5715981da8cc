/**
 * An assembler for WebAssembly: functions are kept as lists of instructions, so that whoever wants to know
 * what they do can walk them, and `encode` writes a module's bytes. Numbers of instructions and sections are
 * those of the WebAssembly core specification 1.0, sections 5.4 and 5.5.
 */

export type ValueType = 'i32' | 'i64'

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
  'i64.load32_u': 0x35,
  'i32.store': 0x36,
  'i64.store': 0x37,
  'i64.store32': 0x3e,
} as const
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
  readonly instructions: Instruction[] = []
  readonly locals: ValueType[] = []
  private body = this.instructions

  constructor(
    readonly name: string,
    readonly index: number,
    readonly parameters: readonly ValueType[],
    readonly result?: ValueType,
  ) {}

  /** A new local variable, zero at first. */
  local(type: ValueType): number {
    this.locals.push(type)
    return this.parameters.length + this.locals.length - 1
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

  /** Adds a function, and exports it under its name. */
  define(
    name: string,
    parameters: readonly ValueType[],
    result: ValueType | undefined,
    body: (f: WasmFunction) => void,
  ): WasmFunction {
    const f = new WasmFunction(name, this.functions.length, parameters, result)
    this.functions.push(f)
    body(f)
    return f
  }

  encode({ initial, maximum, shared }: MemoryLimits): Uint8Array<ArrayBuffer> {
    const { functions } = this
    const types = new Map<string, { index: number; code: number[] }>()
    const typeOf = ({ parameters, result }: WasmFunction): number => {
      const key = `${parameters}:${result}`
      const known = types.get(key)
      if (known) return known.index
      const results = result === undefined ? [] : [result]
      const code = [0x60, ...list(parameters.map(typeCode)), ...list(results.map(typeCode))]
      types.set(key, { index: types.size, code })
      return types.size - 1
    }
    const declared = functions.map((f) => unsigned(typeOf(f)))
    const limits = [shared ? 3 : 1, ...unsigned(initial), ...unsigned(maximum)]
    return Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
      ...section(
        1,
        [...types.values()].map(({ code }) => code),
      ),
      ...section(2, [[...text('env'), ...text('memory'), 0x02, ...limits]]),
      ...section(3, declared),
      ...section(6, [[...typeCode('i32'), 0x01, 0x41, ...signed(0n), 0x0b]]),
      ...section(
        7,
        functions.map(({ name, index }) => [...text(name), 0x00, ...unsigned(index)]),
      ),
      ...section(10, functions.map(functionCode)),
    ])
  }
}

function functionCode({ locals, instructions }: WasmFunction): number[] {
  const runs: { type: ValueType; count: number }[] = []
  for (const type of locals) {
    const run = runs.at(-1)
    if (run?.type === type) run.count++
    else runs.push({ type, count: 1 })
  }
  const code = list(runs.map(({ type, count }) => [...unsigned(count), ...typeCode(type)]))
  encodeBody(instructions, code)
  code.push(0x0b)
  return [...unsigned(code.length), ...code]
}

function encodeBody(instructions: readonly Instruction[], to: number[]): void {
  for (const instruction of instructions) encodeInstruction(instruction, to)
}

function encodeInstruction(instruction: Instruction, to: number[]): void {
  switch (instruction[0]) {
    case 'i32.const':
      to.push(0x41, ...signed(BigInt(instruction[1])))
      break
    case 'i64.const':
      to.push(0x42, ...signed(instruction[1]))
      break
    case 'call':
      to.push(0x10, ...unsigned(instruction[1].index))
      break
    case 'block':
    case 'loop':
    case 'if': {
      const [op, then, otherwise = []] = instruction
      to.push(BODIES[op], 0x40)
      encodeBody(then, to)
      if (otherwise.length > 0) {
        to.push(0x05)
        encodeBody(otherwise, to)
      }
      to.push(0x0b)
      break
    }
    default: {
      const [op, immediate] = instruction
      if (op in INDEXED) to.push(INDEXED[op as keyof typeof INDEXED], ...unsigned(immediate!))
      // Every address is a multiple of four, which is what the hint says: 2^2.
      else if (op in MEMORY) to.push(MEMORY[op as keyof typeof MEMORY], 2, ...unsigned(immediate!))
      else to.push(PLAIN[op as PlainOp])
    }
  }
}

function typeCode(type: ValueType): number[] {
  return [type === 'i32' ? 0x7f : 0x7e]
}

function section(id: number, items: readonly number[][]): number[] {
  const body = list(items)
  return [id, ...unsigned(body.length), ...body]
}

function list(items: readonly number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function text(ascii: string): number[] {
  return [...unsigned(ascii.length), ...new TextEncoder().encode(ascii)]
}

/** LEB128 of an integer that is not negative. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
  bytes.push(rest)
  return bytes
}

/** LEB128 in two's complement. */
function signed(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = value; ; ) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    if (rest === (low & 0x40 ? -1n : 0n)) return [...bytes, low]
    bytes.push(low | 0x80)
  }
}
