/** Whether long sweeps run in full, and the largest sizes too: `npm run test:sweeps`. The ordinary run takes a sample of each. */
export const SWEEPING = process.env.PLIMSOLL_SWEEP === '1'

/** How many random cases to try. */
export function cases(sample: number, full: number): number {
  return SWEEPING ? full : sample
}
