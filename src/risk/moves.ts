import { formatDecimal } from '../field/index.js'
import { isDerivative } from './kinds.js'
import type { RiskTable, Scenario } from './table.js'

/** Hundredths of a percent. */
const ONE = 10_000n

/**
 * What a scenario does to spot instruments, in words for whoever judges whether it is a severe one: the lowest and the highest
 * change of a long unit's value against the mark, rounded towards zero.
 *
 * @example
 * describeMoves(table, crash) // 'SOL -62.5 % to USDT -0.3 %'
 */
export function describeMoves({ instruments }: RiskTable, { values }: Scenario): string {
  const moves = instruments.flatMap(({ symbol, kind, mark }, i) =>
    isDerivative(kind) || mark === 0n ? [] : [{ symbol, move: ((values[i]!.long - mark) * ONE) / mark }],
  )
  const [first] = moves
  if (first === undefined) return 'no spot instrument with a mark'
  const lowest = moves.reduce((least, m) => (m.move < least.move ? m : least), first)
  const highest = moves.reduce((most, m) => (m.move > most.move ? m : most), first)
  const show = ({ symbol, move }: typeof first) => `${symbol} ${formatDecimal(move, 2)} %`
  return lowest === highest ? show(lowest) : `${show(lowest)} to ${show(highest)}`
}
