import type { WasmFunction } from '../../../src/kernel/assembler.js'
import { ELEMENT_BYTES, LIMB_BITS, LIMB_BYTES, LIMB_MASK, LIMBS } from '../../../src/kernel/limbs.js'
import { BoundsError, type Path, walk } from './interpreter.js'
import { type Interval, least, most, Polynomial, Symbols } from './polynomial.js'

/** A range of elements: limbs are below 2^29, and the value is below this. */
export type Limit = bigint

/** An element that a function takes. */
export interface Operand {
  readonly parameter: number
  /** Elements before it at the same address. */
  readonly element: number
  /** A multiple of 2^232: the top limb alone tells. */
  readonly below: Limit
  /** Bits of its limbs but the top one; default 29. */
  readonly bits?: number
}

/** An element that a function stores. */
export interface Result {
  readonly parameter: number
  readonly below: Limit
  /** What the stored value times 2^261 has to be, modulo p, of the operands' values. */
  readonly is: (...operands: Polynomial[]) => Polynomial
}

const TOP_BITS = BigInt(LIMB_BITS * (LIMBS - 1))
/** 2^261, by which products are divided. */
export const MONTGOMERY = 1n << BigInt(LIMB_BITS * LIMBS)

/** What lazy elements of a field are below: three times its prime, down to a multiple of 2^232. */
export function lazyLimit(p: bigint): Limit {
  return ((3n * p) >> TOP_BITS) << TOP_BITS
}

/**
 * Proves for all operands in their ranges that nothing in the function leaves its range, that what it stores
 * are limbs below 2^29 of a value in range, and that the value is the right one modulo p.
 *
 * @returns per result, what its value lies between
 * @throws {BoundsError}
 */
export function prove(
  f: WasmFunction,
  p: bigint,
  operands: readonly Operand[],
  results: readonly Result[],
): Interval[] {
  const symbols = new Symbols()
  const cells = new Map<string, Polynomial>()
  const values = operands.map(({ parameter, element, below, bits = LIMB_BITS }) => {
    let value = Polynomial.constant(0n)
    for (let i = 0; i < LIMBS; i++) {
      const high = i === LIMBS - 1 ? (below >> TOP_BITS) - 1n : (1n << BigInt(bits)) - 1n
      const limb = Polynomial.symbol(symbols.add(0n, high))
      cells.set(`${parameter}:${ELEMENT_BYTES * element + LIMB_BYTES * i}`, limb)
      value = value.plus(limb, 1n << BigInt(LIMB_BITS * i))
    }
    return value
  })
  const paths = walk(f, symbols, { cells: (parameter, offset) => cells.get(`${parameter}:${offset}`) })
  return results.map((result) => {
    const found = paths.map((path) => {
      const value = storedValue(path, result)
      assertCongruent(path, value.scale(MONTGOMERY).minus(result.is(...values)), p)
      return path.interval(value)
    })
    return { low: least(...found.map(({ low }) => low)), high: most(...found.map(({ high }) => high)) }
  })
}

/** The value whose limbs are stored, each of them in its range. */
export function storedValue(
  path: Path,
  { parameter, below }: Pick<Result, 'parameter' | 'below'>,
): Polynomial {
  let value = Polynomial.constant(0n)
  for (let i = 0; i < LIMBS; i++) {
    const limb = path.cell(parameter, LIMB_BYTES * i)
    const { low, high } = path.interval(limb)
    if (low < 0n || high > LIMB_MASK) throw new BoundsError(`limb ${i} is in [${low}, ${high}]`)
    value = value.plus(limb, 1n << BigInt(LIMB_BITS * i))
  }
  const { low, high } = path.interval(value)
  if (high >= below) throw new BoundsError(`the value is in [${low}, ${high}], not below ${below}`)
  return value
}

/** That p divides a difference, whatever the operands: up to p times an integer, all its terms do. */
export function assertCongruent(path: Path, difference: Polynomial, p: bigint): void {
  let rest = difference
  for (const { poly, symbol } of path.quotients.toReversed()) {
    const [x, y] = [rest.coefficient(symbol), poly.coefficient(symbol)]
    if (rest.isMultipleOf(p)) return
    if (y.numerator === 0n) continue
    const [numerator, denominator] = [x.numerator * y.denominator, y.numerator * x.denominator]
    if (numerator % (denominator * p) === 0n) rest = rest.plus(poly, -numerator / denominator)
  }
  if (!rest.isMultipleOf(p)) throw new BoundsError('the value is not the right one modulo p')
}
