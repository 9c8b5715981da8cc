/** Public signals of `settlement`, in the circuit's order. */
export const SETTLEMENT_SIGNALS = [
  'firstState',
  'state',
  'accountsBefore',
  'accountsAfter',
  'activity',
  'external',
  'reservesBefore',
  'reservesAfter',
  'terms',
  'loss',
  'context',
] as const

export type SettlementSignals = Record<(typeof SETTLEMENT_SIGNALS)[number], bigint>
