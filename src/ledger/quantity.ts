import { InputError } from '../errors/index.js'
import { cutDecimal, fits, MAGNITUDE_BITS, parseDecimal } from '../field/index.js'
import type { Layout } from './columns.js'
import type { InstrumentKeys } from './instrument-keys.js'

/** Reads the text of a cell that counts for `key`: smallest units, what an account owes negative. */
export type QuantityReader = (key: number, text: string) => bigint

/**
 * The reader of a file's quantities. In a tidy file a cell has its own sign and is exact; in a wide file the
 * column has the sign. A pledge has none. The tooling that wide files are made for writes numbers as they
 * come, with exponents and with the last digits of binary fractions, and cuts an amount off at its asset's
 * decimals. So does this reader.
 *
 * @param onCut called for every amount that loses something so
 * @throws {InputError} (when called) the codes of `parseDecimal`, and `LEDGER_RANGE` from 2^64 smallest units
 * on
 */
export function quantityReader(
  layout: Layout,
  keys: InstrumentKeys,
  onCut: () => void = () => {},
): QuantityReader {
  const isTidy = layout.format === 'tidy'
  const readCut = (text: string, decimals: number): bigint => {
    const { value, isCut } = cutDecimal(text, { decimals })
    if (isCut) onCut()
    return value
  }
  return (key, text) => {
    const { instrument, part } = keys.of(key)
    const { decimals } = keys.instruments[instrument]!
    const value = isTidy ? parseDecimal(text, { decimals, signed: part === 'has' }) : readCut(text, decimals)
    if (!fits(value, MAGNITUDE_BITS)) {
      throw new InputError(
        'LEDGER_RANGE',
        `a quantity's magnitude must stay below 2^${MAGNITUDE_BITS} smallest units`,
        { hint: 'Give the instrument fewer decimals in the risk table.' },
      )
    }
    return part === 'owes' ? -value : value
  }
}

/** The notes on cut decimals in a report. */
export function cutNotes(count: number): string[] {
  return count === 0 ? [] : [`Amounts with more decimals than their asset has, cut off there: ${count}.`]
}
