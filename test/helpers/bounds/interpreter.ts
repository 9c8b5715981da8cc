import type { Instruction, WasmFunction } from '../../../src/kernel/assembler.js'
import { type Interval, least, most, Polynomial, type Symbols } from './polynomial.js'

/** What a proof stops at: an instruction whose result could leave its range, or one without a meaning here. */
export class BoundsError extends Error {}

/**
 * A value on the stack: an integer, of 64 bits with a sign; the lowest 32 bits of one times a factor; whether
 * one is negative; an address; two neighbouring cells of memory.
 */
type Value =
  | { readonly kind: 'integer'; readonly poly: Polynomial }
  | { readonly kind: 'low'; readonly poly: Polynomial; readonly factor: bigint }
  | { readonly kind: 'negative'; readonly poly: Polynomial; readonly not: boolean }
  | { readonly kind: 'address'; readonly parameter: number; readonly offset: number }
  | { readonly kind: 'cells'; readonly cells: readonly [Value, Value] }

interface Address {
  readonly parameter: number
  readonly offset: number
}

/** Something known of a polynomial on the path that is taken. */
export type Known = { readonly poly: Polynomial } & ({ readonly low: bigint } | { readonly high: bigint })

const SIGNED = { low: -(1n << 63n), high: (1n << 63n) - 1n }

/** One path through a function, from its parameters to what it has stored. */
export interface Path {
  /** The integer in a cell of 32 bits, at an offset of a parameter. */
  cell(parameter: number, offset: number): Polynomial
  interval(poly: Polynomial): Interval
  /** The integer in a local variable. */
  local(index: number): Polynomial
  /** Integers that shifts to the right have left, with the symbol that no other one has. */
  readonly quotients: readonly { poly: Polynomial; symbol: number }[]
}

/** What a function is called with. */
export interface Start {
  /** The integers that stand in memory, at offsets of parameters. */
  cells(parameter: number, offset: number): Polynomial | undefined
  /** Parameters that are no addresses. */
  readonly counts?: ReadonlyMap<number, number>
  /** To begin in the middle of a function: its remaining instructions, and what is in locals. */
  readonly middle?: {
    readonly instructions: readonly Instruction[]
    readonly locals: ReadonlyMap<number, Polynomial>
  }
  /**
   * Sums and products may wrap: they are right modulo 2^64, and so what is shifted is right when its true value
   * is in range.
   */
  readonly wrapping?: boolean
  /** What else is known. */
  readonly known?: readonly Known[]
}

/**
 * Walks a function for all values of its operands at once, down every path. Loops go around as often as the
 * counts say that it is called with.
 *
 * - Each result of 64-bit arithmetic stays in the range of signed integers: nothing ever wraps.
 * - Each integer is a polynomial in the limbs of operands, in remainders of shifts, and in the multipliers of
 *   Montgomery's reduction, whose definition `q ≡ c·x (mod 2^29)` makes a division exact.
 * - A cell is not read after a store to its offset under any parameter, so that operands may share addresses.
 *
 * @throws {BoundsError} where any of this is not so
 */
export function walk(f: WasmFunction, symbols: Symbols, start: Start): Path[] {
  const paths: Path[] = []
  const open: boolean[][] = [[]]
  for (let decisions = open.pop(); decisions; decisions = open.pop()) {
    const walker = new Walker(symbols, start, decisions)
    walker.run(f)
    open.push(...walker.alternatives)
    paths.push(walker)
  }
  return paths
}

class Walker implements Path {
  readonly quotients: { poly: Polynomial; symbol: number }[] = []
  readonly alternatives: boolean[][] = []
  private readonly stack: Value[] = []
  private locals: Value[] = []
  private readonly stored = new Map<string, Polynomial>()
  private readonly storedOffsets = new Set<number>()
  private readonly known: Known[]
  private readonly made: boolean[] = []
  /** The remainder of a value by a power of two, the same for the same value. */
  private readonly remainders = new Map<Polynomial, Map<number, Polynomial>>()
  /** Multipliers of Montgomery's reduction: q ≡ x (mod 2^bits). */
  private readonly congruences = new Map<number, { poly: Polynomial; factor: bigint; bits: number }>()

  constructor(
    private readonly symbols: Symbols,
    private readonly start: Start,
    private readonly decisions: readonly boolean[],
  ) {
    this.known = [...(start.known ?? [])]
  }

