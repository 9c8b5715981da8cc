/** Public signals of `backing`, in the circuit's order. */
export const BACKING_SIGNALS = ['reservesCommitment', 'evidence', 'context'] as const

export type BackingSignals = Record<(typeof BACKING_SIGNALS)[number], bigint>
