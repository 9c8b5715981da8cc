/**
 * The kinds of instruments. The position in this list is the code that a row of the risk table commits to.
 */
export const INSTRUMENT_KINDS = ['spot', 'stablecoin', 'perp', 'future', 'option'] as const

export type InstrumentKind = (typeof INSTRUMENT_KINDS)[number]

/** The code of a kind: spot 0, stablecoin 1, perp 2, future 3, option 4. */
export function kindCode(kind: InstrumentKind): bigint {
  return BigInt(INSTRUMENT_KINDS.indexOf(kind))
}

/**
 * Whether an instrument is a contract whose longs and shorts net to zero, not something a venue can hold in
 * reserve.
 */
export function isDerivative(kind: InstrumentKind): boolean {
  return kind !== 'spot' && kind !== 'stablecoin'
}

/**
 * Whether a contract's gains and losses up to its mark are settled in cash, so that a unit is worth what it
 * gains from there.
 */
export function isSettledAtMark(kind: InstrumentKind): boolean {
  return kind === 'perp' || kind === 'future'
}
