import type { Disclosed, EpochEvidence, ReadEpoch } from '../epoch/index.js'
import { formatDecimal } from '../field/index.js'
import type { EvidenceClass } from '../reserves/index.js'
import { type RiskTable, rowsByKind } from '../risk/index.js'

/** Reserves of an instrument that the venue shows, beside what its addresses show. Exact decimals. */
export interface BackedReserves {
  symbol: string
  reserves: string
  /** All layers of the waterfall together. */
  layers: string
  /** Whether addresses show at least both together, in the classes that count. */
  enough: boolean
}

/** What stands behind the reserves of an epoch, as far as its evidence holds. */
export interface ReservesShown {
  /** The classes of evidence that count for the proof, the firmest first. */
  classes: readonly EvidenceClass[]
  /** `shown` where all follows from the evidence and from what the reader knows. */
  verdict: 'shown' | "on the venue's word"
  /** Accounts on the venue's list, and those that show something. */
  accounts: { listed: number; counted: number }
  /** The blocks that amounts are of, and who says that they are on their chains. */
  blocks: EpochEvidence['backing']['blocks']
  /** By instrument and purpose, exact decimals by class; classes are never added. */
  shown: EpochEvidence['backing']['shown']
  /** What the result rests on, and only the venue says. */
  words: readonly string[]
  /** Of every spot instrument whose reserves are disclosed, opened or proven. */
  compared?: readonly BackedReserves[]
}

/**
 * Evidence of an epoch for a report, beside the reserves that are disclosed; `undefined` where none holds.
 */
export function reservesShown(
  { table, evidence }: ReadEpoch,
  disclosed: Disclosed,
): ReservesShown | undefined {
  if (!evidence) return undefined
  const { classes, verdict, accounts, blocks, shown, words } = evidence.backing
  const compared = table ? backed(table, disclosed, evidence) : []
  return {
    ...{ classes, verdict, accounts, blocks, shown, words },
    ...(compared.length > 0 && { compared }),
  }
}

/** Reserves that are disclosed of a spot instrument with its layers, compared with what addresses show. */
export function backed(
  table: RiskTable,
  { reserves, chosen }: Disclosed,
  { shown }: EpochEvidence,
): BackedReserves[] {
  return rowsByKind(table).spots.flatMap((row) => {
    const held = reserves?.[row] ?? chosen?.reserves.get(row)
    if (held === undefined) return []
    const { symbol, decimals } = table.instruments[row]!
    return {
      symbol,
      reserves: formatDecimal(held.reserves, decimals),
      layers: formatDecimal(held.insurance, decimals),
      enough: held.reserves + held.insurance <= shown[row]!,
    }
  })
}
