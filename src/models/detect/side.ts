/** Which way a price moves: down is a loss for longs, up one for shorts. */
export const SIDES = ['down', 'up'] as const
/**
 * A side of a move.
 *
 * @useDeclaredType
 */
export type Side = (typeof SIDES)[number]

/** 1 where a rise is the loss, −1 where a fall is. */
export const signOf = (side: Side): 1 | -1 => (side === 'up' ? 1 : -1)

/** A log loss of a side as a share of the price: at most all of it for a long, without bound for a short. */
export function shareOfPrice(side: Side, logLoss: number): number {
  const sign = signOf(side)
  return Math.max(0, sign * Math.expm1(sign * logLoss))
}

/** The log losses of a side, for log returns. */
export function lossesOf(side: Side, returns: readonly number[]): number[] {
  return returns.map((r) => signOf(side) * r)
}
