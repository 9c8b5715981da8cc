import { InputError } from '../../errors/index.js'
import type { Slot } from '../../field/index.js'
import type { RiskTable } from '../../risk/index.js'
import { MAX_POSITIONS, type MarginRule } from '../../rules/index.js'
import { type LiquidationPolicy, PPM_ONE } from '../../statements/index.js'
import { BookSide } from './book.js'
import { type Cascade, runCascade } from './cascade.js'
import { isBelow, type Market } from './closing.js'
import type { Depth } from './depth.js'
import { floorDiv } from './division.js'
import { type Prices, pricesOf, ruleAt } from './prices.js'

/** What liquidations of a whole ledger are sized by. */
export interface SizingBooks {
  table: RiskTable & { margin: MarginRule }
  policy: LiquidationPolicy
  depth: Depth
  /** Name of a scenario of the table; left out for its marks. */
  scenario?: string
  /** What the insurance fund has, in 10^-valueDecimals of the table. */
  fund: bigint
  /** Parts per million: the share of the way through a book that stays in the mark. */
  impact: bigint
}

/** What a cascade has to keep to, for a penalty to fit. */
export interface SizingGoals {
  /** Rounds that are computed at most. */
  rounds: number
  /** The share of what they close that liquidators keep at least, in parts per million. */
  incentive: bigint
}

/** Why a penalty does not fit, in the order in which it is asked. */
export const MISFITS = ['no-rest', 'cascade', 'no-depth', 'no-incentive', 'fund'] as const

/**
 * Why a penalty does not fit: the cascade does not rest within the rounds allowed, closing makes further
 * accounts fall, more is closed than books have, liquidators keep too little, or the fund is not enough.
 *
 * @useDeclaredType
 */
export type Misfit = (typeof MISFITS)[number]

/** What one penalty comes to. */
export interface PenaltySizing {
  /** Parts per million of what is closed in part. */
  penalty: bigint
  misfits: Misfit[]
  cascade: Cascade
}

/** Accounts of a ledger, counted. */
export interface SizingCounts {
  accounts: number
  /** Accounts with an instrument that the rule does not have, or with more positions than it judges. */
  unjudged: number
  /** Accounts below trigger and backstop in the scenario, before anything is closed. */
  belowTrigger: number
  belowBackstop: number
  /** Accounts below the trigger at the far ends of the books: no others can fall, whatever is closed. */
  withinReach: number
}

/**
 * Sizes the liquidations of a whole ledger. Accounts are given once, one after the other, and only those are
 * kept that could fall: at the far ends of the books, longs at the worst bid and shorts at the worst ask,
 * they are below the trigger.
 *
 * @throws {InputError} `SCENARIO_UNKNOWN`; `DEPTH_MARK` for an instrument that has a book and a price below
 * zero in the scenario, or a cash instrument that is worth nothing in it; `DEPTH_CASH` for a book of cash
 * @example
 * const sizing = new LiquidationSizing({ table, policy, depth, fund: 0n, impact: 1_000_000n })
 * for await (const { slots } of ledger.accounts(order)) sizing.add(slots)
 * const { misfits } = sizing.at(25_000n, { rounds: 32, incentive: 1_000n })
 */
export class LiquidationSizing {
  readonly counts: SizingCounts = {
    ...{ accounts: 0, unjudged: 0, belowTrigger: 0, belowBackstop: 0, withinReach: 0 },
  }
  private readonly kept: Slot[][] = []
  private readonly prices: Prices
  private readonly market: Market
  private readonly worst: Market
  private readonly judged: readonly boolean[]

