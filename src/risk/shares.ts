import { InputError } from '../errors/index.js'
import { formatDecimal, RATIO_BITS } from '../field/index.js'
import { isDerivative } from '../rules/index.js'
import type { Instrument, RiskTable } from './table.js'

/** Decimals of an index: 1 unit a share is 10^12. */
export const INDEX_DECIMALS = 12
/** The index at which a share is one unit. */
export const INDEX_ONE = 10n ** BigInt(INDEX_DECIMALS)
/** Units that a share is, at most: an index stays below 2^48. */
const INDEX_BITS = 48

/**
 * Units of an instrument that one share of it is, times 10^12: of a long share, which is owed to its holder,
 * and of a short one, which is owed by its holder. Interest raises both, a loss that is shared cuts the
 * first.
 */
export interface ShareIndex {
  long: bigint
  short: bigint
}

/** Units that a share of an instrument is: one, where the table has no index for it. */
export function indexOf({ index }: Pick<Instrument, 'index'>): ShareIndex {
  return index ?? { long: INDEX_ONE, short: INDEX_ONE }
}

/**
 * Shares that units of an instrument are, rounded down: what is held covers at most so many. The units
 * themselves where the table has no index for it.
 *
 * @param units smallest units of the instrument, 0 or more
 */
export function sharesOf(units: bigint, { index }: Pick<Instrument, 'index'>): bigint {
  return index === undefined ? units : (units * INDEX_ONE) / index.long
}

/** The fewest units that are so many shares: `sharesOf` gives the shares back, or one more. */
export function unitsFor(shares: bigint, { index }: Pick<Instrument, 'index'>): bigint {
  return index === undefined ? shares : (shares * index.long + INDEX_ONE - 1n) / INDEX_ONE
}

/**
 * A quantity of shares in units of the instrument, as exact text: long shares by the long index, short ones
 * by the short index.
 *
 * @param quantity signed, in smallest units of a share
 */
export function unitsText(quantity: bigint, decimals: number, index: ShareIndex): string {
  const each = quantity < 0n ? index.short : index.long
  return formatDecimal(quantity * each, decimals + INDEX_DECIMALS)
}

/** What one smallest unit of a share of the quote currency is worth, rounded down. */
export function indexValue(index: bigint, decimals: number, valueDecimals: number): bigint {
  return (index * 10n ** BigInt(valueDecimals)) / 10n ** BigInt(INDEX_DECIMALS + decimals)
}

/**
 * The least power of ten by which steps of indices fit the width of a ratio. Interest is charged in multiples
 * of it, so that a proof has them exactly.
 *
 * @param steps 10^-12 units a share, 0 or more
 */
export function stepGrain(...steps: bigint[]): bigint {
  let grain = 1n
  while (steps.some((step) => (step / grain) >> BigInt(RATIO_BITS))) grain *= 10n
  return grain
}

/**
 * What a table says of its shares, a sentence for each instrument that has an index.
 *
 * @example
 * for (const sentence of describeIndices(table)) console.log(sentence)
 */
export function describeIndices({ instruments }: Pick<RiskTable, 'instruments'>): string[] {
  return instruments.flatMap(({ symbol, index }) => {
    if (index === undefined) return []
    const [long, short] = [index.long, index.short].map((each) => formatDecimal(each, INDEX_DECIMALS))
    return [`${symbol} counts shares: what is owed of one is ${long} ${symbol}, what is lent as one ${short}`]
  })
}

/** Symbols of the instruments that have an index in one of these tables, each once. */
export function symbolsInShares(tables: readonly Pick<RiskTable, 'instruments'>[]): string[] {
  const rows = tables.flatMap(({ instruments }) => instruments)
  return [...new Set(rows.filter(({ index }) => index !== undefined).map(({ symbol }) => symbol))]
}

/**
 * Indices are of instruments that can be held in reserve, in a table without tiers and without a margin rule:
 * these know one value a unit, and a loan by the short index is worth more than a balance by the long one.
 * Therefore the short index is never the lower of both either.
 *
 * @throws {InputError} `RISK_INDEX`
 */
export function assertIndices(table: RiskTable, where?: string): void {
  for (const [i, { symbol, kind, index }] of table.instruments.entries()) {
    if (index === undefined) continue
    const refuse = (message: string, hint: string): never => {
      throw new InputError('RISK_INDEX', `${symbol}: ${message}`, {
        where: `${where === undefined ? '' : `${where}: `}instruments[${i}].index`,
        hint,
      })
    }
    if (isDerivative(kind)) {
      refuse('a derivative has no index', 'Pay what is due on it as accruals of a settlement.')
    }
    if (table.instruments.some(({ tier }) => tier !== undefined)) {
      refuse('a table with tiers has no indices', 'Pay interest as accruals of a settlement.')
    }
    if (table.margin !== undefined) {
      refuse('a table with a margin rule has no indices', 'Pay interest as accruals of a settlement.')
    }
    if ([index.long, index.short].some((each) => each === 0n || each >> BigInt(INDEX_BITS))) {
      refuse('an index is above 0 and below 2^48 · 10^-12', 'Give the instrument new shares.')
    }
    if (index.short < index.long) {
      refuse('a loan comes to less than a balance of as many shares', 'Raise the short index.')
    }
  }
}
