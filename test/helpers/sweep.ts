/**
 * Whether long sweeps run in full, and the longest tests and largest sizes at all: `npm run test:sweeps`. The
 * ordinary run takes a sample of each.
 */
export const SWEEPING = process.env.PLIMSOLL_SWEEP === '1'

/** How many random cases to try. */
export function cases(sample: number, full: number): number {
  return SWEEPING ? full : sample
}
