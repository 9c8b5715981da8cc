import type { Challenge } from './challenge.js'

/** For whom an account holds what it holds: customers, or a layer that stands behind shortfalls. */
export const HOLDS_FOR = [
  'customers',
  'insurance',
  'capital',
  'mutual',
] as const satisfies readonly HoldsFor[]

export type HoldsFor = 'customers' | 'insurance' | 'capital' | 'mutual'

/** What one account signs. */
export interface ReservesStatement extends Pick<Challenge, 'venue' | 'epoch'> {
  /** Its CAIP-10 name, in its one spelling. */
  account: string
  holdsFor: HoldsFor
  /** Hash of the challenge, 64 hexadecimal digits. */
  challenge: string
}

/**
 * The text that an account signs: one form for all chains, in ASCII, without a line end at its end. The
 * account stands in it, so that its signature says nothing of any other account.
 *
 * @example
 * const { id } = parseAccount('eip155:1:0x6e74430a771d9ef39d36e8ad0154f16f8d5cc98f', 'accounts.csv')
 * const challenge = '0'.repeat(64)
 * reservesMessage({ venue: 'Example', epoch: '2026-09', account: id, holdsFor: 'customers', challenge })
 */
export function reservesMessage({ venue, epoch, account, holdsFor, challenge }: ReservesStatement): string {
  return [
    'Plimsoll reserves 1',
    `venue: ${venue}`,
    `epoch: ${epoch}`,
    `account: ${account}`,
    `holds for: ${holdsFor}`,
    `challenge: ${challenge}`,
  ].join('\n')
}
