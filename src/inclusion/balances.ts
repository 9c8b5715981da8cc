import { formatDecimal, parseDecimal } from '../field/index.js'
import { isTiered, type RiskTable, type TierList, unitsText } from '../risk/index.js'
import type { InstrumentKind } from '../rules/index.js'
import type { Inclusion } from './file.js'

/** One slot of a customer's account, in whole units. */
export interface Balance {
  /** Symbol of the row of the risk table. */
  instrument: string
  /** Kind of the instrument. Derivatives have no reserves. */
  kind: InstrumentKind
  quantity: string
  /** Where the quantity is in shares: what they come to in units of the instrument, by the table's index. */
  units?: string
  /**
   * Where the row is a tier: of what instrument, which one of which list, and what percentage of its value
   * counts as collateral.
   */
  tier?: { of: string; list: TierList; number: number; percent: string }
}

/** Balances of an account without zeros, the rows of one instrument together. */
export function balancesOf(
  { slots }: { slots: readonly Pick<Inclusion['slots'][number], 'instrument' | 'symbol' | 'quantity'>[] },
  table: Pick<RiskTable, 'instruments' | 'scenarios'>,
): Balance[] {
  const tiers = tierOf(table)
  return slots
    .filter(({ quantity }) => quantity !== '0')
    .toSorted((a, b) => a.instrument - b.instrument)
    .map(({ instrument, symbol, quantity }) => {
      const tier = tiers[instrument]
      const { kind, decimals, index } = table.instruments[instrument]!
      const shares = index && parseDecimal(quantity, { decimals, signed: true })
      return {
        ...{ instrument: symbol, kind, quantity },
        ...(shares === undefined ? {} : { units: unitsText(shares, decimals, index!) }),
        ...(tier === undefined ? {} : { tier }),
      }
    })
}

function tierOf(table: Pick<RiskTable, 'instruments' | 'scenarios'>): Balance['tier'][] {
  if (!isTiered(table)) return []
  let of = ''
  let last: { list: TierList; number: number } | undefined
  return table.instruments.map(({ symbol, mark, tier }, row) => {
    if (tier === undefined) {
      of = symbol
      last = undefined
      return undefined
    }
    last = { list: tier.list, number: last?.list === tier.list ? last.number + 1 : 1 }
    const { long } = table.scenarios[0]!.values[row]!
    return { of, ...last, percent: mark === 0n ? '0' : formatDecimal((long * 10_000n) / mark, 2) }
  })
}
