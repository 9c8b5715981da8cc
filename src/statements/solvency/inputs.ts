import { type CircuitInputs, toBits, toField } from '../../field/index.js'
import { ACCOUNTS_DEPTH } from '../../hash/index.js'
import { firstTierKey } from '../../risk/index.js'
import { pledgedTotals } from '../ledger/totals.js'
import type { SolvencyWitness } from './witness.js'

/** Inputs of the `solvency` circuit for a witness. */
export function solvencyInputs(witness: SolvencyWitness): CircuitInputs {
  const { policy, state, table, totals, last } = witness
  const { sizes, marks, scenarios, tiers } = table.columns
  const { spots, derivatives } = sizes
  const first = firstTierKey(sizes)
  return {
    ...witness.signals,
    lastBits: toBits(BigInt(last.place), 4 * ACCOUNTS_DEPTH),
    last: last.root,
    children: last.children.map((level) => [...level]),
    spotTotals: Array.from({ length: spots }, (_, i) => totals.slice(2 * i, 2 * i + 2)),
    totalsBlind: witness.totalsBlind,
    blind: state.blind,
    reserves: [...witness.reserves],
    reservesBlind: witness.reservesBlind,
    marks: marks.map(toField),
    rowsDigest: table.rowsDigest,
    valueRatio: policy.valueRatio,
    minimumRatios: policy.instruments.map(({ minimumRatio }) => minimumRatio),
    loanFactors: policy.instruments.map(({ loanFactor }) => loanFactor),
    ...(derivatives === 0
      ? {}
      : {
          derivativeTotals: Array.from({ length: derivatives }, (_, i) => totals[2 * (spots + i)]!),
        }),
    ...(scenarios.length === 0
      ? {}
      : {
          weightedTotals: [...witness.weightedTotals],
          weightedTotalsBlind: [witness.weightedTotalsBlind],
          shortfalls: state.shortfalls.map(({ sum }) => sum),
          below: state.shortfalls.map(({ accounts }) => accounts),
          insurance: [...witness.insurance],
          names: scenarios.map(({ name }) => name),
          requirement: scenarios.map(({ requirement }) => (requirement ? 1n : 0n)),
          values: scenarios.map(({ values }) => values.map(toField)),
          mostShortfall: policy.scenarios.map(({ mostShortfall }) => mostShortfall),
          mostAccounts: policy.scenarios.map(({ mostAccounts }) => mostAccounts),
        }),
    ...(tiers.length === 0
      ? {}
      : {
          tierTotals: totals.slice(first),
          pledged: pledgedTotals(totals, table.columns),
          widths: tiers.map(({ width }) => width),
          owners: tiers.map(({ owner }) => BigInt(owner)),
        }),
  }
}
