import { formatDecimal } from '../../field/index.js'
import type { InstrumentClosings, Misfit, PenaltySizing, SizingBooks } from '../../models/index.js'
import type { LiquidationPlan } from '../../venue/index.js'
import { bars } from '../terminal/bars.js'
import { apart, type Text } from '../terminal/layout.js'
import { table } from '../terminal/table.js'
import { shownAmount, shownPercent } from './amounts.js'

const PPM_DECIMALS = 6
/** A share in millionths of which plots and tables are drawn. */
const MILLION = 1_000_000n

/** A plan with what it was made from. */
export interface SizedPlan {
  plan: LiquidationPlan
  books: SizingBooks
  rounds: number
  incentive: bigint
}

/** The penalty whose rounds and books are shown: the lowest that fits, or else the policy's own. */
export function shownPenalty({ plan, books }: SizedPlan): PenaltySizing {
  const penalty = plan.fitting?.lowest ?? books.policy.penalty
  return plan.penalties.find((each) => each.penalty === penalty)!
}

/** Every figure as an exact decimal string: amounts in the quote currency, quantities in whole units. */
export function exactPlan(sized: SizedPlan): object {
  const { plan, books, rounds, incentive } = sized
  const { table: risk, policy, scenario, fund, impact } = books
  const amount = (value: bigint) => formatDecimal(value, risk.valueDecimals)
  return {
    quote: risk.quote,
    scenario: scenario ?? null,
    requirement: policy.requirement,
    fund: amount(fund),
    impact: share(impact),
    incentive: share(incentive),
    rounds,
    accounts: plan.counts,
    fitting: plan.fitting
      ? { lowest: share(plan.fitting.lowest), highest: share(plan.fitting.highest) }
      : null,
    penalties: plan.penalties.map(({ penalty, misfits, cascade }) => {
      const { first, later, takeovers, left, leastIncentive } = cascade
      return {
        penalty: share(penalty),
        isPolicy: penalty === policy.penalty,
        fits: misfits.length === 0,
        misfits,
        rests: cascade.rests,
        ...{ first, later, takeovers, left },
        leftDebts: amount(cascade.leftDebts),
        closed: amount(cascade.closed),
        lost: amount(cascade.lost),
        slippage: amount(cascade.slippage),
        earned: amount(cascade.earned),
        leastIncentive: leastIncentive === undefined ? null : share(leastIncentive),
        fund: {
          debts: amount(cascade.fund.debts),
          slippage: amount(cascade.fund.slippage),
          earned: amount(cascade.fund.earned),
          lacking: amount(cascade.fund.lacking),
        },
        rounds: cascade.rounds.map(({ accounts, fresh, takeovers, ...sums }) => ({
          ...{ accounts, fresh, takeovers },
          closed: amount(sums.closed),
          lost: amount(sums.lost),
          slippage: amount(sums.slippage),
        })),
        instruments: cascade.instruments.map((closings) => exactInstrument(closings, books)),
      }
    }),
  }
}

function exactInstrument(
  { symbol, sides, ...sums }: InstrumentClosings,
  { table: risk }: SizingBooks,
): object {
  const decimals = decimalsOf(risk, symbol)
  const amount = (value: bigint) => formatDecimal(value, risk.valueDecimals)
  const units = (value: bigint) => formatDecimal(value, decimals)
  const price = (value: bigint) => amount(value * 10n ** BigInt(decimals))
  const side = (of: (typeof sides)['bid']) => ({
    taken: units(of.taken),
    beyond: units(of.beyond),
    size: units(of.size),
    levels: of.levels,
    best: price(of.best),
    last: price(of.last),
  })
  return {
    symbol,
    closed: amount(sums.closed),
    lost: amount(sums.lost),
    slippage: amount(sums.slippage),
    bid: side(sides.bid),
    ask: side(sides.ask),
  }
}

