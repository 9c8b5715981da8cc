import type { InstrumentKind } from './kinds.js'
import type { MarginRule } from './margin/rule.js'

/** One row of the risk table; its position in the table is its index. */
export interface Instrument {
  /** 1 to 31 bytes of printable ASCII without comma, space or quotes; unique in the table. */
  symbol: string
  kind: InstrumentKind
  /** Decimals of a quantity: one smallest unit is 10^-decimals of the instrument. */
  decimals: number
  /** Unit value at the mark price: quote currency × 10^valueDecimals for one smallest unit, below 2^64. */
  mark: bigint
}

/**
 * What one smallest unit is worth if the scenario happens, per instrument; unit values like `mark`, of a magnitude below 2^64.
 *
 * Gains and losses of a perp or a future are settled in cash at its mark, so its unit is worth what it gains against the mark:
 * `mark · shock`, negative when it loses. Of any other instrument it is a price, never negative.
 */
export interface Scenario {
  /** 1 to 31 bytes of printable ASCII without outer spaces; unique in the table. */
  name: string
  /**
   * `long`: what a long unit is worth; `short`: what a short unit costs, never less. A haircut lowers the first, a mark-up
   * raises the second.
   */
  values: { long: bigint; short: bigint }[]
}

/** Prices and scenarios of one moment. */
export interface RiskTable {
  /** Seconds since 1970-01-01 UTC. */
  timestamp: number
  /** The currency that values are in. */
  quote: string
  /** Unit values count 10^-valueDecimals of the quote currency. */
  valueDecimals: number
  instruments: Instrument[]
  scenarios: Scenario[]
  /** What accounts are held to, for instruments of the table. */
  margin?: MarginRule
}
