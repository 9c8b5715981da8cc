import { byReason, type Reason } from '../../statements/index.js'

/** Sums over all customers, of one instrument; smallest units. */
export interface InstrumentTally {
  before: bigint
  after: bigint
  /** What rows of each reason come to, what comes in and what goes out apart. */
  reasons: Record<Reason, { in: bigint; out: bigint }>
  /** After, less before, less all rows. */
  difference: bigint
  /** Customers for whom this is not zero. */
  accounts: number
}

/** Sums by instrument number. */
export class Tally {
  private readonly sums = new Map<number, InstrumentTally>()

  of(number: number): InstrumentTally {
    let sum = this.sums.get(number)
    if (sum === undefined) {
      const reasons = byReason(() => ({ in: 0n, out: 0n }))
      sum = { before: 0n, after: 0n, reasons, difference: 0n, accounts: 0 }
      this.sums.set(number, sum)
    }
    return sum
  }

  /** What rows of some reasons come to. */
  net(number: number, ...reasons: readonly Reason[]): bigint {
    const own = this.of(number).reasons
    return reasons.reduce((sum, reason) => sum + own[reason].in - own[reason].out, 0n)
  }
}
