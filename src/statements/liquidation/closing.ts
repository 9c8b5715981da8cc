import { fits, MAGNITUDE_BITS, magnitudeOf } from '../../field/index.js'
import { isSettledAtMark, type Portfolio } from '../../rules/index.js'
import { marginFigures } from '../margin/figures.js'
import { type LiquidationBooks, type LiquidationSlot, liquidationFigures, mostLost } from './model.js'

/** How far an account is below a requirement. Negative where it is above. */
export interface ShortBounds {
  /** 10^-decimals of the quote currency. */
  decimals: number
  atLeast: bigint
  atMost: bigint
}

/** What closing one position comes to, at its mark. Private. */
export interface Closing {
  symbol: string
  /** What is held, shorts negative. */
  quantity: bigint
  /** How far the account would be below its requirement with the whole position closed. */
  whole: ShortBounds
  /** A quantity that the policy lets be closed, of which one unit more does not; none when not below. */
  allowed: bigint
  /** The most that the account may lose by it, in 10^-valueDecimals of the table, rounded down. */
  mostLost: bigint
}

/** What a policy lets be done to an account. Private. */
export interface ClosingFigures {
  /** The account is below the trigger, and so may be closed in part. */
  partial: boolean
  /** It is below the backstop, and so may be closed whole. */
  takeover: boolean
  /** The most that the account may lose where all is closed, in 10^-valueDecimals of the table. */
  mostLostWhole: bigint
  closings: Closing[]
}

/**
 * How far an account is below a requirement: the exact rule's figure is between the two.
 *
 * @throws {InputError} what `marginFigures` throws
 */
export function shortBounds(
  rule: LiquidationBooks['table']['margin'],
  portfolio: Portfolio,
  requirement: string,
): ShortBounds {
  const [against, most] = (['against', 'for'] as const).map((direction) => {
    const { decimals, requirements } = marginFigures(rule, portfolio, direction)
    return { decimals, short: -requirements.find(({ name }) => name === requirement)!.slack }
  })
  return { decimals: against!.decimals, atLeast: most!.short, atMost: against!.short }
}

/**
 * What closing each position of an account at its mark would restore, and what the policy lets be closed.
 *
 * @throws {InputError} what `marginFigures` throws
 */
export function closingFigures(books: LiquidationBooks, portfolio: Portfolio): ClosingFigures {
  const { table, policy } = books
  const held = slotsOf(books, portfolio)
  const all = held.map((slot) => ({ ...slot, after: slot.symbol === policy.cash ? slot.before : 0n }))
  const judged = (slots: readonly LiquidationSlot[], takeover = false) =>
    liquidationFigures(books, { slots, takeover })
  const partial = judged(held).deficit > 0n
  const takeover = judged(held, true).deficit > 0n
  const closings = held
    .filter(({ symbol, before }) => symbol !== policy.cash && before !== 0n)
    .map((slot): Closing => {
      const closing = (quantity: bigint) => closeAtMark(books, held, slot, quantity)
      const isAllowed = (quantity: bigint): boolean => {
        const slots = closing(quantity)
        return slots.every(({ after }) => fits(after, MAGNITUDE_BITS)) && judged(slots).room >= 0n
      }
      const allowed = partial ? lastAllowed(magnitudeOf(slot.before), isAllowed) : 0n
      const positions = closing(magnitudeOf(slot.before)).map(({ symbol, after }) => ({
        symbol,
        quantity: after,
      }))
      return {
        symbol: slot.symbol,
        quantity: slot.before,
        whole: shortBounds(table.margin, { cash: 0n, positions }, policy.requirement),
        allowed,
        mostLost: mostLost(judged(closing(allowed)), policy.penalty),
      }
    })
  return { partial, takeover, mostLostWhole: mostLost(judged(all), policy.takeoverPenalty), closings }
}

/** What is long and what is short of each instrument apart, and cash in one slot, the last. */
function slotsOf({ table, policy }: LiquidationBooks, { cash, positions }: Portfolio): LiquidationSlot[] {
  const slots = new Map<string, LiquidationSlot>()
  const add = (key: string, symbol: string, quantity: bigint): void => {
    const before = (slots.get(key)?.before ?? 0n) + quantity
    slots.set(key, { symbol, before, after: before })
  }
  const own = table.margin.cash
  const all = [...positions, ...(own === undefined ? [] : [{ symbol: own, quantity: cash }])]
  for (const { symbol, quantity } of all) {
    if (symbol !== policy.cash) add(`${symbol} ${quantity < 0n ? 'short' : 'long'}`, symbol, quantity)
  }
  add('cash', policy.cash, 0n)
  for (const { symbol, quantity } of all) if (symbol === policy.cash) add('cash', symbol, quantity)
  return [...slots.values()]
}

/** A slot closed by so many units at its mark, against cash: what the account gets at least. */
function closeAtMark(
  { table, policy }: LiquidationBooks,
  held: readonly LiquidationSlot[],
  slot: LiquidationSlot,
  quantity: bigint,
): LiquidationSlot[] {
  const row = (symbol: string) => table.instruments.find((each) => each.symbol === symbol)!
  const { kind, mark } = row(slot.symbol)
  const closed = slot.before < 0n ? -quantity : quantity
  const paid = isSettledAtMark(kind) ? 0n : floorOf(closed * mark, row(policy.cash).mark)
  return held.map((each) => {
    if (each === slot) return { ...each, after: each.before - closed }
    return each.symbol === policy.cash ? { ...each, after: each.before + paid } : each
  })
}

function floorOf(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  return value % divisor < 0n ? quotient - 1n : quotient
}

/** `most` when it is allowed; else a number from 0 on that is, of which one more is not. */
export function lastAllowed(most: bigint, isAllowed: (quantity: bigint) => boolean): bigint {
  if (isAllowed(most)) return most
  let [allowed, refused] = [0n, most]
  while (refused - allowed > 1n) {
    const middle = (allowed + refused) / 2n
    if (isAllowed(middle)) allowed = middle
    else refused = middle
  }
  return allowed
}
