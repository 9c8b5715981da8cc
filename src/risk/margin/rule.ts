import type { Rational } from '../rational.js'

/** Decimals of slopes and factors: they count billionths. */
export const FACTOR_DECIMALS = 9
/** One, as a slope or a factor. */
export const FACTOR_ONE = 10n ** BigInt(FACTOR_DECIMALS)
/** A slope or a factor stays below 2^32 billionths, which is 4.29. */
export const FACTOR_BITS = 32
/** Magnitude of what one smallest unit counts for: a value, a change, a coefficient. */
export const COEFFICIENT_BITS = 63
/** Magnitude of a constant, a threshold or a cap. */
export const CONSTANT_BITS = 127
/** Positions of one account. */
export const MAX_POSITIONS = 256
/** Every number of a requirement, in billionths of billionths of 10^-valueDecimals, stays below 2^240. */
export const REQUIREMENT_BITS = 240

/** `constant + Σ long·(long quantity) + short·(short magnitude)`: linear in the two sides of every position. */
export interface Form<N> {
  constant: N
  /** `short = -long` makes it linear in the quantity, `short = long` in its magnitude. No symbol twice. */
  terms: { symbol: string; long: N; short: N }[]
}

/** The largest of some forms and zero: a contingency, or a measured delta, vega or notional. */
export interface Exposure<N> {
  name: string
  forms: Form<N>[]
}

/**
 * The worst loss over some scenarios, or zero. In scenario s an account gains `Σ_g φ(Σ_{i in g} quantity_i · changes_i[s])` with
 * `φ(x) = gain[s]·x` for x ≥ 0 and `loss[s]·x` for x < 0; a damping of the whole scenario is part of the slopes.
 */
export interface Scan<N> {
  name: string
  scenarios: string[]
  groups: {
    name: string
    /** An instrument may be in several groups, but once in each. */
    members: { symbol: string; changes: N[] }[]
    gain: N[]
    loss: N[]
  }[]
}

/** The largest or the smallest of several sums. Sums name exposures, scans, and combinations that stand before. */
export interface Combination {
  name: string
  pick: 'max' | 'min'
  of: string[][]
}

/** Met when `equity − Σ factor · charged ≥ threshold`. */
export interface Requirement<N> {
  name: string
  threshold: N
  charges: { of: string; factor: N }[]
}

/** What a position is worth in equity, for one unit long and one unit short. */
export interface RuleInstrument<N> {
  symbol: string
  /** One smallest unit is 10^-decimals. */
  decimals: number
  value: { long: N; short: N }
}

/**
 * A requirement that an account is held to, as data: everything that equity, losses and charges depend on besides the account.
 * Exposures, scans and combinations have one name space. All of them are at least zero and lower what is left.
 */
export interface Rule<N> {
  model: string
  /** Seconds since 1970-01-01 UTC. */
  timestamp: number
  /** The currency of values and of cash. */
  quote: string
  cashDecimals: number
  instruments: RuleInstrument<N>[]
  exposures: Exposure<N>[]
  scans: Scan<N>[]
  combinations: Combination[]
  requirements: Requirement<N>[]
  /** Bounds that hold besides every requirement: `of ≤ cap`. */
  limits: { of: string; cap: N }[]
}

/** A rule as its source says it: everything for one whole unit of an instrument, in whole quote currency, not rounded. */
export type ExactRule = Rule<Rational>

/**
 * A rule in integers, every rounding against the account: values, changes, coefficients per smallest unit, constants, thresholds
 * and caps count 10^-valueDecimals of the quote currency; slopes and factors count billionths.
 *
 * Changes are rounded down and serve both sides, so in every group and scenario each smallest unit that is short counts one
 * 10^-valueDecimals against the account.
 */
export interface MarginRule extends Rule<bigint> {
  valueDecimals: number
}

/** Cash and positions of one account. Private. */
export interface Portfolio {
  /** Smallest units of the quote currency, 10^-cashDecimals. */
  cash: bigint
  /** Smallest units by symbol, shorts negative; no zero. */
  positions: ReadonlyMap<string, bigint>
}
