import { keysOf } from '../field/index.js'
import { assetsOf, isTiered, PLEDGES, type Pledge, type RiskTable } from '../risk/index.js'

/**
 * What cells of a file tell of an instrument: what the account has, what it owes, or what it has pledged of
 * what it has.
 */
export type Part = 'has' | 'owes' | Pledge

/** One instrument of a ledger. */
export interface LedgerInstrument {
  symbol: string
  decimals: number
  /** The lists that a tidy file can pledge it for: see `TidyLayout`. */
  pledges: readonly Pledge[]
}

/**
 * The instruments of a risk table, without their tiers, and the keys of cells. The key of what an account has
 * is `2 · instrument`, of what it owes one more. Keys of pledges come after those of all instruments, one for
 * each of `PLEDGES`.
 */
export class InstrumentKeys {
  readonly instruments: readonly LedgerInstrument[]
  /** Every kind of pledge that is read; none where pledges do not count. */
  readonly pledges: readonly Pledge[]
  private readonly parts: readonly { instrument: number; part: Part }[]

  constructor(readonly table: RiskTable) {
    this.instruments = assetsOf(table).map(({ symbol, decimals, lists }) => ({
      symbol,
      decimals,
      pledges: PLEDGES.filter((pledge) => lists.has(pledge)),
    }))
    this.pledges = isTiered(table) ? PLEDGES : []
    const plain = this.instruments.flatMap((_, instrument) =>
      (['has', 'owes'] as const).map((part) => ({ instrument, part })),
    )
    const pledged = this.instruments.flatMap((_, instrument) => PLEDGES.map((part) => ({ instrument, part })))
    this.parts = [...plain, ...pledged]
  }

  /** The instrument and the part of it that a key stands for. */
  of(key: number): { instrument: number; part: Part } {
    return this.parts[key]!
  }

  /** The key of a part of an instrument. */
  key(instrument: number, part: Part): number {
    if (part === 'has') return keysOf(instrument).long
    if (part === 'owes') return keysOf(instrument).short
    return 2 * this.instruments.length + PLEDGES.length * instrument + PLEDGES.indexOf(part)
  }
}
