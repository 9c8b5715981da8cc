import { MAGNITUDE_BITS } from '../../field/index.js'
import type { Tier } from './table.js'

const MAX_AMOUNT = (1n << BigInt(MAGNITUDE_BITS)) - 1n

/** A part of a pledged amount that has one value a unit, so that a sum over keys can stand for a haircut. */
export interface TierKey {
  /**
   * The value of one smallest unit in hundredths of the unit that marks are in: `mark · percent`. Above zero.
   */
  unitValue: bigint
  /** How many smallest units have this key at most. Above zero. */
  width: bigint
}

/**
 * A list of tiers as keys that an amount fills one after the other, their unit values falling; what is beyond
 * the last is worth nothing more. A smallest unit that a bound runs through goes to the tier above it, so the
 * keys never give an amount more than its exact haircut, which `haircutValue` rounds down to 10^-16 of the
 * quote currency, and in all less than one smallest unit's price less.
 *
 * @param mark price of one smallest unit, in the unit of the bounds
 */
export function tierKeys(mark: bigint, tiers: readonly Tier[]): TierKey[] {
  const keys: TierKey[] = []
  if (mark === 0n) return keys
  let start = 0n
  for (const { bound, percent } of tiers) {
    const isBeyond = bound / mark > MAX_AMOUNT
    const end = isBeyond ? MAX_AMOUNT : bound / mark
    const [unitValue, width] = [mark * percent, end - start]
    start = end
    const last = keys.at(-1)
    if (last?.unitValue === unitValue) last.width += width
    else if (unitValue > 0n && width > 0n) keys.push({ unitValue, width })
  }
  return keys
}

/** How much of an amount has each key; what no key takes counts like an amount that is not pledged. */
export function splitOverKeys(
  amount: bigint,
  keys: readonly Pick<TierKey, 'width'>[],
): { parts: bigint[]; unpledged: bigint } {
  let unpledged = amount
  const parts = keys.map(({ width }) => {
    const isLast = unpledged <= width
    const part = isLast ? unpledged : width
    unpledged -= part
    return part
  })
  return { parts, unpledged }
}