  run(f: WasmFunction): void {
    const { counts, middle } = this.start
    this.locals = f.parameters.map((_, parameter) => {
      const count = counts?.get(parameter)
      return count === undefined
        ? { kind: 'address', parameter, offset: 0 }
        : { kind: 'integer', poly: Polynomial.constant(BigInt(count)) }
    })
    for (const [local, poly] of middle?.locals ?? []) this.locals[local] = { kind: 'integer', poly }
    this.body(middle?.instructions ?? f.instructions)
    if (this.stack.length > 0) throw new BoundsError('values are left on the stack')
  }

  cell(parameter: number, offset: number): Polynomial {
    const poly = this.stored.get(`${parameter}:${offset}`) ?? this.start.cells(parameter, offset)
    if (poly === undefined) throw new BoundsError(`nothing stands at ${parameter}:${offset}`)
    return poly
  }

  local(index: number): Polynomial {
    const value = this.locals[index]
    if (value?.kind !== 'integer') throw new BoundsError(`local ${index} is no integer`)
    return value.poly
  }

  interval(poly: Polynomial): Interval {
    let { low, high } = poly.interval(this.symbols)
    for (const known of this.known) {
      // poly = a/b · known + rest, where a term of both cancels.
      const key = known.poly.keys().find((k) => poly.coefficient(k).numerator !== 0n)
      if (key === undefined) continue
      const [x, y] = [poly.coefficient(key), known.poly.coefficient(key)]
      const sign = x.numerator < 0n === y.numerator < 0n ? 1n : -1n
      const a = sign * abs(x.numerator * y.denominator)
      const b = abs(y.numerator * x.denominator)
      const rest = poly.scale(b).plus(known.poly, -a).interval(this.symbols)
      if ('low' in known && a > 0n) low = most(low, ceilDivide(rest.low + a * known.low, b))
      if ('low' in known && a < 0n) high = least(high, floorDivide(rest.high + a * known.low, b))
      if ('high' in known && a > 0n) high = least(high, floorDivide(rest.high + a * known.high, b))
      if ('high' in known && a < 0n) low = most(low, ceilDivide(rest.low + a * known.high, b))
    }
    return { low, high }
  }

  /** Whether the body ends by a branch to its start, which only loops have. */
  private body(instructions: readonly Instruction[]): boolean {
    for (const [i, instruction] of instructions.entries()) {
      if (instruction[0] !== 'br_if') this.step(instruction)
      else if (i < instructions.length - 1 || instruction[1] !== 0)
        throw new BoundsError('a branch elsewhere')
      else return this.constant() !== 0
    }
    return false
  }

