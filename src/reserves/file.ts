import { z } from 'zod'
import { InputError } from '../errors/index.js'
import { formatDecimal, parseDecimal, TOTAL_BITS } from '../field/index.js'
import { readJsonFile } from '../files/index.js'
import { isDerivative, type RiskTable } from '../risk/index.js'

const SCHEMA = 'plimsoll/reserves/1'

const reservesFile = z.strictObject({
  schema: z.literal(SCHEMA),
  reserves: z.record(z.string(), z.string()),
})

/**
 * Reads a reserves file: what the venue holds of each instrument, an exact decimal by symbol.
 *
 * @returns smallest units by the instrument's index in `table`, 0n for what the file leaves out
 * @throws {InputError} `RESERVES_INSTRUMENT` for a symbol that is not in the table or is a derivative,
 * `RESERVES_AMOUNT`, `RESERVES_RANGE` from 2^96 smallest units on, and what `readJsonFile` throws
 *
 * @example
 * const reserves = await readReserves('examples/venue/reserves.json', table)
 */
export async function readReserves(path: string, table: RiskTable): Promise<bigint[]> {
  const { reserves } = await readJsonFile(path, reservesFile)
  const indexOf = new Map(table.instruments.map(({ symbol }, index) => [symbol, index]))
  const amounts = new Array<bigint>(table.instruments.length).fill(0n)
  for (const [symbol, text] of Object.entries(reserves)) {
    const where = `${path}: reserves.${symbol}`
    const index = indexOf.get(symbol)
    if (index === undefined) {
      throw new InputError('RESERVES_INSTRUMENT', 'not an instrument of the risk table', {
        where,
        hint: 'Write the symbol as the risk table does, upper and lower case included.',
      })
    }
    const { kind, decimals } = table.instruments[index]!
    if (isDerivative(kind)) {
      throw new InputError('RESERVES_INSTRUMENT', `a ${kind} cannot be held in reserve`, { where })
    }
    amounts[index] = amount(text, decimals, where)
  }
  return amounts
}

/** The text of a reserves file; instruments with nothing in reserve are left out. */
export function formatReserves(reserves: readonly bigint[], table: RiskTable): string {
  const entries = table.instruments.flatMap(({ symbol, decimals }, index) => {
    const held = reserves[index] ?? 0n
    return held === 0n ? [] : [[symbol, formatDecimal(held, decimals)]]
  })
  return `${JSON.stringify({ schema: SCHEMA, reserves: Object.fromEntries(entries) }, null, 2)}\n`
}

function amount(text: string, decimals: number, where: string): bigint {
  let value: bigint
  try {
    value = parseDecimal(text, { decimals })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError('RESERVES_AMOUNT', error.message, {
      where,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    })
  }
  if (value >> BigInt(TOTAL_BITS)) {
    throw new InputError('RESERVES_RANGE', `does not stay below 2^${TOTAL_BITS} smallest units`, { where })
  }
  return value
}
