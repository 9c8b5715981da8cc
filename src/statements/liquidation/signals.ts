/** Public signals of `liquidation`, in the circuit's order. */
export const LIQUIDATION_SIGNALS = [
  'accountsRoot',
  'riskRoot',
  'requirement',
  'policy',
  'movement',
  'nullifier',
  'context',
] as const

/**
 * Public signals of `liquidation` by name.
 *
 * @useDeclaredType
 */
export type LiquidationSignals = Record<(typeof LIQUIDATION_SIGNALS)[number], bigint>
