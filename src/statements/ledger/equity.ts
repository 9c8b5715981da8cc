import type { Slot } from '../../field/index.js'
import { keyIndex, type RiskColumns } from '../../risk/index.js'

/** Where a list by key has the units of a slot; `undefined` for what no key of these sizes is of. */
export function slotKey(sizes: RiskColumns['sizes'], { instrument, quantity }: Slot): number | undefined {
  return keyIndex(sizes, instrument, quantity < 0n ? 'short' : 'long')
}

/**
 * What the holdings of one account are worth in each scenario, in 10^-valueDecimals of the quote currency:
 * long units at their long value less short units at their short value.
 *
 * @param slots as leaves have them: an instrument by its number
 */
export function equitiesOf(slots: readonly Slot[], { sizes, scenarios }: RiskColumns): bigint[] {
  const held = slots.filter(({ quantity }) => quantity !== 0n)
  const keys = held.map((slot) => slotKey(sizes, slot))
  return scenarios.map(({ values }) =>
    held.reduce((equity, { quantity }, i) => {
      const key = keys[i]
      return key === undefined ? equity : equity + quantity * values[key]!
    }, 0n),
  )
}

/** How far an equity is below zero. */
export function shortfallOf(equity: bigint): bigint {
  return equity < 0n ? -equity : 0n
}

/** What accounts lack in a scenario, and how many of them are below zero. */
export interface Shortfall {
  /** Sum, in 10^-valueDecimals of the quote currency. */
  sum: bigint
  accounts: bigint
}

/** For each scenario, the shortfalls of all accounts. */
export function shortfallSums(equities: readonly (readonly bigint[])[], scenarios: number): Shortfall[] {
  return Array.from({ length: scenarios }, (_, s) =>
    equities.reduce(
      ({ sum, accounts }, account) => ({
        sum: sum + shortfallOf(account[s]!),
        accounts: account[s]! < 0n ? accounts + 1n : accounts,
      }),
      { sum: 0n, accounts: 0n },
    ),
  )
}
