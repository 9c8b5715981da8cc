/** Public signals of `margin`, in the circuit's order. */
export const MARGIN_SIGNALS = [
  'accountsRoot',
  'riskRoot',
  'requirement',
  'domain',
  'handle',
  'context',
] as const

export type MarginSignals = Record<(typeof MARGIN_SIGNALS)[number], bigint>

/** Sizes of a `margin` instance. */
export interface MarginSizes {
  /** Slots that can hold something. */
  slots: number
  scenarios: number
  /** Groups of the scan that an account can touch. */
  groups: number
  /** Lines of exposures and limits that an account can touch. */
  lines: number
  /** Links of four lines in the row of one instrument. */
  links: number
  /** Levels of the tree of rows that are in use: 16^levels instruments. */
  levels: number
}
