import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { formatDecimal, parseDecimal, TOTAL_BITS } from '../field/index.js'
import { type Instrument, marketScenarios, type RiskTable, sharesOf, unitsFor } from '../risk/index.js'
import { isDerivative } from '../rules/index.js'
import { editable, formatJson, parseJsonAs, toldName } from '../schema/index.js'

const SCHEMA = 'plimsoll/reserves/1'

/**
 * What can be set aside for shortfalls in a scenario, and stands behind nothing else: the insurance fund,
 * capital of the venue's own, and a fund that members or customers have paid into.
 */
export const LAYERS = ['insurance', 'capital', 'mutual'] as const

export type Layer = (typeof LAYERS)[number]

const holdings = z.record(z.string(), z.string())
/** The file of reserves. */
export const reservesFile = z.strictObject({
  schema: z.literal(SCHEMA),
  reserves: holdings,
  insurance: holdings.exactOptional(),
  capital: holdings.exactOptional(),
  mutual: holdings.exactOptional(),
} satisfies Record<Layer | 'schema' | 'reserves', z.ZodType>)

/**
 * A venue's holdings, in smallest units by the instrument's place in the risk table; of an instrument that
 * counts shares in these, rounded down. No unit is in two lists.
 */
export interface Reserves extends Record<Layer, bigint[]> {
  /** The holdings that back the customers' balances. */
  reserves: bigint[]
}

/**
 * The reserves that a file's text holds: what the venue holds of each instrument, an exact decimal by symbol;
 * what the file leaves out is 0n.
 *
 * @throws {InputError} `RESERVES_INSTRUMENT` for a symbol that is not in the table, is a tier or a
 * derivative, `RESERVES_AMOUNT`, `RESERVES_RANGE` from 2^98 smallest units on, in one list or in all layers
 * together, `RESERVES_INSURANCE` for a layer where the table has no scenario, and what `parseJsonAs` throws
 *
 * @param where the file's name, for messages
 * @example
 * const text = JSON.stringify({ schema: 'plimsoll/reserves/1', reserves: { BTC: '12.5' } })
 * const { reserves } = parseReserves(text, table, 'reserves.json')
 */
export function parseReserves(text: string, table: RiskTable, where: string): Reserves {
  const file = parseJsonAs(text, editable(reservesFile), where)
  const idle = LAYERS.find((layer) => file[layer] !== undefined && marketScenarios(table).length === 0)
  if (idle !== undefined) {
    throw new InputError('RESERVES_INSURANCE', 'there is nothing to insure: the risk table has no scenario', {
      where: `${where}: ${idle}`,
      hint: 'Count it among the reserves, or add scenarios to the risk table.',
    })
  }
  const list = (name: Layer | 'reserves') => amounts(file[name] ?? {}, table, `${where}: ${name}`)
  const held: Reserves = {
    reserves: list('reserves'),
    insurance: list('insurance'),
    capital: list('capital'),
    mutual: list('mutual'),
  }
  for (const [i, { symbol }] of table.instruments.entries()) {
    if (LAYERS.reduce((sum, layer) => sum + held[layer][i]!, 0n) >> BigInt(TOTAL_BITS)) {
      throw new InputError(
        'RESERVES_RANGE',
        `all layers together do not stay below 2^${TOTAL_BITS} smallest units`,
        { where: `${where}: ${LAYERS.join(', ')}: ${symbol}` },
      )
    }
  }
  return held
}

function amounts(held: Record<string, string>, table: RiskTable, list: string): bigint[] {
  const indexOf = new Map(table.instruments.map(({ symbol }, index) => [symbol, index]))
  const amounts = new Array<bigint>(table.instruments.length).fill(0n)
  for (const [symbol, text] of Object.entries(held)) {
    const where = `${list}.${toldName(symbol)}`
    const index = indexOf.get(symbol)
    if (index === undefined) {
      throw new InputError('RESERVES_INSTRUMENT', 'not an instrument of the risk table', {
        where,
        hint: 'Write the symbol as the risk table does, upper and lower case included.',
      })
    }
    const instrument = table.instruments[index]!
    const { kind, tier } = instrument
    if (tier !== undefined) {
      throw new InputError('RESERVES_INSTRUMENT', 'a tier cannot be held in reserve', {
        where,
        hint: 'Name the instrument: what is held of it stands behind all its tiers.',
      })
    }
    if (isDerivative(kind)) {
      throw new InputError('RESERVES_INSTRUMENT', `a ${kind} cannot be held in reserve`, { where })
    }
    amounts[index] = amount(text, instrument, where)
  }
  return amounts
}

/**
 * The text of a reserves file, in units also of what counts shares; instruments of which nothing is held are
 * left out, and so are empty layers.
 */
export function formatReserves(
  held: Pick<Reserves, 'reserves'> & Partial<Reserves>,
  table: RiskTable,
): string {
  const list = (amounts: readonly bigint[]) =>
    Object.fromEntries(
      table.instruments.flatMap((instrument, place) => {
        const amount = unitsFor(amounts[place] ?? 0n, instrument)
        return amount === 0n ? [] : [[instrument.symbol, formatDecimal(amount, instrument.decimals)]]
      }),
    )
  const layers = LAYERS.filter((layer) => held[layer]?.some((amount) => amount > 0n))
  const file = {
    schema: SCHEMA,
    reserves: list(held.reserves),
    ...Object.fromEntries(layers.map((layer) => [layer, list(held[layer]!)])),
  }
  return formatJson(file)
}

function amount(text: string, instrument: Instrument, where: string): bigint {
  let value: bigint
  try {
    value = sharesOf(parseDecimal(text, { decimals: instrument.decimals }), instrument)
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