  constructor(private readonly books: SizingBooks) {
    const { table, policy, depth, scenario } = books
    if (scenario !== undefined && !table.scenarios.some(({ name }) => name === scenario)) {
      throw new InputError('SCENARIO_UNKNOWN', 'the risk table has no such scenario', {
        where: '--scenario',
        hint: `It has ${table.scenarios.map(({ name }) => name).join(', ') || 'none'}.`,
      })
    }
    this.prices = pricesOf(table, scenario)
    const cash = table.instruments.findIndex(({ symbol }) => symbol === policy.cash)
    assertPrices(books, this.prices, cash)
    const hasBook = table.instruments.map(({ symbol }) => depth.has(symbol))
    const at = (prices: Prices): Market => ({
      ...{ table, policy, rule: ruleAt(table, prices), prices, cash, hasBook },
    })
    this.market = at(this.prices)
    this.worst = at(farEnds(books, this.prices))
    const ruled = new Set(table.margin.instruments.map(({ symbol }) => symbol))
    this.judged = table.instruments.map(({ symbol }) => ruled.has(symbol))
  }

  /** Takes one account. Nothing that is said later names it. */
  add(slots: readonly Slot[]): void {
    const { counts, market, worst } = this
    const { policy } = this.books
    counts.accounts++
    if (slots.length > MAX_POSITIONS || !slots.every(({ instrument }) => this.judged[instrument])) {
      counts.unjudged++
      return
    }
    if (!isBelow(worst, slots, policy.trigger)) return
    counts.withinReach++
    this.kept.push([...slots])
    if (!isBelow(market, slots, policy.trigger)) return
    counts.belowTrigger++
    if (isBelow(market, slots, policy.backstop)) counts.belowBackstop++
  }

  /**
   * What happens under a penalty for parts, in place of the policy's.
   *
   * @param penalty parts per million
   */
  at(penalty: bigint, { rounds, incentive }: SizingGoals): PenaltySizing {
    const { table, policy, depth, fund, impact } = this.books
    const start = { table, depth, fund, impact, rounds, prices: this.prices, policy: { ...policy, penalty } }
    const cascade = runCascade(start, this.kept)
    const isMisfit: Record<Misfit, boolean> = {
      'no-rest': !cascade.rests,
      cascade: cascade.later > 0,
      'no-depth': cascade.instruments.some(({ sides }) => sides.bid.beyond + sides.ask.beyond > 0n),
      'no-incentive': cascade.leastIncentive !== undefined && cascade.leastIncentive < incentive,
      fund: cascade.fund.lacking > 0n,
    }
    return { penalty, misfits: MISFITS.filter((misfit) => isMisfit[misfit]), cascade }
  }
}

function assertPrices({ table, depth }: SizingBooks, prices: Prices, cash: number): void {
  for (const [i, { symbol }] of table.instruments.entries()) {
    if (!depth.has(symbol)) continue
    if (i === cash) {
      throw new InputError('DEPTH_CASH', `${symbol} is what positions are closed against`, {
        where: 'depth file',
        hint: 'Leave its book out: cash is not closed.',
      })
    }
    if (prices[i]!.mark < 0n) {
      throw new InputError('DEPTH_MARK', `${symbol} has a price below zero in the scenario`, {
        where: 'depth file',
        hint: 'Leave its book out: it is then not closed.',
      })
    }
  }
  if (prices[cash]!.mark <= 0n) {
    throw new InputError('DEPTH_MARK', 'the cash instrument of the policy is worth nothing in the scenario', {
      where: '--scenario',
      hint: 'Nothing can be closed against it. Choose another scenario, or another cash instrument.',
    })
  }
}

/** Prices at the far ends of the books, of longs and of shorts. */
function farEnds({ table, depth, impact }: SizingBooks, prices: Prices): Prices {
  return table.instruments.map(({ symbol }, i) => {
    const price = prices[i]!
    const book = depth.get(symbol)
    if (book === undefined) return price
    const [bid, ask] = (['bid', 'ask'] as const).map((side) => BookSide.around(book, side, price.mark))
    const far = (of: BookSide) => floorDiv((of.worst - of.best) * impact, PPM_ONE)
    return { ...price, long: price.long + far(bid!), short: price.short + far(ask!) }
  })
}
