import { InputError } from '../errors/index.js'
import { haircutValue, PLEDGES, type TierTable } from '../risk/index.js'
import { holdingsOf, pledgedOf } from './holdings.js'
import type { Judge } from './judge.js'
import { assetsOfTierTable, type Layout } from './layout.js'
import { cutNotes, quantityReader } from './quantity.js'
import { aboveCollateral, aboveEquity } from './tier-faults.js'
import { InstrumentSums } from './totals.js'

/**
 * Holds accounts to a tier table: of each asset an account has at least what it has pledged, and what its pledges count for
 * (see `haircutValue`, which each pledge of each asset goes through by itself) covers what it owes at full price. An amount is
 * cut off at its asset's decimals, as the tooling that these files are made for does.
 */
export function tierJudge(table: TierTable, layout: Layout): Judge {
  const { instruments } = table
  const list = assetsOfTierTable(table)
  const totals = new InstrumentSums(list)
  let cut = 0
  return {
    read: quantityReader(layout, list, () => cut++),
    refuses: () => undefined,
    take(held, note) {
      let debt = 0n
      let collateral = 0n
      for (const holding of holdingsOf(held, list, layout.format)) {
        totals.add(holding)
        const { long, short, pledged } = holding
        const { symbol, decimals, mark, tiers } = instruments[holding.instrument]!
        const inAll = pledgedOf(holding)
        if (inAll > long) note(aboveEquity(symbol, decimals, long, inAll))
        debt += short * mark
        for (const [i, pledge] of PLEDGES.entries()) {
          collateral += haircutValue((pledged?.[i] ?? 0n) * mark, tiers[pledge])
        }
      }
      if (debt > collateral) note(aboveCollateral(debt, collateral, table.valueDecimals))
    },
    totals: () => totals.bySymbol(),
    scenarios: () => [],
    notes: () => [...layout.notes, ...table.notes, ...cutNotes(cut)],
  }
}

/**
 * A tier table is for wide files, and the two have the same assets.
 *
 * @throws {InputError} `LEDGER_HEADER`
 */
export function checkTierLayout(layout: Layout, table: TierTable, path: string): void {
  if (layout.format !== 'wide') {
    throw new InputError('LEDGER_HEADER', 'a tier table is for accounts in the wide format, with pledges', {
      where: `${path}:1`,
      hint: 'For accounts in other formats give a risk table (JSON).',
    })
  }
  const known = new Set(layout.quantities.map(({ key }) => key >> 1))
  const missing = table.instruments.filter((_, asset) => !known.has(asset)).map(({ symbol }) => symbol)
  if (missing.length > 0) {
    throw new InputError('LEDGER_HEADER', `no columns for ${missing.join(', ')} of the tier table`, {
      where: `${path}:1`,
      hint: 'Add the six columns of the asset, or take it out of the tier table.',
    })
  }
}
