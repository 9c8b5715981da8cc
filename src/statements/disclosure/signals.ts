/** Public signals of `disclosure`, in the circuit's order. */
export const DISCLOSURE_SIGNALS = ['firstState', 'reservesCommitment', 'shown', 'context'] as const

export type DisclosureSignals = Record<(typeof DISCLOSURE_SIGNALS)[number], bigint>
