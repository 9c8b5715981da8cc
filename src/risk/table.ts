import type { InstrumentKind } from './kinds.js'

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

/** What one smallest unit is worth if the scenario happens, per instrument; unit values like `mark`. */
export interface Scenario {
  name: string
  /** A long unit and a short unit have values of their own: a haircut lowers the first, a mark-up raises the second. */
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
}
