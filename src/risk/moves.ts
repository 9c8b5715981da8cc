import { formatDecimal } from '../field/index.js'
import { isDerivative, isSettledAtMark } from './kinds.js'
import type { RiskTable, Scenario } from './table.js'

/** A percentage in hundredths. */
const ONE = 10_000n

/**
 * What a scenario does to instruments, in words for whoever judges whether it is a severe one: the lowest and the highest change of
 * a long unit's value against the mark, rounded towards zero, of spot instruments and of derivatives apart.
 *
 * @example
 * describeMoves(table, crash) // 'SOL -62.5 % to USDT -0.3 %, derivatives ETH-PERP -48 % to BTC-PUT 310.2 %'
 */
export function describeMoves({ instruments }: RiskTable, { values }: Scenario): string {
  const moves = instruments.flatMap(({ symbol, kind, mark }, i) => {
    if (mark === 0n) return []
    const change = isSettledAtMark(kind) ? values[i]!.long : values[i]!.long - mark
    return [{ symbol, derivative: isDerivative(kind), move: (change * ONE) / mark }]
  })
  const spot = range(moves.filter(({ derivative }) => !derivative)) ?? 'no spot instrument with a mark'
  const derivatives = range(moves.filter(({ derivative }) => derivative))
  return derivatives === undefined ? spot : `${spot}, derivatives ${derivatives}`
}

function range(moves: readonly { symbol: string; move: bigint }[]): string | undefined {
  const [first] = moves
  if (first === undefined) return undefined
  const lowest = moves.reduce((least, m) => (m.move < least.move ? m : least), first)
  const highest = moves.reduce((most, m) => (m.move > most.move ? m : most), first)
  const show = ({ symbol, move }: typeof first) => `${symbol} ${formatDecimal(move, 2)} %`
  return lowest === highest ? show(lowest) : `${show(lowest)} to ${show(highest)}`
}
