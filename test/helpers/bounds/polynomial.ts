/**
 * Polynomials of degree two at most in integers with known bounds, their coefficients over a power of two.
 * Values of a computation are kept as such, so that what cancels does cancel, and the bounds of a sum are
 * those of its worst operands at once.
 */

/** The integers that polynomials are in. Number 0 stands for the constant 1. */
export class Symbols {
  private readonly bounds: Interval[] = [{ low: 1n, high: 1n }]

  add(low: bigint, high: bigint): number {
    this.bounds.push({ low, high })
    return this.bounds.length - 1
  }

  of(symbol: number): Interval {
    return this.bounds[symbol]!
  }
}

/** The integers from `low` to `high`. */
export interface Interval {
  readonly low: bigint
  readonly high: bigint
}

/** Keys of terms: `i · SQUARE + j` with i ≤ j. */
const SQUARE = 2 ** 20

export class Polynomial {
  private constructor(
    private readonly terms: ReadonlyMap<number, bigint>,
    /** All coefficients are over 2 to this power. */
    private readonly shift: number,
  ) {}

  static constant(value: bigint): Polynomial {
    return new Polynomial(new Map(value === 0n ? [] : [[0, value]]), 0)
  }

  static symbol(symbol: number): Polynomial {
    return new Polynomial(new Map([[symbol, 1n]]), 0)
  }

  /** this + factor · other */
  plus(other: Polynomial, factor = 1n): Polynomial {
    const shift = Math.max(this.shift, other.shift)
    const terms = new Map(this.over(shift))
    for (const [key, coefficient] of other.over(shift)) {
      const sum = (terms.get(key) ?? 0n) + factor * coefficient
      if (sum === 0n) terms.delete(key)
      else terms.set(key, sum)
    }
    return new Polynomial(terms, shift)
  }

  minus(other: Polynomial): Polynomial {
    return this.plus(other, -1n)
  }

  times(other: Polynomial): Polynomial {
    const terms = new Map<number, bigint>()
    for (const [a, x] of this.terms) {
      for (const [b, y] of other.terms) {
        if (a !== 0 && b !== 0 && (a >= SQUARE || b >= SQUARE)) throw new Error('a product of degree three')
        const key = a === 0 || b === 0 ? a + b : Math.min(a, b) * SQUARE + Math.max(a, b)
        terms.set(key, (terms.get(key) ?? 0n) + x * y)
      }
    }
    for (const [key, coefficient] of terms) if (coefficient === 0n) terms.delete(key)
    return new Polynomial(terms, this.shift + other.shift)
  }

  scale(factor: bigint): Polynomial {
    return this.times(Polynomial.constant(factor))
  }

  /** this / 2^bits, exactly. */
  halve(bits: number): Polynomial {
    return new Polynomial(this.terms, this.shift + bits)
  }

  isZero(): boolean {
    return this.terms.size === 0
  }

  /** The value of a polynomial that is a constant integer. */
  constantValue(): bigint | undefined {
    if (this.terms.size === 0) return 0n
    const constant = this.terms.get(0)
    if (this.terms.size > 1 || constant === undefined) return undefined
    return constant % (1n << BigInt(this.shift)) === 0n ? constant >> BigInt(this.shift) : undefined
  }

  /** All terms but the constant, by their keys: a symbol's is its number. */
  keys(): number[] {
    return [...this.terms.keys()].filter((key) => key > 0)
  }

  /** The coefficient of a term as a fraction. */
  coefficient(key: number): { numerator: bigint; denominator: bigint } {
    return { numerator: this.terms.get(key) ?? 0n, denominator: 1n << BigInt(this.shift) }
  }

  /** Symbols that stand alone in a term. */
  linear(): number[] {
    return [...this.terms.keys()].filter((key) => key > 0 && key < SQUARE)
  }

  /** Whether all coefficients are integers that `divisor` divides: then it divides every value. */
  isMultipleOf(divisor: bigint): boolean {
    const whole = divisor << BigInt(this.shift)
    return [...this.terms.values()].every((coefficient) => coefficient % whole === 0n)
  }

  /** The integers that a polynomial with integer values lies between. */
  interval(symbols: Symbols): Interval {
    let [low, high] = [0n, 0n]
    for (const [key, coefficient] of this.terms) {
      const term = key < SQUARE ? symbols.of(key) : product(symbols, Math.floor(key / SQUARE), key % SQUARE)
      const [a, b] = [coefficient * term.low, coefficient * term.high]
      low += least(a, b)
      high += most(a, b)
    }
    const shift = BigInt(this.shift)
    return { low: -(-low >> shift), high: high >> shift }
  }

  private over(shift: number): ReadonlyMap<number, bigint> {
    if (shift === this.shift) return this.terms
    const by = BigInt(shift - this.shift)
    return new Map([...this.terms].map(([key, coefficient]) => [key, coefficient << by]))
  }
}

function product(symbols: Symbols, i: number, j: number): Interval {
  const [a, b] = [symbols.of(i), symbols.of(j)]
  const corners = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
  return { low: least(...corners), high: most(...corners) }
}

export function least(...values: readonly bigint[]): bigint {
  return values.toSorted(compare)[0]!
}

export function most(...values: readonly bigint[]): bigint {
  return values.toSorted(compare).at(-1)!
}

function compare(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1
}
