import { fits, MAGNITUDE_BITS, type Slot } from '../field/index.js'
import { type Asset, PLEDGES, splitOverKeys, type TierList } from '../risk/index.js'
import type { InstrumentKeys } from './instrument-keys.js'
import type { LedgerFormat } from './ledger.js'

/**
 * Quantities of one account by the key of their cells (see `InstrumentKeys`), what it owes negative, none of
 * them twice.
 */
export type Quantities = ReadonlyMap<number, bigint>

/** One account's holding of one instrument, in smallest units, none of them negative. */
export interface InstrumentHolding {
  instrument: number
  /** Its holding, pledged or not. */
  long: bigint
  /** Its debt. */
  short: bigint
  /** Of what it has, by the order of `PLEDGES`; `undefined` for nothing. */
  pledged: bigint[] | undefined
}

/**
 * An account's holdings of each instrument, in their order. A tidy file keeps pledged and unpledged holdings
 * apart.
 */
export function holdingsOf(
  held: Quantities,
  keys: InstrumentKeys,
  format: LedgerFormat,
): InstrumentHolding[] {
  const byInstrument = new Map<number, InstrumentHolding>()
  for (const [key, quantity] of held) {
    const { instrument, part } = keys.of(key)
    let holding = byInstrument.get(instrument)
    if (holding === undefined) {
      holding = { instrument, long: 0n, short: 0n, pledged: undefined }
      byInstrument.set(instrument, holding)
    }
    if (part !== 'has' && part !== 'owes') {
      holding.pledged ??= PLEDGES.map(() => 0n)
      holding.pledged[PLEDGES.indexOf(part)] = quantity
      if (format === 'tidy') holding.long += quantity
    } else if (quantity < 0n) holding.short -= quantity
    else holding.long += quantity
  }
  return [...byInstrument.values()].sort((a, b) => a.instrument - b.instrument)
}

/** All that is pledged of an instrument. */
export function pledgedOf({ pledged }: Pick<InstrumentHolding, 'pledged'>): bigint {
  return pledged === undefined ? 0n : pledged.reduce((sum, units) => sum + units, 0n)
}

/**
 * The slots of an account, in the order of their rows, a long before a short: what is pledged fills the tiers
 * of its list one after the other, then what is not pledged, and what no tier of a pledge has taken, those of
 * the list `holding`. What is left is in the instrument's own row.
 */
export function slotsOf(holdings: readonly InstrumentHolding[], assets: readonly Asset[]): Slot[] {
  const slots: Slot[] = []
  for (const holding of holdings) {
    const { base, lists } = assets[holding.instrument]!
    let free = holding.long
    if (lists.size > 0) {
      const tiers: Slot[] = []
      const fill = (name: TierList, units: bigint): bigint => {
        const rows = lists.get(name) ?? []
        const { parts, unpledged } = splitOverKeys(units, rows)
        for (const [i, quantity] of parts.entries()) tiers.push({ instrument: rows[i]!.row, quantity })
        return unpledged
      }
      free -= pledgedOf(holding)
      if (free < 0n) free = 0n
      for (const [i, pledge] of PLEDGES.entries()) free += fill(pledge, holding.pledged?.[i] ?? 0n)
      free = fill('holding', free)
      tiers.sort((a, b) => a.instrument - b.instrument)
      push(slots, base, free)
      push(slots, base, -holding.short)
      for (const { instrument, quantity } of tiers) push(slots, instrument, quantity)
    } else {
      push(slots, base, free)
      push(slots, base, -holding.short)
    }
  }
  return slots
}

function push(slots: Slot[], instrument: number, quantity: bigint): void {
  if (quantity !== 0n) slots.push({ instrument, quantity })
}

/** Whether a slot's quantity can be proven. */
export function fitsSlot({ quantity }: Slot): boolean {
  return fits(quantity, MAGNITUDE_BITS)
}
