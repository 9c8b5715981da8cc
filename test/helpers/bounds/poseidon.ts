import { LIMB_BITS, LIMB_BYTES, LIMB_MASK, LIMBS } from '../../../src/kernel/limbs.js'
import { FACTOR_BYTES, factorOf, type PoseidonFunctions } from '../../../src/kernel/poseidon.js'
import { BoundsError, walk } from './interpreter.js'
import { type Interval, most as largest, least, Polynomial, Symbols } from './polynomial.js'
import { assertCongruent, lazyLimit, MONTGOMERY, storedValue } from './prove.js'

const TOP_BITS = BigInt(LIMB_BITS * (LIMBS - 1))
const weight = (k: number) => 1n << BigInt(LIMB_BITS * k)
/** Sums of low and high limbs that a factor has beside its limbs, and columns of a product. */
const FOLDS = FACTOR_BYTES / LIMB_BYTES - LIMBS
const LOW = LIMBS - FOLDS
const COLUMNS = 2 * LIMBS - 1

/** The limbs of an element below `below`, as symbols. */
function element(symbols: Symbols, below: bigint): Polynomial[] {
  return Array.from({ length: LIMBS }, (_, i) =>
    Polynomial.symbol(symbols.add(0n, i === LIMBS - 1 ? (below >> TOP_BITS) - 1n : LIMB_MASK)),
  )
}

const weighed = (limbs: readonly Polynomial[]) =>
  limbs.reduce((sum, limb, i) => sum.plus(limb, weight(i)), Polynomial.constant(0n))

/** The least multiple of 2^232 above all canonical values. */
const canonicalLimit = (p: bigint) => ((p >> TOP_BITS) + 1n) << TOP_BITS

/**
 * That `fifthPlus` keeps its ranges and stores a⁵ + c, stage by stage: what one stage leaves in locals is
 * carried limbs of a² or a⁴, of which the next one knows the range.
 */
export function proveFifthPlus({ fifthPlus: f }: PoseidonFunctions, p: bigint): void {
  const { instructions } = f
  // A stage masks a limb for the reduction, and one for the carries, eight times each; the last one stores.
  const masked = instructions.flatMap(([op], at) =>
    op === 'i64.and' && instructions[at + 1]![0] === 'local.set' ? [at + 2] : [],
  )
  const stage = 2 * (LIMBS - 1)
  const ends = [masked[stage - 1]!, masked[2 * stage - 1]!]
  if (masked.length !== 2 * stage + LIMBS - 1) throw new BoundsError('not the stages of a fifth power')
  const symbols = new Symbols()
  const [a, c] = [element(symbols, lazyLimit(p)), element(symbols, canonicalLimit(p))]
  const cells = (parameter: number, offset: number) => [a, c][parameter]?.[offset / LIMB_BYTES]
  // The operand is in the first locals, from where the last stage takes it again.
  const operand = new Map(a.map((limb, i) => [f.parameters.length + i, limb]))
  let [power, locals, from] = [a, operand, 0]
  for (const end of ends) {
    const [path] = walk(f, symbols, {
      cells,
      middle: { instructions: instructions.slice(from, end), locals },
    })
    const [, highest] = instructions[end - 1]! as readonly ['local.set', number]
    const limbs = a.map((_, i) => path!.local(highest - (LIMBS - 2) + i))
    assertCongruent(
      path!,
      weighed(limbs)
        .scale(MONTGOMERY)
        .minus(weighed(power).times(weighed(power))),
      p,
    )
    power = limbs.map((limb) => {
      const { low, high } = path!.interval(limb)
      if (low < 0n || high > LIMB_MASK) throw new BoundsError(`a limb is in [${low}, ${high}]`)
      return Polynomial.symbol(symbols.add(low, high))
    })
    locals = new Map([...operand, ...power.map((limb, i) => [highest - (LIMBS - 2) + i, limb] as const)])
    from = end
  }
  const [path] = walk(f, symbols, { cells, middle: { instructions: instructions.slice(from), locals } })
  const value = storedValue(path!, { parameter: 2, below: lazyLimit(p) })
  const expected = weighed(power).times(weighed(a)).plus(weighed(c).scale(MONTGOMERY))
  assertCongruent(path!, value.scale(MONTGOMERY).minus(expected), p)
}

/** That sums of one to three products by any factors are right: what a loop's round adds does not depend on it. */
export function proveProducts({ dot }: PoseidonFunctions, p: bigint, count: number): void {
  const symbols = new Symbols()
  const elements = Array.from({ length: count }, () => element(symbols, lazyLimit(p)))
  const half = 1n << BigInt(LIMB_BITS - 1)
  const factors = Array.from({ length: count }, () =>
    Array.from({ length: LIMBS }, (_, i) =>
      Polynomial.symbol(
        i === LIMBS - 1 ? symbols.add(0n, canonicalLimit(p) >> TOP_BITS) : symbols.add(-half, half - 1n),
      ),
    ),
  )
  const words = factors.map((limbs) => [
    ...limbs,
    ...Array.from({ length: FOLDS }, (_, i) => limbs[i]!.plus(limbs[LOW + i]!)),
  ])
  const cells = (parameter: number, offset: number) =>
    [elements, words][parameter]?.flat()[offset / LIMB_BYTES]
  // Whatever factors are, their value is not below zero: so the least product is.
  const product = elements.reduce(
    (sum, limbs, i) => sum.plus(weighed(limbs).times(weighed(factors[i]!))),
    Polynomial.constant(0n),
  )
  const known = [{ poly: product, low: 0n }]
  for (const path of walk(dot, symbols, { cells, counts: new Map([[2, count]]), known })) {
    const value = storedValue(path, { parameter: 3, below: lazyLimit(p) })
    assertCongruent(path, value.scale(MONTGOMERY).minus(product), p)
  }
}

