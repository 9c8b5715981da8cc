import type { Slot } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'
import type { MarginRule } from '../../rules/index.js'
import { type LiquidationPolicy, PPM_ONE } from '../../statements/index.js'
import { BookSide } from './book.js'
import { type ClosedPart, closingOf, isBelow, type Market, worthOf } from './closing.js'
import type { Depth } from './depth.js'
import { floorDiv } from './division.js'
import { type Prices, ruleAt, shifted } from './prices.js'

/** What a cascade starts from. Amounts count 10^-valueDecimals of the table, shares are parts per million. */
export interface CascadeStart {
  table: RiskTable & { margin: MarginRule }
  policy: LiquidationPolicy
  depth: Depth
  /** Prices before anything is closed. */
  prices: Prices
  /** What the insurance fund has. */
  fund: bigint
  /** The share of the way from the best price to the last one paid that stays in the mark. */
  impact: bigint
  /** Rounds that are computed at most. */
  rounds: number
}

/** One round: every account is judged at the same prices, then the books are eaten, then marks move. */
export interface CascadeRound {
  /** Accounts below the trigger of which something was closed, and those of them for the first time. */
  accounts: number
  fresh: number
  takeovers: number
  closed: bigint
  lost: bigint
  slippage: bigint
}

/** What was closed of one instrument, on all rounds. */
export interface InstrumentClosings {
  symbol: string
  closed: bigint
  lost: bigint
  slippage: bigint
  /** By side of the book: what was taken, in smallest units, and how far it went. */
  sides: Record<'bid' | 'ask', SideClosings>
}

/** How far one side of a book was taken. */
export interface SideClosings {
  /** Smallest units: taken from the book, beyond it, and what the book had. */
  taken: bigint
  beyond: bigint
  size: bigint
  levels: number
  /** For one smallest unit, before and after. */
  best: bigint
  last: bigint
}

/** What a cascade comes to. Counts and sums, of no single account. */
export interface Cascade {
  rounds: CascadeRound[]
  /** No account was left that had to be closed, within the rounds allowed. */
  rests: boolean
  /** Accounts that fell below the trigger in the scenario itself, and by what was closed of others. */
  first: number
  later: number
  /** Accounts that were taken over, all rounds. */
  takeovers: number
  /** Accounts that are below the trigger in the end, of which nothing can be closed. */
  left: number
  /** What accounts that are below in the end are worth less than nothing, which nobody has paid. */
  leftDebts: bigint
  closed: bigint
  lost: bigint
  slippage: bigint
  /** What liquidators of parts earned: what accounts lost beyond slippage, where that was more. */
  earned: bigint
  /** In every round and instrument, the share of what they closed that liquidators keep, at least. */
  leastIncentive: bigint | undefined
  fund: {
    /** Debts of accounts that are worth less than nothing. */
    debts: bigint
    /** Slippage that nobody lost: of takeovers, and of parts that liquidators would have left alone. */
    slippage: bigint
    /** What takeovers brought beyond their slippage. */
    earned: bigint
    /** What it lacked at its lowest; zero for a fund that was enough. */
    lacking: bigint
  }
  /** Instruments of which something was closed. */
  instruments: InstrumentClosings[]
}

/** What is closed of one instrument in one round, parts and takeovers apart. */
interface Order {
  sold: bigint
  bought: bigint
  part: { closed: bigint; lost: bigint }
  takeover: { closed: bigint; lost: bigint }
}

interface InstrumentBook {
  bid: BookSide
  ask: BookSide
  sums: { closed: bigint; lost: bigint; slippage: bigint }
}

/**
 * Closes what a policy lets be closed of accounts that are below, round by round, until none is left that has
 * to be closed. In exact integers, and nothing is drawn at random. In a round, every
 * account is judged at the same prices; what is closed is paid for at the mark less the penalty, so that
 * slippage is borne by whoever takes it; then longs are sold to bids and shorts bought back from asks, which
 * nobody fills again, and the mark follows both by `impact`.
 *
 * @param accounts their slots, which are left as they are
 */