  private step(instruction: Instruction): void {
    switch (instruction[0]) {
      case 'i32.const':
        this.push(Polynomial.constant(BigInt(instruction[1])))
        return
      case 'i64.const':
        this.push(Polynomial.constant(instruction[1]))
        return
      case 'local.get':
        this.stack.push(this.locals[instruction[1]] ?? { kind: 'integer', poly: Polynomial.constant(0n) })
        return
      case 'local.set':
        this.locals[instruction[1]] = this.pop()
        return
      case 'local.tee':
        this.locals[instruction[1]] = this.stack.at(-1)!
        return
      case 'i64.load32_s':
      case 'i64.load32_u':
      case 'i32.load':
        this.stack.push(this.load(this.address(instruction[1]), instruction[0] === 'i64.load32_s'))
        return
      case 'i64.load': {
        const address = this.address(instruction[1])
        const second = { ...address, offset: address.offset + 4 }
        const pair = [this.load(address), this.load(second)] as const
        this.stack.push({ kind: 'cells', cells: pair })
        return
      }
      case 'i64.store32':
      case 'i32.store': {
        const poly = this.integer()
        this.within(poly, { low: 0n, high: (1n << 32n) - 1n }, 'what is stored')
        this.store(this.address(instruction[1]), poly)
        return
      }
      case 'i64.store': {
        const value = this.pop()
        if (value.kind !== 'cells') throw new BoundsError('64 bits are stored that were not loaded')
        const { parameter, offset } = this.address(instruction[1])
        for (const [i, cell] of value.cells.entries()) {
          if (cell.kind === 'integer') this.store({ parameter, offset: offset + 4 * i }, cell.poly)
        }
        return
      }
      case 'i64.add':
      case 'i64.sub':
      case 'i64.mul':
      case 'i64.shl': {
        const [b, a] = [this.integer(), this.integer()]
        this.pushChecked(arithmetic(instruction[0], a, b), instruction[0])
        return
      }
      case 'i64.shr_s': {
        const bits = this.constant()
        const poly = this.integer()
        if (this.start.wrapping) this.within(poly, SIGNED, 'what is shifted')
        this.push(this.quotient(poly, bits))
        return
      }
      case 'i64.shr_u': {
        if (this.constant() !== 63) throw new BoundsError('only the sign is shifted without one')
        this.stack.push({ kind: 'negative', poly: this.integer(), not: false })
        return
      }
      case 'i64.and': {
        const bits = bitsOfMask(this.constant())
        this.push(this.remainder(this.integer(), bits))
        return
      }
      case 'i32.wrap_i64': {
        const value = this.pop()
        if (value.kind === 'integer') this.stack.push({ kind: 'low', poly: value.poly, factor: 1n })
        else if (value.kind === 'negative') this.stack.push(value)
        else throw new BoundsError('an address is cut')
        return
      }
      case 'i32.mul': {
        const factor = BigInt(this.constant())
        const value = this.pop()
        if (value.kind !== 'low') throw new BoundsError('only low bits are multiplied as 32 bits')
        this.stack.push({ ...value, factor: value.factor * factor })
        return
      }
      case 'i32.add': {
        const [b, a] = [this.integer(), this.pop()]
        if (a.kind !== 'address') throw new BoundsError('only addresses are added to as 32 bits')
        this.stack.push({ ...a, offset: a.offset + Number(b.constantValue()) })
        return
      }
      case 'i32.sub':
      case 'i32.shr_u': {
        const [b, a] = [this.constant(), this.constant()]
        this.push(Polynomial.constant(BigInt(instruction[0] === 'i32.sub' ? a - b : a >>> b)))
        return
      }
      case 'i32.and': {
        const bits = bitsOfMask(this.constant())
        const value = this.pop()
        if (value.kind === 'integer' && value.poly.constantValue() !== undefined) {
          this.push(Polynomial.constant(value.poly.constantValue()! & ((1n << BigInt(bits)) - 1n)))
          return
        }
        if (value.kind !== 'low' || bits > 32) throw new BoundsError('only low bits are masked as 32 bits')
        const symbol = this.symbols.add(0n, (1n << BigInt(bits)) - 1n)
        this.congruences.set(symbol, { ...value, bits })
        this.push(Polynomial.symbol(symbol))
        return
      }
      case 'i64.extend_i32_u': {
        const poly = this.integer()
        this.within(poly, { low: 0n, high: (1n << 32n) - 1n }, instruction[0])
        this.push(poly)
        return
      }
      case 'i32.eqz': {
        const value = this.pop()
        if (value.kind !== 'negative') throw new BoundsError('only a sign is compared')
        this.stack.push({ ...value, not: !value.not })
        return
      }
      case 'if': {
        const value = this.pop()
        if (value.kind === 'negative') this.body(this.decide(value) ? instruction[1] : instruction[2])
        else {
          const count = value.kind === 'integer' ? value.poly.constantValue() : undefined
          if (count === undefined) throw new BoundsError('a branch depends on something else than a sign')
          this.body(count === 0n ? instruction[2] : instruction[1])
        }
        return
      }
      case 'loop':
        while (this.body(instruction[1])) {}
        return
      default:
        throw new BoundsError(`${instruction[0]} has no meaning here`)
    }
  }

  private push(poly: Polynomial): void {
    this.stack.push({ kind: 'integer', poly })
  }

  private pushChecked(poly: Polynomial, what: string): void {
    if (!this.start.wrapping) this.within(poly, SIGNED, what)
    this.push(poly)
  }

  private within(poly: Polynomial, { low, high }: Interval, what: string): void {
    const found = this.interval(poly)
    if (found.low < low || found.high > high) {
      throw new BoundsError(`${what}: [${found.low}, ${found.high}] is not in [${low}, ${high}]`)
    }
  }

  private pop(): Value {
    const value = this.stack.pop()
    if (value === undefined) throw new BoundsError('the stack is empty')
    return value
  }

  private integer(): Polynomial {
    const value = this.pop()
    if (value.kind !== 'integer') throw new BoundsError(`an integer is expected, not ${value.kind}`)
    return value.poly
  }

