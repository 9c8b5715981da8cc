import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { fits, MAGNITUDE_BITS, parseDecimal, type Slot } from '../field/index.js'
import { readTextFile } from '../files/index.js'
import { instrumentNumbers, type RiskTable } from '../risk/index.js'
import { parseJsonAs } from '../schema/index.js'

const movedFile = z.strictObject({
  schema: z.literal('plimsoll/moved/1'),
  /** Signed changes of quantities by symbol, that of the cash instrument included. */
  changes: z.record(z.string(), z.unknown()),
})

/** Errors that would repeat words of the file. */
const JSON_CODES = ['JSON_DUPLICATE_KEY', 'JSON_FORBIDDEN_KEY', 'JSON_SCHEMA']

/**
 * What moved in a liquidation, by the numbers of a risk table, from a file of exact decimals by symbol.
 * Messages count changes and never name or show one.
 *
 * @throws {InputError} `LIQUIDATION_MOVED` for another form, an instrument that is not in the table, and a
 * change that is zero or out of range; the codes of `readTextFile` and `parseDecimal`
 * @example
 * const table = await readRiskTable('risk.json')
 * const changes = await readMoved('moved.json', table)
 */
export async function readMoved(path: string, table: Pick<RiskTable, 'instruments'>): Promise<Slot[]> {
  const numbers = instrumentNumbers(table)
  const rows = new Map(table.instruments.map(({ symbol }, row) => [symbol, row]))
  const entries = Object.entries(parse(await readTextFile(path), path).changes)
  return entries.map(([symbol, text], index) => {
    const where = `${path}: change ${index + 1}`
    const row = rows.get(symbol)
    if (row === undefined) {
      throw new InputError('LIQUIDATION_MOVED', 'the instrument is not in the risk table', {
        where,
        hint: 'Write symbols as the risk table of the epoch does.',
      })
    }
    const { decimals } = table.instruments[row]!
    const quantity = parseDecimal(text, { decimals, signed: true, where })
    if (quantity === 0n || !fits(quantity, MAGNITUDE_BITS)) {
      throw new InputError('LIQUIDATION_MOVED', 'a change is zero, or out of range', {
        where,
        hint: `Write what was added to the account, below 2^${MAGNITUDE_BITS} smallest units; leave out what did not move.`,
      })
    }
    return { instrument: numbers[row]!, quantity }
  })
}

function parse(text: string, where: string): z.output<typeof movedFile> {
  try {
    return parseJsonAs(text, movedFile, where)
  } catch (error) {
    if (!(error instanceof InputError && JSON_CODES.includes(error.code))) throw error
    throw new InputError(
      'LIQUIDATION_MOVED',
      'not a file of what moved, or an instrument in it is given twice',
      {
        where,
        hint: 'Write { "schema": "plimsoll/moved/1", "changes": { "ETH-PERP": "12", "USDC": "-50.5" } }.',
      },
    )
  }
}
