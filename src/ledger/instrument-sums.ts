import { formatDecimal } from '../field/index.js'
import { PLEDGES } from '../risk/index.js'
import type { InstrumentHolding } from './holdings.js'
import type { InstrumentKeys } from './instrument-keys.js'

/**
 * Exact decimals of an instrument: what accounts have and what they owe; and of what they have, what is
 * pledged.
 */
export interface InstrumentTotals {
  long: string
  short: string
  pledged?: Record<string, string>
}

/** Sums over accounts of what they have, owe and have pledged. */
export class InstrumentSums {
  private readonly sums: { long: bigint; short: bigint; pledged: bigint[] }[]

  constructor(private readonly keys: InstrumentKeys) {
    this.sums = keys.instruments.map(() => ({ long: 0n, short: 0n, pledged: PLEDGES.map(() => 0n) }))
  }

  add({ instrument, long, short, pledged }: InstrumentHolding): void {
    const sum = this.sums[instrument]!
    sum.long += long
    sum.short += short
    for (const [i, units] of (pledged ?? []).entries()) sum.pledged[i]! += units
  }

  /** Exact decimals by symbol; pledges where they count. */
  bySymbol(): Record<string, InstrumentTotals> {
    return Object.fromEntries(
      this.keys.instruments.map(({ symbol, decimals }, i) => {
        const amount = (units: bigint) => formatDecimal(units, decimals)
        const { long, short, pledged } = this.sums[i]!
        const pledges = this.keys.pledges.map((pledge) => [pledge, amount(pledged[PLEDGES.indexOf(pledge)]!)])
        return [
          symbol,
          {
            long: amount(long),
            short: amount(short),
            ...(pledges.length === 0 ? {} : { pledged: Object.fromEntries(pledges) }),
          },
        ]
      }),
    )
  }
}
