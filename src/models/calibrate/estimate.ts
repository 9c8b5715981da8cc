/** A tail quantile of log losses, with a band that holds the true one with the level asked for. */
export interface TailEstimate {
  /** Natural logarithm of price before over price after for a fall, of after over before for a rise. */
  value: number
  low: number
  /** `null` when the sample sets no upper bound. */
  high: number | null
}
