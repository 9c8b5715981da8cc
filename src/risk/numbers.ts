import { InputError } from '../errors/index.js'
import type { Slot } from '../field/index.js'
import { isDerivative } from '../rules/index.js'
import { type Instrument, isTiered, type RiskTable } from './table.js'

/** Number of the first tier row; rows of spot instruments are numbered from 0. */
export const TIER_NUMBERS = 2 ** 14
/** Number of the first derivative. */
export const DERIVATIVE_NUMBERS = 2 ** 15
/** Rows of one kind that there are numbers for. */
const NUMBERS_OF_A_KIND = 2 ** 14

/**
 * The number of each row of a table, by which leaves, keys and circuits name its instrument: spot rows from
 * 0, tier rows from `TIER_NUMBERS`, derivatives from `DERIVATIVE_NUMBERS`, each kind in the table's order. A
 * number alone thus tells what its row can be.
 *
 * @throws {InputError} `RISK_TOO_MANY_INSTRUMENTS` for more rows of a kind than there are numbers
 * @example
 * const numbers = instrumentNumbers(table) // BTC, BTC-PERP, ETH: [0, 32768, 1]
 */
export function instrumentNumbers({ instruments }: Pick<RiskTable, 'instruments'>): number[] {
  const counts = new Map<number, number>()
  return instruments.map(({ kind, tier }) => {
    const first = tier !== undefined ? TIER_NUMBERS : isDerivative(kind) ? DERIVATIVE_NUMBERS : 0
    const count = counts.get(first) ?? 0
    if (count === NUMBERS_OF_A_KIND) {
      throw new InputError(
        'RISK_TOO_MANY_INSTRUMENTS',
        `the risk table has more than ${NUMBERS_OF_A_KIND} rows of one kind`,
        {
          hint: 'Spot instruments, tiers and derivatives have as many rows each; remove what no account holds.',
        },
      )
    }
    counts.set(first, count + 1)
    return first + count
  })
}

/** The row of a table that has this number, or `undefined` when none has. */
export function rowOfNumber(table: Pick<RiskTable, 'instruments'>, number: number): number | undefined {
  const row = instrumentNumbers(table).indexOf(number)
  return row < 0 ? undefined : row
}

/**
 * Whether leaves that were made over one table say the same over the other: the same instruments in the same
 * order, with the same decimals and, as their kinds are alike, the same numbers.
 */
export function numberedAlike(
  one: Pick<RiskTable, 'instruments'>,
  other: Pick<RiskTable, 'instruments'>,
): boolean {
  const names = (table: Pick<RiskTable, 'instruments'>) => {
    const numbers = instrumentNumbers(table)
    return table.instruments.map(({ symbol, decimals }, i) => `${symbol} ${decimals} ${numbers[i]}`).join()
  }
  return names(one) === names(other)
}

/**
 * Where two tables number instruments differently, in words; `undefined` when leaves made over one say the
 * same over the other as far as both have rows: one may have more rows of a kind behind those of the other.
 */
export function numberedApart(
  one: Pick<RiskTable, 'instruments'>,
  other: Pick<RiskTable, 'instruments'>,
): string | undefined {
  const named = (table: Pick<RiskTable, 'instruments'>) => {
    const numbers = instrumentNumbers(table)
    return new Map(table.instruments.map((row, i) => [numbers[i]!, row]))
  }
  const [rows, others] = [named(one), named(other)]
  for (const [number, { symbol, kind, decimals }] of rows) {
    const row = others.get(number)
    if (row === undefined) continue
    if (row.symbol !== symbol) return `number ${number} is ${symbol} in one and ${row.symbol} in the other`
    if (row.decimals !== decimals) return `${symbol} has other decimals`
    if (row.kind !== kind) return `${symbol} is of another kind`
  }
  const symbols = new Map([...others].map(([number, { symbol }]) => [symbol, number]))
  const moved = [...rows].find(([number, { symbol }]) => (symbols.get(symbol) ?? number) !== number)
  return moved && `${moved[1].symbol} has another number`
}

/**
 * The instruments of two epochs' tables together, spot instruments before derivatives, each in the order of
 * its numbers, so that a number means one instrument in both.
 *
 * @throws {InputError} `SETTLEMENT_TIERS` for a table with tiers, `SETTLEMENT_NUMBERS` for tables that number
 * instruments differently: see `numberedApart`
 */
export function joinedInstruments(
  before: Pick<RiskTable, 'instruments'>,
  after: Pick<RiskTable, 'instruments'>,
): Instrument[] {
  if ([before, after].some(isTiered)) {
    throw new InputError('SETTLEMENT_TIERS', 'a table has tiers, and epochs with tiers are not settled', {
      hint: 'Settle epochs whose tables have no pledges.',
    })
  }
  const fault = numberedApart(before, after)
  if (fault !== undefined) {
    throw new InputError('SETTLEMENT_NUMBERS', `the tables number instruments differently: ${fault}`, {
      hint: 'Keep the rows of each kind in their order from epoch to epoch, with their symbols and decimals, and add new ones at the end.',
    })
  }
  return [false, true].flatMap((derivatives) => {
    const [one, other] = [before, after].map(({ instruments }) =>
      instruments.filter(({ kind }) => isDerivative(kind) === derivatives),
    ) as [Instrument[], Instrument[]]
    return other.length > one.length ? other : one
  })
}

/**
 * Where a tree over rows has the row of this number: the number with its two top bits rotated to the bottom,
 * `(number mod 2^14) · 4 + 2 · bit 14 + bit 15`. The kinds interleave, so that the first 16^n places of a
 * tree have room for as many rows of each.
 */
export function rowPosition(number: number): number {
  return (number % TIER_NUMBERS) * 4 + ((number >> 14) & 1) * 2 + ((number >> 15) & 1)
}

/**
 * Slots as a leaf has them: what was read from files names a row of the table, a leaf names that row's
 * number. A slot that holds nothing is the empty slot, whatever it names.
 *
 * @param numbers `instrumentNumbers` of the table whose rows the slots name
 */
export function leafSlots(slots: readonly Slot[], numbers: readonly number[]): Slot[] {
  return slots.map(({ instrument, quantity }) => {
    if (quantity === 0n) return { instrument: 0, quantity }
    const number = numbers[instrument]
    if (number === undefined) throw new RangeError(`the table has no row ${instrument}`)
    return { instrument: number, quantity }
  })
}
