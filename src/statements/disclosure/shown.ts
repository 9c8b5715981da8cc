import { TOTAL_BITS } from '../../field/index.js'
import { sponge } from '../../hash/index.js'

/** What all accounts together hold and owe of an instrument, in smallest units: long with what is pledged. */
export interface ShownTotals {
  long: bigint
  short: bigint
}

/** What is held of an instrument, in smallest units: reserves, and all layers that count together. */
export interface ShownReserves {
  reserves: bigint
  insurance: bigint
}

/**
 * What a disclosure shows, by instrument of the instance, and what its ratios are counted with: marks of the
 * table and loan factors of the policy. All of it is public.
 */
export interface ShownFigures {
  /** Of every spot instrument, then of every derivative; `undefined` where they stay hidden. */
  totals: readonly (ShownTotals | undefined)[]
  /** Of every spot instrument. */
  reserves: readonly (ShownReserves | undefined)[]
  /** Of every spot instrument, parts per million, as all ratios; 0n where none is shown. */
  ratios: readonly bigint[]
  /** That of all spot instruments at mark. */
  valueRatio: bigint
  loanFactors: readonly bigint[]
  /** Unit values of spot instruments. */
  marks: readonly bigint[]
}

/**
 * `sponge(disclosed: valueRatio, then of every spot instrument totals, reserves, ratio, loan factor and mark,
 * then totals of every derivative)`, where both amounts share an element, the second from bit 98 on, and bit
 * 196 says that they are shown: what is hidden is 0.
 */
export function shownDigest(shown: ShownFigures): bigint {
  const { totals, reserves, ratios, valueRatio, loanFactors, marks } = shown
  const ofTotals = totals.map((pair) => pair && packShown(pair.long, pair.short))
  return sponge('disclosed', [
    valueRatio,
    ...ratios.flatMap((ratio, i) => {
      const pair = reserves[i]
      const held = pair && packShown(pair.reserves, pair.insurance)
      return [ofTotals[i] ?? 0n, held ?? 0n, ratio, loanFactors[i]!, marks[i]!]
    }),
    ...ofTotals.slice(ratios.length).map((amount) => amount ?? 0n),
  ])
}

function packShown(first: bigint, second: bigint): bigint {
  const bits = BigInt(TOTAL_BITS)
  return (1n << (2n * bits)) + first + (second << bits)
}
