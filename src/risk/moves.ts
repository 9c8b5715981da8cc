import { formatDecimal, magnitudeOf } from '../field/index.js'
import { isDerivative, isSettledAtMark } from '../rules/index.js'
import { someOf } from './some-of.js'
import type { RiskTable, Scenario } from './table.js'
import { assetsOf } from './tiers/assets.js'

/** A percentage in hundredths. */
const ONE = 10_000n

/**
 * What a scenario does to instruments, in words for whoever judges whether it is a severe one: the lowest and
 * the highest change of a unit's value as a share of its mark's magnitude, rounded towards zero, of spot
 * instruments and of derivatives apart. What is worth something without a mark is named: no share says how
 * much more. Tiers are left out: their instrument speaks for them.
 *
 * @param side of a long unit, or of a short one
 * @example
 * describeMoves(table, crash) // 'SOL -62.5 % to USDT -0.3 %, derivatives ETH-PERP -48 % to BTC-PUT 310.2 %'
 */
export function describeMoves(
  { instruments }: RiskTable,
  { values }: Scenario,
  side: 'long' | 'short' = 'long',
): string {
  const moves = instruments.flatMap(({ symbol, kind, mark, tier }, i) => {
    if (mark === 0n || tier !== undefined) return []
    const change = isSettledAtMark(kind) ? values[i]![side] : values[i]![side] - mark
    return [{ symbol, derivative: isDerivative(kind), move: (change * ONE) / magnitudeOf(mark) }]
  })
  const spot = range(moves.filter(({ derivative }) => !derivative)) ?? 'no spot instrument with a mark'
  const derivatives = range(moves.filter(({ derivative }) => derivative))
  const unmarked = instruments
    .filter(({ mark, tier }, i) => mark === 0n && tier === undefined && values[i]![side] !== 0n)
    // Options far out of the money are many: none of them hides what can be held.
    .sort((a, b) => Number(isDerivative(a.kind)) - Number(isDerivative(b.kind)))
    .map(({ symbol }) => symbol)
  return [
    spot,
    ...(derivatives === undefined ? [] : [`derivatives ${derivatives}`]),
    ...(unmarked.length === 0 ? [] : [`worth something without a mark: ${someOf(unmarked)}`]),
  ].join(', ')
}

function range(moves: readonly { symbol: string; move: bigint }[]): string | undefined {
  const [first] = moves
  if (first === undefined) return undefined
  const lowest = moves.reduce((least, m) => (m.move < least.move ? m : least), first)
  const highest = moves.reduce((most, m) => (m.move > most.move ? m : most), first)
  const show = ({ symbol, move }: typeof first) => `${symbol} ${formatDecimal(move, 2)} %`
  return lowest === highest ? show(lowest) : `${show(lowest)} to ${show(highest)}`
}

/**
 * What the collateral column of a table with tiers shows, in words: and which units count there without being
 * pledged, or count for nothing as a debt.
 */
export function describeCollateral(table: RiskTable): string {
  const { instruments, scenarios } = table
  const values = scenarios[0]!.values
  const own = assetsOf(table).filter(({ base }) => !isSettledAtMark(instruments[base]!.kind))
  const unpledged = own.flatMap(({ symbol, base, lists }) => {
    const held = lists.get('holding') ?? []
    const most = [base, ...held.map(({ row }) => row)].reduce(
      (best, row) => (values[row]!.long > best ? values[row]!.long : best),
      0n,
    )
    // What counts has a mark that it counts for no more than.
    if (most === 0n) return []
    const percent = formatDecimal((most * ONE) / instruments[base]!.mark, 2)
    return [`${symbol} ${held.length === 0 ? '' : 'up to '}${percent} %`]
  })
  const free = own.filter(({ base }) => values[base]!.short === 0n).map(({ symbol }) => symbol)
  return [
    'no account owes more than its collateral counts for, tier by tier',
    ...(unpledged.length === 0 ? [] : [`counted though not pledged: ${unpledged.join(', ')}`]),
    ...(free.length === 0 ? [] : [`without a price, so that debts cost nothing: ${free.join(', ')}`]),
  ].join('; ')
}
