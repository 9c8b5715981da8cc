import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { encodeSlot, INSTRUMENT_BITS, parseDecimal, type Slot } from '../field/index.js'
import { instrumentNumbers, type RiskTable } from '../risk/index.js'

/** Every slot of a leaf, padding included, with what names its instrument and what it holds. */
export const slotsSchema = z
  .array(
    z.strictObject({
      /** The row of the risk table. */
      instrument: z
        .int()
        .nonnegative()
        .max(2 ** INSTRUMENT_BITS - 1),
      /** By which the leaf names the instrument. */
      number: z
        .int()
        .nonnegative()
        .max(2 ** INSTRUMENT_BITS - 1),
      symbol: z.string(),
      /** Of the smallest unit, in which the leaf counts. */
      decimals: z.int().nonnegative().max(18),
      /** Whole units, exact; negative for a loan or a short. */
      quantity: z
        .string()
        .regex(/^(?!-0$)-?(0|[1-9][0-9]{0,19})(\.[0-9]{0,17}[1-9])?$/, 'must be the shortest exact decimal'),
    }),
  )
  .min(1)
  .max(4096)

/** Slots of a leaf as a file has them. */
export type NamedSlots = z.infer<typeof slotsSchema>

/**
 * A file's slots in smallest units, each with its row of the risk table, by the file's own word alone;
 * `undefined` when a quantity is none of its decimals or out of range.
 */
export function slotsOf({ slots }: { slots: NamedSlots }): Slot[] | undefined {
  try {
    return slots.map(({ instrument, quantity, decimals }) => {
      const slot = { instrument, quantity: parseDecimal(quantity, { decimals, signed: true }) }
      encodeSlot(slot)
      return slot
    })
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}

/** Those slots as a leaf has them: by number, and the empty slot wherever one holds nothing. */
export function packedSlots({ slots }: { slots: NamedSlots }): Slot[] | undefined {
  return slotsOf({ slots })?.map(({ quantity }, i) => ({
    instrument: quantity === 0n ? 0 : slots[i]!.number,
    quantity,
  }))
}

/** Whether each of some slots names its instrument as a risk table does, or one of several. */
export function areRowsOf(
  { slots }: { slots: NamedSlots },
  ...tables: readonly Pick<RiskTable, 'instruments'>[]
): boolean {
  const known = tables.map(({ instruments }) => ({
    instruments,
    numbers: instrumentNumbers({ instruments }),
  }))
  return slots.every(({ instrument, number, symbol, decimals }) =>
    known.some(({ instruments, numbers }) => {
      const row = instruments[instrument]
      return row?.symbol === symbol && row.decimals === decimals && numbers[instrument] === number
    }),
  )
}
