import { formatDecimal, type Slot } from '../field/index.js'
import { type Asset, isTiered, type RiskTable } from '../risk/index.js'
import type { Fault } from './findings.js'
import { fitsSlot, type InstrumentHolding, pledgedOf } from './holdings.js'

/**
 * What keeps an account from being proven by a table with tiers: pledges above what it has, or debts at full
 * price above what its slots count for in the collateral column. Private: faults have amounts.
 */
export function tierFaults(
  table: RiskTable,
  assets: readonly Asset[],
  holdings: readonly InstrumentHolding[],
  slots: readonly Slot[],
): Fault[] {
  if (!isTiered(table)) return []
  const faults: Fault[] = []
  for (const holding of holdings) {
    const { symbol, decimals } = assets[holding.instrument]!
    const pledged = pledgedOf(holding)
    if (pledged > holding.long) {
      faults.push(aboveEquity(symbol, decimals, holding.long, pledged))
    }
  }
  let debt = 0n
  let collateral = 0n
  const { values } = table.scenarios[0]!
  for (const slot of slots) {
    const { long, short } = values[slot.instrument]!
    if (slot.quantity < 0n) debt -= slot.quantity * short
    else collateral += slot.quantity * long
    if (!fitsSlot(slot)) {
      faults.push({
        severity: 'error',
        code: 'LEDGER_RANGE',
        reason: 'in all, with what is pledged, too large a quantity',
        hint: 'Give the instrument fewer decimals in the risk table.',
        instrument: table.instruments[slot.instrument]!.symbol,
        amounts: {},
      })
    }
  }
  if (debt > collateral) faults.push(aboveCollateral(debt, collateral, table.valueDecimals))
  return faults
}

export function aboveEquity(instrument: string, decimals: number, equity: bigint, pledged: bigint): Fault {
  return {
    severity: 'error',
    code: 'COLLATERAL_ABOVE_EQUITY',
    reason: 'collateral above equity',
    instrument,
    amounts: { equity: formatDecimal(equity, decimals), collateral: formatDecimal(pledged, decimals) },
  }
}

export function aboveCollateral(debt: bigint, collateral: bigint, valueDecimals: number): Fault {
  return {
    severity: 'error',
    code: 'DEBT_ABOVE_COLLATERAL',
    reason: 'debt above haircut collateral',
    amounts: {
      debt: formatDecimal(debt, valueDecimals),
      collateral: formatDecimal(collateral, valueDecimals),
    },
  }
}
