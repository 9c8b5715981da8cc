import type { CircuitInputs } from '../../field/index.js'
import { firstTierKey } from '../../risk/index.js'
import { firstState, shortfallsDigest } from '../ledger/state.js'
import type { DisclosureWitness } from './witness.js'

/** Inputs of the `disclosure` circuit for a witness. */
export function disclosureInputs(witness: DisclosureWitness): CircuitInputs {
  const { sizes, totals, held } = witness
  const { spots, derivatives, tiers, scenarios } = sizes
  const none = new Array<bigint>(spots).fill(0n)
  const bits = (list: readonly boolean[]) => list.map((isShown) => (isShown ? 1n : 0n))
  return {
    ...witness.signals,
    accountsRoot: witness.accountsRoot,
    riskRoot: witness.riskRoot,
    scenarios: BigInt(scenarios),
    weightedTotalsDigest: witness.weightedTotalsDigest,
    noShortfalls: shortfallsDigest(firstState(scenarios).shortfalls),
    spotTotals: Array.from({ length: spots }, (_, i) => [totals[2 * i]!, totals[2 * i + 1]!]),
    ...(derivatives > 0 && {
      derivativeTotals: Array.from({ length: derivatives }, (_, i) => totals[2 * (spots + i)]!),
    }),
    ...(tiers > 0 && { tierTotals: totals.slice(firstTierKey(sizes)), pledged: [...witness.pledged] }),
    totalsBlind: witness.totalsBlind,
    reserves: [...(held?.reserves ?? none)],
    insurance: [...(held?.insurance ?? none)],
    reservesBlind: held?.blind ?? 0n,
    opensReserves: held ? 1n : 0n,
    showsTotals: bits(witness.showsTotals),
    showsReserves: bits(witness.showsReserves),
    ratios: [...witness.ratios],
    valueRatio: witness.valueRatio,
    loanFactors: [...witness.loanFactors],
    marks: [...witness.marks],
  }
}