  private constant(): number {
    const value = this.integer().constantValue()
    if (value === undefined) throw new BoundsError('a constant is expected')
    return Number(value)
  }

  private address(offset: number): Address {
    const value = this.pop()
    if (value.kind !== 'address') throw new BoundsError('an address is expected')
    return { parameter: value.parameter, offset: value.offset + offset }
  }

  private load({ parameter, offset }: Address, signed = false): Value {
    if (this.storedOffsets.has(offset)) throw new BoundsError(`offset ${offset} is read after a store to it`)
    const poly = this.cell(parameter, offset)
    const range = signed ? { low: -(1n << 31n), high: (1n << 31n) - 1n } : { low: 0n, high: (1n << 32n) - 1n }
    this.within(poly, range, 'what is loaded')
    return { kind: 'integer', poly }
  }

  private store({ parameter, offset }: Address, poly: Polynomial): void {
    this.stored.set(`${parameter}:${offset}`, poly)
    this.storedOffsets.add(offset)
  }

  /** x mod 2^bits */
  private remainder(x: Polynomial, bits: number): Polynomial {
    const { low, high } = this.interval(x)
    if (low >= 0n && high < 1n << BigInt(bits)) return x
    if (this.divides(x, bits)) return Polynomial.constant(0n)
    const known = this.remainders.get(x) ?? new Map<number, Polynomial>()
    this.remainders.set(x, known)
    const remainder = known.get(bits) ?? Polynomial.symbol(this.symbols.add(0n, (1n << BigInt(bits)) - 1n))
    known.set(bits, remainder)
    return remainder
  }

  /** ⌊x / 2^bits⌋ */
  private quotient(x: Polynomial, bits: number): Polynomial {
    const remainder = this.remainder(x, bits)
    const quotient = x.minus(remainder).halve(bits)
    const symbol = remainder.linear()[0]
    if (symbol !== undefined) this.quotients.push({ poly: quotient, symbol })
    return quotient
  }

  /** Whether x = λ·y + k·q, where q ≡ c·y (mod 2^bits), and λ + k·c is divisible by 2^bits. */
  private divides(x: Polynomial, bits: number): boolean {
    for (const symbol of x.linear()) {
      const congruence = this.congruences.get(symbol)
      if (congruence?.bits !== bits) continue
      const { numerator, denominator } = x.coefficient(symbol)
      if (numerator % denominator !== 0n) continue
      const k = numerator / denominator
      const rest = x.minus(Polynomial.symbol(symbol).scale(k)).minus(congruence.poly)
      if (rest.isZero() && (1n + k * congruence.factor) % (1n << BigInt(bits)) === 0n) return true
    }
    return false
  }

  /** Which way a branch goes; where both are possible, this path takes one and leaves the other for later. */
  private decide({ poly, not }: Extract<Value, { kind: 'negative' }>): boolean {
    const { low, high } = this.interval(poly)
    let negative: boolean
    if (high < 0n || low >= 0n) negative = high < 0n
    else {
      negative = this.decisions[this.made.length] ?? false
      if (this.made.length >= this.decisions.length) this.alternatives.push([...this.made, true])
      this.made.push(negative)
    }
    this.known.push(negative ? { poly, high: -1n } : { poly, low: 0n })
    return negative !== not
  }
}

function arithmetic(op: 'i64.add' | 'i64.sub' | 'i64.mul' | 'i64.shl', a: Polynomial, b: Polynomial) {
  if (op === 'i64.add') return a.plus(b)
  if (op === 'i64.sub') return a.minus(b)
  if (op === 'i64.mul') return a.times(b)
  const bits = b.constantValue()
  if (bits === undefined) throw new BoundsError('a shift by what is not a constant')
  return a.scale(1n << bits)
}

function bitsOfMask(mask: number): number {
  const bits = Math.log2(mask + 1)
  if (!Number.isInteger(bits)) throw new BoundsError(`${mask} is not a mask of low bits`)
  return bits
}

const abs = (x: bigint) => (x < 0n ? -x : x)

function floorDivide(a: bigint, b: bigint): bigint {
  const q = a / b
  return a % b < 0n ? q - 1n : q
}

function ceilDivide(a: bigint, b: bigint): bigint {
  return -floorDivide(-a, b)
}
