/** What an asset can be pledged for; the order is that of the columns of a tier table's file. */
export const PLEDGES = ['loan', 'margin', 'portfolio'] as const

/**
 * What an account pledges an instrument for.
 *
 * @useDeclaredType
 */
export type Pledge = (typeof PLEDGES)[number]

/** One step of a haircut: what a pledged value counts for above the tier before, up to `bound`. */
export interface Tier {
  /** Where the tier ends, 10^-16 of the quote currency. */
  bound: bigint
  /** How much of a value in this tier counts, 0 to 100. */
  percent: bigint
}

/** An asset that accounts hold, owe, and pledge. */
export interface TierInstrument {
  /**
   * 1 to 31 bytes of letters, marks, digits and ASCII punctuation without comma, space or quotes; unique in
   * the table in any case.
   */
  symbol: string
  /** Decimals of an amount: one smallest unit is 10^-decimals of the asset. */
  decimals: number
  /** Price of one smallest unit, 10^-16 of the quote currency, below 2^64. */
  mark: bigint
  /**
   * Bounds rise from one tier to the next and percentages do not. No tier at all: what is pledged counts for
   * nothing.
   */
  tiers: Record<Pledge, Tier[]>
}

/** Decimals of every value in a tier table. */
export const TIER_VALUE_DECIMALS = 16

/** Prices and haircuts by which an account's pledged holdings must cover what it owes. */
export interface TierTable {
  /** The currency that values are in. */
  quote: string
  /** Values count 10^-valueDecimals of the quote currency. */
  valueDecimals: number
  instruments: TierInstrument[]
  /** The parts of the file that are not used, a sentence each. */
  notes: string[]
}
