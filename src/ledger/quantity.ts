import { InputError } from '../errors/index.js'
import { fits, MAGNITUDE_BITS, parseDecimal, withoutExponent } from '../field/index.js'
import type { Layout } from './columns.js'
import type { InstrumentKeys } from './instrument-keys.js'

/** Reads the text of a cell that counts for `key`: smallest units, what an account owes negative. */
export type QuantityReader = (key: number, text: string) => bigint

/**
 * The reader of a file's quantities. In a tidy file a cell has its own sign; in a wide file the column has
 * it. A pledge has none. A cell of a wide file may have an exponent, as the tooling that these files are made
 * for writes small amounts. With pledges an amount of a wide file is cut off at its asset's decimals, as the
 * tooling that these files are made for does.
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
  const cuts = !isTidy && keys.pledges.length > 0
  return (key, cell) => {
    const text = isTidy ? cell : withoutExponent(cell)
    const { instrument, part } = keys.of(key)
    const { decimals } = keys.instruments[instrument]!
    const value = cuts
      ? parseCut(text, decimals, onCut)
      : parseDecimal(text, { decimals, signed: isTidy && part === 'has' })
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

function parseCut(text: string, decimals: number, onCut: () => void): bigint {
  const point = text.indexOf('.')
  const beyond = point === -1 ? 0 : text.length - point - 1 - decimals
  if (beyond <= 0) return parseDecimal(text, { decimals })
  const [units, step] = [parseDecimal(text, { decimals: decimals + beyond }), 10n ** BigInt(beyond)]
  if (units % step !== 0n) onCut()
  return units / step
}
