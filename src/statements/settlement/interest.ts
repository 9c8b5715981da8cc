import { RATIO_BITS } from '../../field/index.js'
import {
  indexOf,
  type RiskColumns,
  type RiskTable,
  rowsByKind,
  type ShareIndex,
  stepGrain,
} from '../../risk/index.js'
import type { ShownFigures } from '../disclosure/shown.js'

/** How the indices of a risk table stepped since the one before, by spot place. */
export interface IndexSteps {
  /**
   * Interest that a long share is paid, in one grain of its instrument, rounded up; 0n where it is paid none.
   */
  paid: bigint[]
  /** What a short share is charged, in the same grain, rounded down; 0n where nothing is paid. */
  charged: bigint[]
  /** Symbols of which a long or a short share is more or fewer units than before. */
  moved: string[]
  /** Those of which it is fewer: a loss that its holders share. */
  cut: string[]
  /** Symbols of which a short share is fewer units than before: loans were let off. */
  letOff: string[]
  /** Symbols of which more is said to be given back than the step is. */
  overstated: string[]
}

/**
 * By symbol, what of the step of a long index gives back a loss of before, in 10^-12 units a share: the venue
 * says so, and pays it.
 */
export type Recovered = ReadonlyMap<string, bigint>

/**
 * The steps of all indices from one table to the next. An instrument without an index has one unit a share;
 * one that is new begins with the index that it has.
 *
 * @param sizes of the statement: spot places
 * @param recovered what gives back a loss: it needs no proof that it was charged
 */
export function indexSteps(
  before: Pick<RiskTable, 'instruments'>,
  after: Pick<RiskTable, 'instruments'>,
  { spots }: { spots: number },
  recovered: Recovered = new Map(),
): IndexSteps {
  const rows = rowsByKind(after).spots
  const earlier = rowsByKind(before).spots
  const steps: IndexSteps = { paid: [], charged: [], moved: [], cut: [], letOff: [], overstated: [] }
  const raised = new Map<string, bigint>()
  for (let place = 0; place < spots; place++) {
    const row = after.instruments[rows[place] ?? -1]
    const from = before.instruments[earlier[place] ?? -1]
    const [step, charged] = row && from ? stepOf(indexOf(from), indexOf(row)) : [0n, 0n]
    if (row) raised.set(row.symbol, step)
    const paid = step - ((row && recovered.get(row.symbol)) ?? 0n)
    if (step !== 0n || charged !== 0n) steps.moved.push(row!.symbol)
    if (step < 0n) steps.cut.push(row!.symbol)
    if (charged < 0n) steps.letOff.push(row!.symbol)
    const isPaid = paid > 0n
    let grain = isPaid ? stepGrain(paid, charged > 0n ? charged : 0n) : 1n
    // What is paid is rounded up, which may take it to the next power of two.
    if (((paid + grain - 1n) / grain) >> BigInt(RATIO_BITS) > 0n) grain *= 10n
    steps.paid.push(isPaid ? (paid + grain - 1n) / grain : 0n)
    steps.charged.push(isPaid && charged > 0n ? charged / grain : 0n)
  }
  for (const [symbol, back] of recovered) {
    if (back <= 0n || back > (raised.get(symbol) ?? 0n)) steps.overstated.push(symbol)
  }
  return steps
}

/**
 * What a proof of `disclosure` shows when no more interest is paid than charged: its rule, reserves + loan
 * factor · short ≥ ratio · long, with steps of indices in the place of ratio and factor. It opens no
 * commitment to reserves, which leaves them free: so it shows of each that there are none.
 *
 * @param columns of the later table
 */
export function interestShown({ paid, charged }: IndexSteps, { sizes, marks }: RiskColumns): ShownFigures {
  const { spots, derivatives } = sizes
  return {
    totals: new Array(spots + derivatives).fill(undefined),
    reserves: new Array(spots).fill({ reserves: 0n, insurance: 0n }),
    ratios: paid,
    valueRatio: 0n,
    loanFactors: charged,
    marks: marks.slice(0, spots),
  }
}

/** Whether some share is paid interest, of which a settlement then has a proof. */
export function paysInterest({ paid }: Pick<IndexSteps, 'paid'>): boolean {
  return paid.some((step) => step > 0n)
}

function stepOf(from: ShareIndex, to: ShareIndex): [paid: bigint, charged: bigint] {
  return [to.long - from.long, to.short - from.short]
}
