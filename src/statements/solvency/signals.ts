/** Public signals of `solvency`, in the circuit's order. */
export const SOLVENCY_SIGNALS = [
  'state',
  'accountsRoot',
  'riskRoot',
  'reservesCommitment',
  'policy',
  'context',
] as const

export type SolvencySignals = Record<(typeof SOLVENCY_SIGNALS)[number], bigint>

/** Sizes of a `solvency` instance. */
export interface SolvencySizes {
  instruments: number
  scenarios: number
}
