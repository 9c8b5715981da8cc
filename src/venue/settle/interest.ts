import { keyIndex, riskDigests, rowsByKind } from '../../risk/index.js'
import {
  type DisclosureWitness,
  disclosureModel,
  disclosureWitness,
  type IndexSteps,
  indexSteps,
  interestShown,
  paysInterest,
  settlementContext,
  weightedTotalsDigest,
} from '../../statements/index.js'
import { openLastState } from '../state-opening.js'
import type { SettlementBooks } from './balance.js'

/** The epochs between which indices step, and what of it gives back a loss. Private. */
export type SteppedBooks = Pick<SettlementBooks, 'before' | 'after' | 'recovered'>

/** The steps of indices from one epoch to the next. */
export function stepsOf({ before, after, recovered }: SteppedBooks): IndexSteps {
  return indexSteps(before.table, after.table, after.manifest.sizes, recovered)
}

/** Symbols of instruments of which holders are paid more interest than borrowers are charged. */
export function overpaid(books: SteppedBooks): string[] {
  const { manifest, record, table, folder } = books.after
  const { paid, charged } = stepsOf(books)
  if (!paysInterest({ paid })) return []
  const { totals } = openLastState(manifest, record, folder)
  const sum = (place: number, side: 'long' | 'short') => totals[keyIndex(manifest.sizes, place, side)!]!
  return rowsByKind(table).spots.flatMap((row, place) =>
    paid[place]! * sum(place, 'long') > charged[place]! * sum(place, 'short')
      ? [table.instruments[row]!.symbol]
      : [],
  )
}

/** What shows that indices pay no more interest than they charge; `undefined` where they pay none. */
export function interestWitness(books: SteppedBooks): DisclosureWitness | undefined {
  const { before, after } = books
  const steps = stepsOf(books)
  if (!paysInterest(steps)) return undefined
  const { manifest, record, table, folder } = after
  const { riskRoot, columns } = riskDigests(table, manifest.sizes)
  const ledger = openLastState(manifest, record, folder)
  const { ratios, valueRatio, loanFactors, totals, reserves } = interestShown(steps, columns)
  const witness = disclosureWitness({
    ...{ accountsRoot: ledger.accountsRoot, riskRoot, columns, totals: ledger.totals },
    totalsBlind: ledger.totalsBlind,
    weightedTotalsDigest: weightedTotalsDigest(
      ledger.weightedTotals,
      manifest.sizes,
      ledger.weightedTotalsBlind,
    ),
    showsTotals: totals.map((shown) => shown !== undefined),
    showsReserves: reserves.map((shown) => shown !== undefined),
    ...{ ratios, valueRatio, loanFactors },
    context: settlementContext(before.manifestSha256, after.manifestSha256),
  })
  if (!disclosureModel(witness).valid) throw new RangeError('interest that was checked cannot be proven')
  return witness
}
