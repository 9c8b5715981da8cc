import { fits, MAGNITUDE_BITS, magnitudeOf } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'
import { FACTOR_DECIMALS, isSettledAtMark, type MarginRule, type Portfolio } from '../../rules/index.js'
import { marginFigures } from '../margin/figures.js'
import { type Verdict, verdict } from '../verdict.js'
import { type LiquidationPolicy, PPM_ONE } from './policy.js'

/** One slot of an account, before and after. Private. */
export interface LiquidationSlot {
  symbol: string
  before: bigint
  after: bigint
}

/** What was done to one account. Private. */
export interface Liquidation {
  /** Every slot of the account, and one for the cash instrument. */
  slots: readonly LiquidationSlot[]
  /** The whole account is closed, as it is below the backstop; else a part, as it is below the trigger. */
  takeover: boolean
}

/** What a liquidation is judged by: a policy over the risk table that it was resolved against. */
export interface LiquidationBooks {
  table: RiskTable & { margin: MarginRule }
  policy: LiquidationPolicy
}

/** What a liquidation comes to, in exact integers. Private. */
export interface LiquidationFigures {
  /** Decimals of `deficit` and `room`: those of the rule's values, three factors and a multiple. */
  decimals: number
  /** How far the account was below trigger or backstop, at least; below it when it is above zero. */
  deficit: bigint
  /** How far it is from target and overshoot afterwards, at least; more than restores when it is negative. */
  room: bigint
  /** At marks, in 10^-valueDecimals of the table: what the account lost, and what was closed. */
  lost: bigint
  closed: bigint
  /** What the account was worth before, and nothing when that is less than nothing. */
  worth: bigint
}

/**
 * How far an account is below a multiple of a requirement, at least: the multiple of what is required at
 * least, less the equity at most. Above zero, the account is below it in exact arithmetic.
 *
 * @param multiple parts per million
 * @returns 10^-(valueDecimals + 33) of the rule
 * @throws {InputError} what `marginFigures` throws
 */
export function deficitOf(
  rule: MarginRule,
  portfolio: Portfolio,
  requirement: string,
  multiple: bigint,
): bigint {
  const { equity, requirements } = marginFigures(rule, portfolio, 'for')
  const { required } = requirements.find(({ name }) => name === requirement)!
  return multiple * required - PPM_ONE * equity
}

/**
 * What a liquidation comes to.
 *
 * @throws {InputError} what `marginFigures` throws
 */
export function liquidationFigures(
  { table, policy }: LiquidationBooks,
  { slots, takeover }: Liquidation,
): LiquidationFigures {
  const rule = table.margin
  const below = (side: 'before' | 'after', multiple: bigint) => {
    const positions = slots.map((slot) => ({ symbol: slot.symbol, quantity: slot[side] }))
    return deficitOf(rule, { cash: 0n, positions }, policy.requirement, multiple)
  }
  const rows = new Map(table.instruments.map((row) => [row.symbol, row]))
  const sum = (of: (slot: LiquidationSlot, mark: bigint, isSettled: boolean) => bigint) =>
    slots.reduce((total, slot) => {
      const { mark, kind } = rows.get(slot.symbol)!
      return total + of(slot, mark, isSettledAtMark(kind))
    }, 0n)
  const worth = sum(({ before }, mark, isSettled) => (isSettled ? 0n : before * mark))
  return {
    decimals: rule.valueDecimals + 3 * FACTOR_DECIMALS + 6,
    deficit: below('before', takeover ? policy.backstop : policy.trigger),
    room: below('after', policy.target) + policy.overshoot * 10n ** BigInt(3 * FACTOR_DECIMALS + 6),
    lost: sum(({ before, after }, mark, isSettled) => (isSettled ? 0n : (before - after) * mark)),
    closed: sum(({ symbol, before, after }, mark) =>
      symbol === policy.cash ? 0n : magnitudeOf(before - after) * mark,
    ),
    worth: worth > 0n ? worth : 0n,
  }
}

/** The most that a penalty lets be lost, in 10^-valueDecimals of the table, rounded down. */
export function mostLost({ closed, worth }: LiquidationFigures, penalty: bigint): bigint {
  const share = (closed * penalty) / PPM_ONE
  return share > worth ? worth : share
}

/**
 * The plain model of `liquidation`: whether an account was below its requirement, every position moved
 * towards zero, no more was closed than restores the target, and price, fees and incentive together cost no
 * more than the penalty, nor more than the account had.
 *
 * @throws {InputError} what `marginFigures` throws
 */
export function liquidationModel(books: LiquidationBooks, liquidation: Liquidation): Verdict {
  const { slots, takeover } = liquidation
  const { policy } = books
  if (slots.some(({ after }) => !fits(after, MAGNITUDE_BITS))) {
    return verdict(['a quantity afterwards is out of range'])
  }
  const { deficit, room, lost, closed, worth } = liquidationFigures(books, liquidation)
  const { threshold } = books.table.margin.requirements.find(({ name }) => name === policy.requirement)!
  const positions = slots.filter(({ symbol }) => symbol !== policy.cash)
  const reasons: string[] = []
  // A multiple below one would ask for more than the requirement does.
  if (threshold < 0n) reasons.push('the threshold of the requirement is below zero')
  if (deficit < 1n) reasons.push(`the account was not below the ${takeover ? 'backstop' : 'trigger'}`)
  if (!positions.every(isTowardsZero)) reasons.push('a position opens, grows or changes its side')
  if (takeover && positions.some(({ after }) => after !== 0n)) reasons.push('a position stays open')
  if (!takeover && room < 0n) reasons.push('more is closed than restores the target')
  const penalty = takeover ? policy.takeoverPenalty : policy.penalty
  if (lost * PPM_ONE > penalty * closed) reasons.push('the account loses more than the penalty')
  if (lost > worth) reasons.push('the account loses more than it was worth')
  return verdict(reasons)
}

function isTowardsZero({ before, after }: LiquidationSlot): boolean {
  return before < 0n ? before <= after && after <= 0n : 0n <= after && after <= before
}
