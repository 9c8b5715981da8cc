import { z } from 'zod'
import { InputError } from '../errors/index.js'
import { formatDecimal, parseDecimal, TOTAL_BITS } from '../field/index.js'
import { readJsonFile } from '../files/index.js'
import { isDerivative, type RiskTable } from '../risk/index.js'

const SCHEMA = 'plimsoll/reserves/1'

const holdings = z.record(z.string(), z.string())
const reservesFile = z.strictObject({
  schema: z.literal(SCHEMA),
  reserves: holdings,
  insurance: holdings.exactOptional(),
})

/** What a venue holds: smallest units by the instrument's index in the risk table. No unit is in both lists. */
export interface Reserves {
  /** What stands behind the customers' balances. */
  reserves: bigint[]
  /** The insurance fund: what is set aside for shortfalls in a scenario, and stands behind nothing else. */
  insurance: bigint[]
}

/**
 * Reads a reserves file: what the venue holds of each instrument, an exact decimal by symbol; what the file leaves out is 0n.
 *
 * @throws {InputError} `RESERVES_INSTRUMENT` for a symbol that is not in the table or is a derivative,
 * `RESERVES_AMOUNT`, `RESERVES_RANGE` from 2^96 smallest units on, `RESERVES_INSURANCE` for an insurance fund where the
 * table has no scenario, and what `readJsonFile` throws
 *
 * @example
 * const { reserves } = await readReserves('examples/venue/reserves.json', table)
 */
export async function readReserves(path: string, table: RiskTable): Promise<Reserves> {
  const file = await readJsonFile(path, reservesFile)
  if (file.insurance !== undefined && table.scenarios.length === 0) {
    throw new InputError('RESERVES_INSURANCE', 'there is nothing to insure: the risk table has no scenario', {
      where: `${path}: insurance`,
      hint: 'Count it among the reserves, or add scenarios to the risk table.',
    })
  }
  return {
    reserves: amounts(file.reserves, table, `${path}: reserves`),
    insurance: amounts(file.insurance ?? {}, table, `${path}: insurance`),
  }
}

function amounts(held: Record<string, string>, table: RiskTable, list: string): bigint[] {
  const indexOf = new Map(table.instruments.map(({ symbol }, index) => [symbol, index]))
  const amounts = new Array<bigint>(table.instruments.length).fill(0n)
  for (const [symbol, text] of Object.entries(held)) {
    const where = `${list}.${symbol}`
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

/** The text of a reserves file; instruments of which nothing is held are left out, and so is an empty insurance fund. */
export function formatReserves({ reserves, insurance }: Reserves, table: RiskTable): string {
  const list = (held: readonly bigint[]) =>
    Object.fromEntries(
      table.instruments.flatMap(({ symbol, decimals }, index) => {
        const amount = held[index] ?? 0n
        return amount === 0n ? [] : [[symbol, formatDecimal(amount, decimals)]]
      }),
    )
  const file = {
    schema: SCHEMA,
    reserves: list(reserves),
    ...(insurance.some((amount) => amount > 0n) ? { insurance: list(insurance) } : {}),
  }
  return `${JSON.stringify(file, null, 2)}\n`
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
