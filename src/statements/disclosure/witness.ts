import type { RiskColumns, TableSizes } from '../../risk/index.js'
import { type FirstStateParts, firstStateOf } from '../ledger/fold.js'
import { pledgedTotals } from '../ledger/totals.js'
import { reservesCommitment } from '../solvency/witness.js'
import { type ShownFigures, shownDigest } from './shown.js'
import type { DisclosureSignals } from './signals.js'

/** Everything that one `disclosure` proof is about: the public signals and what opens them. Private. */
export interface DisclosureWitness {
  signals: DisclosureSignals
  sizes: TableSizes
  accountsRoot: bigint
  riskRoot: bigint
  weightedTotalsDigest: bigint
  /** By key, in smallest units. */
  totals: readonly bigint[]
  /** Of every spot instrument what is held of it in its tiers; nothing without tiers. */
  pledged: readonly bigint[]
  totalsBlind: bigint
  /** What opens the commitment to reserves; `undefined` where they take no part. */
  held?: HeldReserves
  /** Which instruments' totals, and which spot instruments' reserves are shown. */
  showsTotals: readonly boolean[]
  showsReserves: readonly boolean[]
  ratios: readonly bigint[]
  valueRatio: bigint
  loanFactors: readonly bigint[]
  marks: readonly bigint[]
}

/** What opens a commitment to reserves, by spot instrument. Private. */
export interface HeldReserves {
  reserves: readonly bigint[]
  /** As many. */
  insurance: readonly bigint[]
  blind: bigint
}

/** What a venue chooses to show, by instrument of the instance. */
export type Choice = Pick<DisclosureWitness, 'showsTotals' | 'showsReserves' | 'ratios' | 'valueRatio'>

/**
 * Puts together what a disclosure is proven over: what solvency has committed to, and what is shown of it.
 *
 * @param parts everything at the sizes of the columns
 */
export function disclosureWitness(
  parts: Omit<FirstStateParts, 'columns'> &
    Choice & {
      columns: RiskColumns
      held?: HeldReserves
      loanFactors: readonly bigint[]
      context: bigint
    },
): DisclosureWitness {
  const { columns, context, ...rest } = parts
  const { sizes } = columns
  const marks = columns.marks.slice(0, sizes.spots)
  const opened = {
    ...rest,
    sizes,
    marks,
    pledged: sizes.tiers > 0 ? pledgedTotals(parts.totals, columns) : [],
  }
  const { held } = parts
  return {
    ...opened,
    signals: {
      firstState: firstStateOf(parts),
      reservesCommitment: held ? reservesCommitment(held.reserves, held.insurance, held.blind) : 0n,
      shown: shownDigest(shownOf(opened)),
      context,
    },
  }
}

/** What a witness shows. */
export function shownOf(witness: Omit<DisclosureWitness, 'signals'>): ShownFigures {
  const { sizes, totals, held, showsTotals, showsReserves } = witness
  const { ratios, valueRatio, loanFactors, marks } = witness
  return {
    totals: showsTotals.map((isShown, i) => {
      const [long, short] = [longOf(witness, i), totals[2 * i + (i < sizes.spots ? 1 : 0)]!]
      return isShown ? { long, short } : undefined
    }),
    reserves: showsReserves.map((isShown, i) =>
      isShown ? { reserves: held?.reserves[i] ?? 0n, insurance: held?.insurance[i] ?? 0n } : undefined,
    ),
    ...{ ratios, valueRatio, loanFactors, marks },
  }
}

/** What is owed of an instrument, over all its rows. */
export function longOf(
  { totals, pledged }: Pick<DisclosureWitness, 'totals' | 'pledged'>,
  i: number,
): bigint {
  return totals[2 * i]! + (pledged[i] ?? 0n)
}

/** The same ledger and reserves, of which no more is shown than this. */
export function showing(
  witness: DisclosureWitness,
  shown: Pick<ShownFigures, 'totals' | 'reserves' | 'ratios' | 'valueRatio'>,
  needsReserves: boolean,
): DisclosureWitness {
  const { held, signals, ...rest } = witness
  const choice = {
    showsTotals: shown.totals.map((pair) => pair !== undefined),
    showsReserves: shown.reserves.map((pair) => pair !== undefined),
    ratios: shown.ratios,
    valueRatio: shown.valueRatio,
  }
  const less = { ...rest, ...choice, ...(needsReserves && held && { held }) }
  return {
    ...less,
    signals: {
      ...signals,
      reservesCommitment: needsReserves ? signals.reservesCommitment : 0n,
      shown: shownDigest(shownOf(less)),
    },
  }
}
