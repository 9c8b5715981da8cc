import { InputError } from '../errors/index.js'
import { type DecimalRules, MAGNITUDE_BITS, parseDecimal } from '../field/index.js'
import type { InstrumentList, Layout } from './layout.js'

/** Reads the text of a cell that counts for `key`: smallest units, what an account owes negative. */
export type QuantityReader = (key: number, text: string) => bigint

/**
 * The reader of a file's quantities. In a tidy file a cell has its own sign; in a wide file the column has it.
 *
 * @throws {InputError} (when called) the codes of `parseDecimal`, and `LEDGER_RANGE` from 2^64 smallest units on
 */
export function quantityReader(layout: Layout, table: InstrumentList): QuantityReader {
  const signed = layout.format === 'tidy'
  const rules: DecimalRules[] = table.instruments.map(({ decimals }) => ({ decimals, signed }))
  return (key, text) => {
    const value = parseDecimal(text, rules[key >> 1]!)
    if ((value < 0n ? -value : value) >> BigInt(MAGNITUDE_BITS)) {
      throw new InputError(
        'LEDGER_RANGE',
        `a quantity's magnitude must stay below 2^${MAGNITUDE_BITS} smallest units`,
        { hint: 'Give the instrument fewer decimals in the risk table.' },
      )
    }
    return key % 2 === 0 ? value : -value
  }
}
