import { InputError } from '../errors/index.js'
import { fits, VALUE_BITS } from '../field/index.js'
import type { Instrument, RiskTable } from './table.js'

/** Decimals of a listed mark: more than any price has. */
export const MARK_DECIMALS = 60
/** Decimals of values where nothing speaks for others, and the most that a table has. */
const [USUAL, MOST] = [18, 36]
/** Marks leave room for scenarios in which a price is up to 16 times as high. */
const MARK_BITS = VALUE_BITS - 4

/** An instrument of a list, which does not say in what unit values count. */
export interface ListedInstrument extends Pick<Instrument, 'symbol' | 'kind' | 'decimals'> {
  /** Price of one whole unit, 10^-MARK_DECIMALS of the quote currency. */
  mark: bigint
  /** Its mark's place in a file, for messages. */
  where: string
}

/**
 * The risk table of a list of instruments, without scenarios. Values have 18 decimals, or as many more or
 * fewer as the marks need to be exact and not too large. Where no number of decimals does both, marks are cut
 * off at the last that the largest value has room for.
 *
 * @param at.timestamp of the marks, seconds since 1970-01-01 UTC
 * @returns the table, and the symbols whose marks are cut off
 * @throws {InputError} `RISK_MARK_TOO_LARGE`, and `RISK_MARK_TOO_FINE` when nothing is left of a mark
 */
export function listedTable(
  list: readonly ListedInstrument[],
  at: Pick<RiskTable, 'timestamp' | 'quote'>,
): { table: RiskTable; cut: string[] } {
  const valueDecimals = valueDecimalsFor(list)
  const cut: string[] = []
  const instruments = list.map((listed): Instrument => {
    const { symbol, kind, decimals, where } = listed
    const { value: mark, isCut } = unitMark(listed, valueDecimals)
    if (isCut) cut.push(symbol)
    if (mark === 0n && isCut) {
      throw new InputError('RISK_MARK_TOO_FINE', `one smallest unit of ${symbol} is worth too little`, {
        where,
        hint: 'Give the instrument fewer decimals: beside the other marks nothing would be left of this one.',
      })
    }
    return { symbol, kind, decimals, mark }
  })
  return { table: { ...at, valueDecimals, instruments, scenarios: [] }, cut }
}

function valueDecimalsFor(list: readonly ListedInstrument[]): number {
  const fitsAt = (decimals: number) => (listed: ListedInstrument) =>
    fits(unitMark(listed, decimals).value, MARK_BITS)
  const tooLarge = list.find((listed) => !fitsAt(0)(listed))
  if (tooLarge !== undefined) {
    throw new InputError(
      'RISK_MARK_TOO_LARGE',
      `the value of one smallest unit of ${tooLarge.symbol} does not stay below 2^${MARK_BITS}`,
      { where: tooLarge.where, hint: 'Give the instrument more decimals.' },
    )
  }
  let most = MOST
  while (!list.every(fitsAt(most))) most--
  let exact = 0
  while (exact < most && list.some((listed) => unitMark(listed, exact).isCut)) exact++
  return Math.max(exact, Math.min(USUAL, most))
}

/** The mark of one smallest unit, cut off towards zero. */
function unitMark(
  { mark, decimals }: ListedInstrument,
  valueDecimals: number,
): { value: bigint; isCut: boolean } {
  const step = 10n ** BigInt(MARK_DECIMALS + decimals - valueDecimals)
  return { value: mark / step, isCut: mark % step !== 0n }
}
