import type { InstrumentKind, MarginRule } from '../rules/index.js'
import type { ShareIndex } from './shares.js'
import { PLEDGES } from './tiers/table.js'

/** One row of the risk table; its position in the table is its index. */
export interface Instrument {
  /**
   * 1 to 31 bytes of letters, marks, digits and ASCII punctuation without comma, space or quotes; unique in
   * the table.
   */
  symbol: string
  kind: InstrumentKind
  /** Decimals of a quantity: one smallest unit is 10^-decimals of the instrument. */
  decimals: number
  /**
   * Unit value at the mark price: quote currency × 10^valueDecimals for one smallest unit, of a magnitude
   * below 2^64. Of a perp or a future it may be negative, as their price may: it is settled in cash and is in
   * no sum. Of anything else it is zero or more.
   */
  mark: bigint
  /**
   * What a share is in units of the instrument. With it a quantity counts shares, and mark and values are of
   * a share.
   */
  index?: ShareIndex
  /**
   * The row stands for a part of the instrument of the nearest row above that has no `tier`: what one tier
   * takes of it.
   */
  tier?: TierRow
}

/** The tier of a row: which list of its base it belongs to, and how much it takes. */
export interface TierRow {
  list: TierList
  /** The most that an account holds of this row per side, in smallest units; 1 to 2^64 − 1. */
  width: bigint
}

/**
 * What fills a list of tiers: what an account has, without pledging it (`holding`), or what it has pledged.
 */
export const TIER_LISTS = ['holding', ...PLEDGES] as const

/**
 * Which list of tiers a row is of: what an account has without pledging it, or what it pledges for something.
 *
 * @useDeclaredType
 */
export type TierList = (typeof TIER_LISTS)[number]

/**
 * Name of the scenario that a tiered table starts with: what a unit counts for as collateral. No account may
 * be below zero in it.
 */
export const COLLATERAL = 'collateral'

/**
 * Whether a table has tier rows. Its first scenario is then the collateral column.
 *
 * @example
 * if (isTiered(table)) console.log('accounts are split over tiers')
 */
export function isTiered(table: Pick<RiskTable, 'instruments'>): boolean {
  return table.instruments.some(({ tier }) => tier !== undefined)
}

/**
 * What one smallest unit is worth if the scenario happens, per instrument; unit values like `mark`, of a
 * magnitude below 2^64.
 *
 * Gains and losses of a perp or a future are settled in cash at its mark, so its unit is worth what it gains
 * against the mark: `|mark| · shock`, negative when it loses. Of any other instrument it is a price, never
 * negative.
 */
export interface Scenario {
  /**
   * The scenario carries charges that an account needs equity for: nothing has to cover what accounts lack in
   * it, and a policy may bound it. Left out: it could happen, and what is held covers it.
   */
  requirement?: true
  /** 1 to 31 bytes of visible text without outer spaces; unique in the table. */
  name: string
  /**
   * `long`: what a long unit is worth; `short`: what a short unit costs, never less. A haircut lowers the
   * first, a mark-up raises the second.
   */
  values: { long: bigint; short: bigint }[]
}

/** Whether a scenario of a table is a requirement: the collateral column always is. */
export function isRequirement(table: Pick<RiskTable, 'instruments' | 'scenarios'>, index: number): boolean {
  return table.scenarios[index]?.requirement === true || (index === 0 && isTiered(table))
}

/** The scenarios that could happen, which are all but requirements, and their places in the table. */
export function marketScenarios(
  table: Pick<RiskTable, 'instruments' | 'scenarios'>,
): { index: number; scenario: Scenario }[] {
  return table.scenarios
    .map((scenario, index) => ({ index, scenario }))
    .filter(({ index }) => !isRequirement(table, index))
}

/**
 * A table with these scenarios in place of its own; one with tiers keeps its collateral column before them.
 *
 * @example
 * const request = await readStressRequest('stress.json')
 * const stressed = withScenarios(table, stressScenarios(table, request))
 */
export function withScenarios(table: RiskTable, scenarios: readonly Scenario[]): RiskTable {
  const kept = isTiered(table) ? table.scenarios.slice(0, 1) : []
  return { ...table, scenarios: [...kept, ...scenarios] }
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
  /** The margin rule, for instruments of the table. */
  margin?: MarginRule
}
