import { magnitudeOf, type Slot } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'
import { FACTOR_DECIMALS, type MarginRule } from '../../rules/index.js'
import { deficitOf, type LiquidationPolicy, lastAllowed, PPM_ONE } from '../../statements/index.js'
import { ceilDiv } from './division.js'
import type { Prices } from './prices.js'

/** What an account is judged and closed by at one moment. */
export interface Market {
  table: RiskTable & { margin: MarginRule }
  policy: LiquidationPolicy
  /** The rule at these prices. */
  rule: MarginRule
  prices: Prices
  /** The row of the cash instrument. */
  cash: number
  /** Whether the instrument of a row has an order book: what has none is not closed. */
  hasBook: readonly boolean[]
}

/** What was closed of one instrument. */
export interface ClosedPart {
  instrument: number
  /** Smallest units that are sold, of longs, and bought back, of shorts. */
  sold: bigint
  bought: bigint
  /** At the mark, in 10^-valueDecimals of the table. */
  closed: bigint
}

/** What was done to one account. Private. */
export interface AccountClosing {
  takeover: boolean
  parts: ClosedPart[]
  closed: bigint
  /** What the account lost against the mark: slippage, fees and incentive together. */
  lost: bigint
  after: Slot[]
}

/** Whether an account is below a multiple of the policy's requirement, whatever the roundings were. */
export function isBelow(market: Market, account: readonly Slot[], multiple: bigint): boolean {
  return deficitAt(market, account, multiple) > 0n
}

/** What an account is worth at the prices, in 10^-valueDecimals of the table. */
export function worthOf({ prices }: Market, account: readonly Slot[]): bigint {
  return account.reduce((sum, { instrument, quantity }) => {
    const { long, short } = prices[instrument]!
    return sum + quantity * (quantity < 0n ? short : long)
  }, 0n)
}

/**
 * What is closed of an account that is below the trigger: the same share of every position that has a book,
 * the largest one in millionths that leaves it at most at the target and what the policy lets be closed
 * beyond it; all of it where the account is below the backstop. The account is paid at the mark, less the
 * penalty, and loses no more than it was worth.
 *
 * @returns nothing when no position can be closed
 */
export function closingOf(market: Market, account: readonly Slot[]): AccountClosing | undefined {
  const { policy } = market
  const takeover = isBelow(market, account, policy.backstop)
  const penalty = takeover ? policy.takeoverPenalty : policy.penalty
  const closeBy = (share: bigint) => closed(market, account, { takeover, share, penalty })
  const slack = policy.overshoot * 10n ** BigInt(3 * FACTOR_DECIMALS + 6)
  const isAllowed = (share: bigint) => deficitAt(market, closeBy(share).after, policy.target) + slack >= 0n
  const closing = closeBy(takeover ? PPM_ONE : lastAllowed(PPM_ONE, isAllowed))
  return closing.parts.length === 0 ? undefined : closing
}

function deficitAt({ table, policy, rule }: Market, account: readonly Slot[], multiple: bigint): bigint {
  const positions = account.map(({ instrument, quantity }) => ({
    symbol: table.instruments[instrument]!.symbol,
    quantity,
  }))
  return deficitOf(rule, { cash: 0n, positions }, policy.requirement, multiple)
}

function closed(
  market: Market,
  account: readonly Slot[],
  { takeover, share, penalty }: { takeover: boolean; share: bigint; penalty: bigint },
): AccountClosing {
  const { prices, cash, hasBook } = market
  const parts: ClosedPart[] = []
  const after: Slot[] = []
  let [paid, held] = [0n, 0n]
  for (const slot of account) {
    const { instrument, quantity } = slot
    const units =
      hasBook[instrument] && instrument !== cash ? ceilDiv(magnitudeOf(quantity) * share, PPM_ONE) : 0n
    if (instrument === cash) held += quantity
    else if (units < magnitudeOf(quantity)) {
      after.push({ instrument, quantity: quantity < 0n ? quantity + units : quantity - units })
    }
    if (units === 0n) continue
    const { mark, long, short } = prices[instrument]!
    const [sold, bought] = quantity < 0n ? [0n, units] : [units, 0n]
    paid += sold * long - bought * short
    parts.push({ instrument, sold, bought, closed: units * mark })
  }
  const total = parts.reduce((sum, part) => sum + part.closed, 0n)
  const worth = worthOf(market, account)
  const fine = (total * penalty) / PPM_ONE
  const most = worth < 0n ? 0n : worth
  const lost = fine < most ? fine : most
  // Rounded up, so that the account loses no more than the penalty.
  held += ceilDiv(paid - lost, prices[cash]!.mark)
  if (held !== 0n) after.push({ instrument: cash, quantity: held })
  return { takeover, parts, closed: total, lost, after }
}
