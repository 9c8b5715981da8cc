import type { Slot } from '../field/index.js'
import { TIER_NUMBERS } from '../risk/index.js'
import type { BatchKind } from '../statements/index.js'

/** What decides which batches have room for an account. */
export interface AccountShape {
  /**
   * `pledged` for an account with tiers, `plain` for one that has long positions alone and no derivative,
   * else `stressed`.
   */
  kind: BatchKind
  /** Slots that hold tiers. */
  tiers: number
  /** All its other slots. */
  others: number
}

/** Accounts of one shape. */
export interface ShapeCount extends AccountShape {
  accounts: number
}

/**
 * The shape of an account.
 *
 * @param slots by rows of a table
 * @param numbers of the table's rows: see `instrumentNumbers`
 */
export function shapeOf(slots: readonly Slot[], numbers: readonly number[]): AccountShape {
  let tiers = 0
  let plain = true
  for (const { instrument, quantity } of slots) {
    const number = numbers[instrument]!
    if (number >= TIER_NUMBERS && number < 2 * TIER_NUMBERS) tiers++
    else if (quantity < 0n || number >= TIER_NUMBERS) plain = false
  }
  const kind = tiers > 0 ? 'pledged' : plain ? 'plain' : 'stressed'
  return { kind, tiers, others: slots.length - tiers }
}

/** The same text for the same shape. */
export function shapeKey({ kind, tiers, others }: AccountShape): string {
  return `${kind} ${tiers} ${others}`
}

/** Counts accounts by their shapes. */
export class ShapeCounts {
  private readonly counts = new Map<string, ShapeCount>()

  add(shape: AccountShape): void {
    const key = shapeKey(shape)
    const known = this.counts.get(key)
    if (known === undefined) this.counts.set(key, { ...shape, accounts: 1 })
    else known.accounts++
  }

  /** Fewest slots first. */
  sorted(): ShapeCount[] {
    return [...this.counts.values()].sort(
      (a, b) => slotsOf(a) - slotsOf(b) || (shapeKey(a) < shapeKey(b) ? -1 : 1),
    )
  }

  /** Accounts by their number of slots, fewest first. */
  bySlots(): Map<number, number> {
    const counts = new Map<number, number>()
    for (const shape of this.sorted()) {
      counts.set(slotsOf(shape), (counts.get(slotsOf(shape)) ?? 0) + shape.accounts)
    }
    return counts
  }
}

function slotsOf({ tiers, others }: AccountShape): number {
  return tiers + others
}