export function planView(sized: SizedPlan, files: readonly string[]): Text {
  const { plan, books } = sized
  const { table: risk, scenario, policy } = books
  const { accounts, belowTrigger, belowBackstop, withinReach, unjudged } = plan.counts
  const shown = shownPenalty(sized)
  const amount = (value: bigint) => shownAmount(formatDecimal(value, risk.valueDecimals))
  return apart([
    [
      `${scenario ?? 'At marks'}: of ${accounts} accounts ${belowTrigger} are below the trigger, ${belowBackstop} of them below the backstop.`,
      `No more than ${withinReach} can fall, whatever is closed by these books.`,
      ...(unjudged === 0
        ? []
        : [`${unjudged} accounts hold what the rule does not judge, and are left out.`]),
      ...plan.notes,
    ],
    table(
      ['penalty', 'closed', 'slippage', 'liquidators keep', 'fund pays', 'fall later', 'fits'],
      plan.penalties.map(({ penalty, misfits, cascade }) => [
        `${percent(penalty)}${penalty === policy.penalty ? ' (policy)' : ''}`,
        amount(cascade.closed),
        amount(cascade.slippage),
        amount(cascade.earned),
        amount(cascade.fund.debts + cascade.fund.slippage),
        `${cascade.later}`,
        misfits.length === 0 ? 'yes' : misfits.map((misfit) => misfitWords(misfit, sized)).join(', '),
      ]),
    ),
    verdict(sized),
    ...detailView(sized, shown),
    [
      `Amounts in ${risk.quote}, rounded down to two decimals; --json prints them exactly.`,
      ...files.map((file) => `written: ${file}`),
    ],
  ])
}

/** What the penalties that were tried come to, in a sentence. */
export function verdict({ plan }: SizedPlan): string {
  const { fitting } = plan
  if (plan.penalties.every(({ cascade }) => cascade.leastIncentive === undefined)) {
    return 'Nothing is closed in part, so that the penalty changes nothing.'
  }
  if (fitting === undefined) return 'No penalty that was tried fits.'
  const { lowest, highest } = fitting
  return lowest === highest
    ? `A penalty of ${percent(lowest)} fits.`
    : `Penalties from ${percent(lowest)} to ${percent(highest)} fit, as far as they were tried.`
}

function detailView({ books }: SizedPlan, { penalty, cascade }: PenaltySizing): Text[] {
  if (cascade.rounds.length === 0) return ['Nothing is closed.']
  const { table: risk } = books
  const amount = (value: bigint) => shownAmount(formatDecimal(value, risk.valueDecimals))
  return [
    [
      `Closed round by round, at ${percent(penalty)}`,
      bars(
        cascade.rounds.map(({ accounts, closed }, i) => ({
          name: `round ${i + 1}, ${accounts} ${accounts === 1 ? 'account' : 'accounts'}`,
          value: closed,
          text: amount(closed),
        })),
      ),
    ],
    table(
      ['book', 'taken', 'of the side', 'levels', 'last price', 'from the best'],
      depthLines(cascade.instruments, books).map((line) => [
        `${line.symbol} ${line.side}`,
        line.taken,
        `${percent(line.share)}${line.isBeyond ? ', and more' : ''}`,
        `${line.levels}`,
        shownAmount(line.last, 8),
        percent(line.move),
      ]),
    ),
  ]
}

/** How far one side of a book was taken. */
export interface DepthLine {
  symbol: string
  side: 'bid' | 'ask'
  /** Whole units. */
  taken: string
  /** Of what the side had, in millionths. */
  share: bigint
  isBeyond: boolean
  levels: number
  /** Quote currency for a whole unit. */
  last: string
  /** From the best price, in millionths of it. */
  move: bigint
}

/** Sides of which something was taken. */
export function depthLines(
  instruments: readonly InstrumentClosings[],
  { table: risk }: SizingBooks,
): DepthLine[] {
  return instruments.flatMap(({ symbol, sides }) =>
    (['bid', 'ask'] as const)
      .filter((side) => sides[side].taken > 0n)
      .map((side): DepthLine => {
        const { taken, beyond, size, levels, best, last } = sides[side]
        const decimals = decimalsOf(risk, symbol)
        return {
          ...{ symbol, side, levels, isBeyond: beyond > 0n },
          taken: formatDecimal(taken, decimals),
          share: (taken * MILLION) / size,
          last: formatDecimal(last * 10n ** BigInt(decimals), risk.valueDecimals),
          move: best === 0n ? 0n : ((last - best) * MILLION) / best,
        }
      }),
  )
}

/** Why a penalty does not fit, in words. */
export function misfitWords(misfit: Misfit, { rounds }: Pick<SizedPlan, 'rounds'>): string {
  const words: Record<Misfit, string> = {
    'no-rest': `no rest in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    cascade: 'cascade',
    'no-depth': 'beyond the books',
    'no-incentive': 'too little incentive',
    fund: 'fund too small',
  }
  return words[misfit]
}

/** Millionths as a percentage. */
export function percent(ppm: bigint): string {
  return shownPercent(share(ppm), 2)
}

function share(ppm: bigint): string {
  return formatDecimal(ppm, PPM_DECIMALS)
}

function decimalsOf({ instruments }: SizingBooks['table'], symbol: string): number {
  return instruments.find((row) => row.symbol === symbol)!.decimals
}
