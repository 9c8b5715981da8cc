import { StatementError } from '../../errors/index.js'
import { riskDigests, someOf } from '../../risk/index.js'
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
import type { EpochBooks } from './epochs.js'

/** The steps of indices from one epoch to the next. */
export function stepsOf(before: EpochBooks, after: EpochBooks): IndexSteps {
  return indexSteps(before.table, after.table, after.manifest.sizes)
}

/**
 * What shows that indices pay no more interest than they charge; `undefined` where they pay none.
 *
 * @throws {StatementError} `SETTLEMENT_INTEREST` when they pay more
 */
export function interestWitness(before: EpochBooks, after: EpochBooks): DisclosureWitness | undefined {
  const steps = stepsOf(before, after)
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
  if (disclosureModel(witness).valid) return witness
  throw new StatementError(
    'SETTLEMENT_INTEREST',
    `indices pay more interest than they charge, of ${someOf(steps.moved)}`,
    { hint: 'Make the table of the epoch with `plimsoll risk accrue` and the accounts of that epoch.' },
  )
}
