import type { Rational } from '../field/index.js'
import type { InstrumentKind } from './kinds.js'

/** Decimals of slopes and factors: they count billionths. */
export const FACTOR_DECIMALS = 9
/** One, as a slope or a factor. */
export const FACTOR_ONE = 10n ** BigInt(FACTOR_DECIMALS)
/** A slope or a factor stays below 2^40 billionths, which is 1,099.5. */
export const FACTOR_BITS = 40
/** Magnitude of what one smallest unit counts for: a value, a change, a coefficient. */
export const COEFFICIENT_BITS = 63
/** Magnitude of a constant, a threshold or a cap. */
export const CONSTANT_BITS = 127
/** Positions of one account. */
export const MAX_POSITIONS = 256
/**
 * The net loss of any account in any scenario, in billionths of billionths of 10^-valueDecimals, stays below
 * 2^212.
 */
export const WORST_BITS = 212

/**
 * `constant + Σ long·(long quantity) + short·(short magnitude)`: linear in the two sides of every position.
 * The constant is never above zero, so that a line none of whose instruments is held never counts.
 */
export interface Line<N> {
  constant: N
  /** `short = -long` makes it linear in the quantity, `short = long` in its magnitude. No symbol twice. */
  terms: { symbol: string; long: N; short: N }[]
  /** The line counts only when the exposure's choice falls on this branch. */
  branch?: 0 | 1
}

/**
 * The largest of some lines and zero. It is added to a sum, or to the worst loss of a group of the scan that
 * is not netted (`raises`), or that loss is at least as large (`bounds`).
 */
export interface Exposure<N> {
  name: string
  lines: Line<N>[]
  /**
   * Exposures of one choice share the branch that makes their total smallest. All of one choice add to one
   * place.
   */
  choice?: string
  adds: { sum: string } | { raises: string } | { bounds: string }
}

/** Instruments whose gains and losses net in full, scenario by scenario. */
export interface ScanGroup<N> {
  name: string
  /**
   * Left out: nets with all other groups that have none. Given: the group's own worst loss is added to that
   * sum.
   */
  sum?: string
  /**
   * Slopes of `φ(x) = gain·x` for x ≥ 0 and `loss·x` for x < 0. A group with a sum of its own has slopes of
   * one.
   */
  gain: N
  loss: N
  /** Changes of one unit by scenario. An instrument is a member of one group at most. */
  members: { symbol: string; changes: N[] }[]
  /**
   * A change that is the same in every scenario. An instrument is in one of these lists at most, whatever it
   * is a member of.
   */
  flat: { symbol: string; change: N }[]
}

/**
 * Scenarios and what they do. In scenario s the groups without a sum gain together
 * `Σ_g gain_s·φ_g(x)` over the groups with x ≥ 0 and `loss_s·φ_g(x)` over the others,
 * `x = Σ quantity·change`.
 */
export interface Scan<N> {
  name: string
  /** `gain` and `loss` damp a scenario. */
  scenarios: { name: string; gain: N; loss: N }[]
  groups: ScanGroup<N>[]
}

/** Met when `equity − worst.factor · worst − Σ factor · sum ≥ threshold`. */
export interface Requirement<N> {
  name: string
  threshold: N
  /** The largest of zero, the loss of the netted groups in every scenario, and each of these sums. */
  worst?: { factor: N; sums: string[] }
  charges: { sum: string; factor: N }[]
}

/** Holds besides every requirement: each line is at most the cap. */
export interface Limit<N> {
  name: string
  cap: N
  lines: Line<N>[]
}

/** The value of a position in equity, for one unit long and one unit short. */
export interface RuleInstrument<N> {
  symbol: string
  /** One smallest unit is 10^-decimals. */
  decimals: number
  value: { long: N; short: N }
}

/**
 * What an account is held to, as data: everything that equity, losses and charges depend on besides the
 * account. Exposures, groups of the scan and sums have one name space.
 */
export interface Rule<N> {
  model: string
  /** Seconds since 1970-01-01 UTC. */
  timestamp: number
  /** The currency of values. */
  quote: string
  /**
   * The instrument that a portfolio's cash is a quantity of; without one, money is held as any other
   * instrument.
   */
  cash?: string
  instruments: RuleInstrument<N>[]
  scan?: Scan<N>
  exposures: Exposure<N>[]
  requirements: Requirement<N>[]
  limits: Limit<N>[]
}

/**
 * A rule as its source says it: everything for one whole unit of an instrument, in whole quote currency, not
 * rounded.
 */
export type ExactRule = Rule<Rational>

/** An instrument as a model takes it, for a risk table to be compared with. */
export interface ModelInstrument extends RuleInstrument<Rational> {
  /** The kinds that the table's instrument may have. */
  kinds: readonly InstrumentKind[]
  /** The price of one unit in the model, and how far the table's mark may be from it. */
  price?: { value: Rational; within: Rational }
}

/** The rule of a portfolio model, with what the model takes its instruments for. */
export interface ModelRule extends ExactRule {
  cash: string
  instruments: ModelInstrument[]
}

/**
 * A rule in integers, every rounding against the account: values, changes, coefficients per smallest unit,
 * constants, thresholds and caps count 10^-valueDecimals of the quote currency; slopes and factors count
 * billionths.
 *
 * Changes are rounded down and serve both sides, so in every group and scenario each smallest unit that is
 * short counts one 10^-valueDecimals against the account.
 */
export interface MarginRule extends Rule<bigint> {
  valueDecimals: number
}

/** Cash and positions of one account. Private. */
export interface Portfolio {
  /** Smallest units of the rule's cash; a debt is negative. */
  cash: bigint
  /**
   * Smallest units, shorts negative. An instrument may come more than once: what is long and what is short of
   * it are then summed apart. Zeros count for nothing.
   */
  positions: readonly { symbol: string; quantity: bigint }[]
}

/**
 * The decimals of each instrument's quantity; zero for a symbol that the rule does not have, which
 * `assertRule` refuses.
 */
export function decimalsOf(rule: {
  instruments: readonly { symbol: string; decimals: number }[]
}): (symbol: string) => number {
  const decimals = new Map(rule.instruments.map((row) => [row.symbol, row.decimals]))
  return (symbol) => decimals.get(symbol) ?? 0
}
