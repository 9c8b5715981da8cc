import { keyOf, type Slot } from '../../field/index.js'
import type { RiskColumns } from '../../risk/index.js'

/**
 * What the holdings of one account are worth in each scenario, in 10^-valueDecimals of the quote currency:
 * long units at their long value less short units at their short value.
 *
 * @param scenarios columns as `riskDigests` gives them; an instrument outside of them is worth nothing
 */
export function equitiesOf(slots: readonly Slot[], scenarios: RiskColumns['scenarios']): bigint[] {
  return scenarios.map(({ values }) =>
    slots.reduce((equity, slot) => equity + slot.quantity * (values[keyOf(slot)] ?? 0n), 0n),
  )
}

/** How far an equity is below zero. */
export function shortfallOf(equity: bigint): bigint {
  return equity < 0n ? -equity : 0n
}

/** For each scenario, the sum of the shortfalls of all accounts. */
export function shortfallSums(equities: readonly (readonly bigint[])[], scenarios: number): bigint[] {
  return Array.from({ length: scenarios }, (_, s) =>
    equities.reduce((sum, account) => sum + shortfallOf(account[s]!), 0n),
  )
}