export function runCascade(start: CascadeStart, accounts: readonly (readonly Slot[])[]): Cascade {
  const { table, policy, prices: before } = start
  const books = table.instruments.map(({ symbol }, i): InstrumentBook | undefined => {
    const book = start.depth.get(symbol)
    if (book === undefined) return undefined
    const { mark } = before[i]!
    const sums = { closed: 0n, lost: 0n, slippage: 0n }
    return { bid: BookSide.around(book, 'bid', mark), ask: BookSide.around(book, 'ask', mark), sums }
  })
  const cash = table.instruments.findIndex(({ symbol }) => symbol === policy.cash)
  const hasBook = books.map((book) => book !== undefined)
  const state = accounts.map((slots) => ({ slots, wasClosed: false }))
  const rounds: CascadeRound[] = []
  const fund = { debts: 0n, slippage: 0n, earned: 0n, lacking: 0n }
  const totals = { earned: 0n, leastIncentive: undefined as bigint | undefined }
  let prices = before
  let [rests, left, leftDebts] = [false, 0, 0n]

  for (;;) {
    const market: Market = { table, policy, rule: ruleAt(table, prices), prices, cash, hasBook }
    const below = state.filter(({ slots }) => isBelow(market, slots, policy.trigger))
    const due = below.flatMap((account) => {
      const closing = closingOf(market, account.slots)
      return closing === undefined ? [] : [{ account, closing }]
    })
    left = below.length - due.length
    leftDebts = below.reduce((sum, { slots }) => sum + debtOf(market, slots), 0n)
    rests = due.length === 0
    if (rests || rounds.length === start.rounds) break

    const orders = new Map<number, Order>()
    const round = { accounts: due.length, fresh: 0, takeovers: 0, closed: 0n, lost: 0n, slippage: 0n }
    for (const { account, closing } of due) {
      if (!account.wasClosed) round.fresh++
      if (closing.takeover) round.takeovers++
      account.wasClosed = true
      account.slots = closing.after
      addOrders(orders, closing)
      if (account.slots.some(({ instrument }) => instrument !== cash)) continue
      // Nothing is left to close, so that a debt is one for good.
      const debt = debtOf(market, account.slots)
      if (debt > 0n) account.slots = []
      fund.debts += debt
    }
    for (const [instrument, order] of orders) {
      const book = books[instrument]!
      const { mark } = prices[instrument]!
      const slippage =
        order.sold * mark -
        book.bid.take(order.sold).value +
        book.ask.take(order.bought).value -
        order.bought * mark
      settle(order, slippage, { round, book, fund, totals })
    }
    const balance = start.fund + fund.earned - fund.slippage - fund.debts
    if (-balance > fund.lacking) fund.lacking = -balance
    rounds.push(round)
    prices = shifted(
      before,
      books.map((book) => (book === undefined ? 0n : shiftOf(book, start.impact))),
    )
  }
  const sum = (of: (round: CascadeRound) => bigint) => rounds.reduce((total, round) => total + of(round), 0n)
  const first = rounds[0]?.fresh ?? 0
  return {
    rounds,
    rests,
    first,
    later: rounds.reduce((total, { fresh }) => total + fresh, 0) - first,
    takeovers: rounds.reduce((total, { takeovers }) => total + takeovers, 0),
    left,
    leftDebts,
    closed: sum(({ closed }) => closed),
    lost: sum(({ lost }) => lost),
    slippage: sum(({ slippage }) => slippage),
    ...totals,
    fund,
    instruments: books.flatMap((book, i) =>
      book === undefined || book.bid.filled + book.bid.beyond + book.ask.filled + book.ask.beyond === 0n
        ? []
        : [{ symbol: table.instruments[i]!.symbol, ...book.sums, sides: sidesOf(book) }],
    ),
  }
}

/** How far an account is worth less than nothing. */
function debtOf(market: Market, slots: readonly Slot[]): bigint {
  const worth = worthOf(market, slots)
  return worth < 0n ? -worth : 0n
}

/** Adds what is closed of one account; of what it lost, each instrument has its share of what is closed. */
function addOrders(
  orders: Map<number, Order>,
  { takeover, parts, closed, lost }: { takeover: boolean; parts: ClosedPart[]; closed: bigint; lost: bigint },
): void {
  let [leftClosed, leftLost] = [closed, lost]
  for (const part of parts) {
    const order = orders.get(part.instrument) ?? {
      ...{ sold: 0n, bought: 0n },
      part: { closed: 0n, lost: 0n },
      takeover: { closed: 0n, lost: 0n },
    }
    orders.set(part.instrument, order)
    order.sold += part.sold
    order.bought += part.bought
    // Of what is left, so that all of it is given out.
    const own = leftClosed === 0n ? 0n : (leftLost * part.closed) / leftClosed
    leftClosed -= part.closed
    leftLost -= own
    const kind = takeover ? order.takeover : order.part
    kind.closed += part.closed
    kind.lost += own
  }
}

/** Says who bears the slippage of one instrument in one round: each kind by its share of what is closed. */
function settle(
  { part, takeover }: Order,
  slippage: bigint,
  sums: {
    round: CascadeRound
    book: InstrumentBook
    fund: Cascade['fund']
    totals: Pick<Cascade, 'earned' | 'leastIncentive'>
  },
): void {
  const { round, book, fund, totals } = sums
  const closed = part.closed + takeover.closed
  const lost = part.lost + takeover.lost
  for (const into of [round, book.sums]) {
    into.closed += closed
    into.lost += lost
    into.slippage += slippage
  }
  const ofPart = closed === 0n ? 0n : (slippage * part.closed) / closed
  if (part.closed > 0n) {
    const kept = part.lost - ofPart
    if (kept >= 0n) totals.earned += kept
    else fund.slippage -= kept
    const share = floorDiv(kept * PPM_ONE, part.closed)
    if (totals.leastIncentive === undefined || share < totals.leastIncentive) totals.leastIncentive = share
  }
  const kept = takeover.lost - (slippage - ofPart)
  if (kept >= 0n) fund.earned += kept
  else fund.slippage -= kept
}

/** How far the mark has moved from where the scenario put it. */
export function shiftOf({ bid, ask }: Pick<InstrumentBook, 'bid' | 'ask'>, impact: bigint): bigint {
  return floorDiv((bid.last - bid.best + ask.last - ask.best) * impact, PPM_ONE)
}

function sidesOf({ bid, ask }: InstrumentBook): InstrumentClosings['sides'] {
  const of = (side: BookSide): SideClosings => ({
    taken: side.filled,
    beyond: side.beyond,
    size: side.size,
    levels: side.reached,
    best: side.best,
    last: side.last,
  })
  return { bid: of(bid), ask: of(ask) }
}
