import { RATIO_BITS, RATIO_ONE, TOTAL_BITS, VALUE_BITS } from '../../field/index.js'
import { firstStateOpened } from '../ledger/fold.js'
import { openedTotalsDigest } from '../ledger/totals.js'
import { reservesCommitment } from '../solvency/witness.js'
import { type Verdict, verdict } from '../verdict.js'
import { shownDigest } from './shown.js'
import { type DisclosureWitness, longOf, shownOf } from './witness.js'

/** The highest ratios that hold, rounded down to parts per million; `undefined` where nothing is owed. */
export interface HighestRatios {
  /** Of every spot instrument. */
  ratios: readonly (bigint | undefined)[]
  /** Of all of them at mark. */
  valueRatio: bigint | undefined
}

type Counted = Pick<DisclosureWitness, 'sizes' | 'totals' | 'pledged' | 'held' | 'loanFactors' | 'marks'>

/** Of every spot instrument, in smallest units times 10^6, what counts, and what is owed once. */
function countedOf(witness: Counted): { counted: bigint; long: bigint; mark: bigint }[] {
  const { totals, held, loanFactors, marks } = witness
  return marks.map((mark, i) => ({
    counted: (held?.reserves[i] ?? 0n) * RATIO_ONE + loanFactors[i]! * totals[2 * i + 1]!,
    long: longOf(witness, i),
    mark,
  }))
}

/**
 * The highest ratios that a venue can show: reserves, and loans as the policy counts them, for a unit owed.
 */
export function highestRatios(witness: Counted): HighestRatios {
  const most = (1n << BigInt(RATIO_BITS)) - 1n
  const down = (counted: bigint, owed: bigint) => {
    if (owed === 0n) return undefined
    return counted / owed < most ? counted / owed : most
  }
  const all = countedOf(witness)
  const sum = (of: (one: (typeof all)[number]) => bigint) => all.reduce((total, one) => total + of(one), 0n)
  return {
    ratios: all.map(({ counted, long }) => down(counted, long)),
    valueRatio: down(
      sum(({ counted, mark }) => counted * mark),
      sum(({ long, mark }) => long * mark),
    ),
  }
}

/** The plain model of `disclosure`: it accepts exactly what the circuit accepts. */
export function disclosureModel(witness: DisclosureWitness): Verdict {
  const { signals, sizes, totals, pledged, totalsBlind, held, ratios, valueRatio } = witness
  const reasons: string[] = []
  const { accountsRoot, riskRoot, weightedTotalsDigest } = witness
  const digest = openedTotalsDigest({ totals, pledged, sizes, blind: totalsBlind })
  const opened = { accountsRoot, riskRoot, totalsDigest: digest, scenarios: sizes.scenarios }
  if (firstStateOpened(opened, weightedTotalsDigest) !== signals.firstState) {
    reasons.push('firstState is not that of the totals')
  }
  const fits = (value: bigint, bits: number) => value >= 0n && value >> BigInt(bits) === 0n
  if (![...(held?.reserves ?? []), ...(held?.insurance ?? [])].every((value) => fits(value, TOTAL_BITS))) {
    reasons.push('a reserve or an insurance fund is out of range')
  }
  const commitment = held ? reservesCommitment(held.reserves, held.insurance, held.blind) : 0n
  if (commitment !== signals.reservesCommitment) {
    reasons.push('reservesCommitment does not open to reserves and insurance fund')
  }
  if (shownDigest(shownOf(witness)) !== signals.shown) reasons.push('shown is not that of what is shown')
  const all = countedOf(witness)
  const bits = TOTAL_BITS + RATIO_BITS + 1
  if (!all.every(({ counted, long }, i) => fits(counted - ratios[i]! * long, bits))) {
    reasons.push('a ratio of an instrument does not hold')
  }
  const surplus = all.reduce((sum, { counted, long, mark }) => sum + mark * (counted - valueRatio * long), 0n)
  if (!fits(surplus, bits + VALUE_BITS + 14)) reasons.push('the ratio at mark does not hold')
  return verdict(reasons)
}
