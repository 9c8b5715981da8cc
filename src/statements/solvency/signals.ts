/** Public signals of `solvency`, in the circuit's order. */
export const SOLVENCY_SIGNALS = [
  'firstState',
  'state',
  'accountsRoot',
  'riskRoot',
  'reservesCommitment',
  'policy',
  'context',
  'timestamp',
  'point',
  'tableAtPoint',
] as const

export type SolvencySignals = Record<(typeof SOLVENCY_SIGNALS)[number], bigint>