/** What columns can be for rows of factors, and the value of all, whatever lazy elements they multiply. */
export interface Columns {
  readonly low: Interval[]
  readonly high: Interval[]
  readonly whole: Interval[]
  readonly most: bigint
}

/** The union over all rows: `low` and `high` are the parts of Karatsuba's formula. */
export function columnsOfRows(rows: readonly (readonly bigint[])[], p: bigint): Columns {
  const top = (lazyLimit(p) >> TOP_BITS) - 1n
  const most = (i: number) => (i === LIMBS - 1 ? top : LIMB_MASK)
  const none = () => Array.from({ length: COLUMNS }, () => ({ low: 0n, high: 0n }))
  const union = { low: none(), high: none(), whole: none() }
  let mostValue = 0n
  for (const row of rows) {
    const sums = { low: none(), high: none(), whole: none() }
    for (const factor of row) {
      const limbs = factorOf(factor).slice(0, LIMBS)
      for (const [j, limb] of limbs.entries()) {
        for (let i = 0; i < LIMBS; i++) {
          const product = BigInt(limb) * most(i)
          const parts = [sums.whole]
          if (i < LOW && j < LOW) parts.push(sums.low)
          if (i >= LOW && j >= LOW) parts.push(sums.high)
          for (const part of parts) {
            const { low, high } = part[i + j]!
            part[i + j] = product < 0n ? { low: low + product, high } : { low, high: high + product }
          }
        }
      }
    }
    for (const part of ['low', 'high', 'whole'] as const) {
      for (const [k, { low, high }] of sums[part].entries()) {
        const so = union[part][k]!
        union[part][k] = { low: least(low, so.low), high: largest(high, so.high) }
      }
    }
    const value = row.reduce((sum, factor) => sum + factor, 0n) * (lazyLimit(p) - 1n)
    mostValue = largest(mostValue, value)
  }
  return { ...union, most: mostValue }
}

/**
 * That what follows the loops of a sum of products keeps its ranges and is right, for columns in these
 * ranges. (In the loops, sums may wrap: what is left is right when the columns fit, which this proves too.)
 */
export function proveSum(functions: PoseidonFunctions, plus: boolean, p: bigint, columns: Columns): void {
  const f = plus ? functions.dotPlus : functions.dot
  const symbols = new Symbols()
  const symbol = ({ low, high }: Interval) => Polynomial.symbol(symbols.add(low, high))
  const part = (ranges: readonly Interval[], from: number, count: number) =>
    ranges.slice(from, from + count).map(symbol)
  const low = part(columns.low, 0, 2 * LOW - 1)
  const high = part(columns.high, 2 * LOW, 2 * FOLDS - 1)
  const whole = columns.whole.map(symbol)
  const zero = Polynomial.constant(0n)
  const middle = Array.from({ length: 2 * LOW - 2 }, (_, k) =>
    whole[LOW + k]!.plus(low[k]!)
      .plus(high[k] ?? zero)
      .minus(low[LOW + k] ?? zero)
      .minus(high[k - LOW] ?? zero),
  )
  // The columns that are no middle's are those of one part alone.
  const known = (k: number) => (k < LOW ? low[k] : k >= LOW + middle.length ? high[k - 2 * LOW] : whole[k])!
  const product = Array.from({ length: COLUMNS }, (_, k) => known(k)).reduce(
    (sum, column, k) => sum.plus(column, weight(k)),
    zero,
  )
  const c = element(symbols, lazyLimit(p))
  const loops = f.instructions.findLastIndex(([op]) => op === 'if')
  const first = f.parameters.length
  const locals = new Map([...low, ...high, ...middle].map((poly, i) => [first + i, poly]))
  const paths = walk(f, symbols, {
    cells: (parameter, offset) => (plus && parameter === 3 ? c[offset / LIMB_BYTES] : undefined),
    middle: { instructions: f.instructions.slice(loops + 1), locals },
    wrapping: true,
    known: [
      { poly: product, low: 0n },
      { poly: product, high: columns.most },
    ],
  })
  for (const path of paths) {
    const value = storedValue(path, { parameter: plus ? 4 : 3, below: lazyLimit(p) })
    const expected = plus ? product.plus(weighed(c).scale(MONTGOMERY)) : product
    assertCongruent(path, value.scale(MONTGOMERY).minus(expected), p)
  }
}
