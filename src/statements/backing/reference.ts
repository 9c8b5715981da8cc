import { TOTAL_BITS } from '../../field/index.js'
import { sponge } from '../../hash/index.js'
import { reservesCommitment } from '../solvency/witness.js'
import { type Verdict, verdict } from '../verdict.js'
import type { BackingWitness } from './witness.js'

/** The figures of one spot instrument, in smallest units. Private. */
export interface BackedFigures {
  /** Reserves and all layers that count. */
  held: bigint
  shown: bigint
  /** What is held beyond what is shown; 0n when addresses show enough. */
  missing: bigint
}

/** The arithmetic of `backing`, instrument by instrument, in exact integers. */
export function backedFigures({
  reserves,
  insurance,
  shown,
}: Pick<BackingWitness, 'reserves' | 'insurance' | 'shown'>): BackedFigures[] {
  return shown.map((amount, i) => {
    const held = reserves[i]! + insurance[i]!
    return { held, shown: amount, missing: amount < held ? held - amount : 0n }
  })
}

/** The plain model of `backing`: it accepts exactly what the circuit accepts. */
export function backingModel(witness: BackingWitness): Verdict {
  const { signals, reserves, insurance, reservesBlind, shown } = witness
  if (reserves.length !== shown.length || insurance.length !== shown.length) {
    return verdict(['the instruments are not as many as the instance has'])
  }
  const reasons: string[] = []
  const inRange = (value: bigint) => value >= 0n && value >> BigInt(TOTAL_BITS) === 0n
  if (!reserves.every(inRange)) reasons.push('a reserve is out of range')
  if (!insurance.every(inRange)) reasons.push('an insurance fund is out of range')
  if (reservesCommitment(reserves, insurance, reservesBlind) !== signals.reservesCommitment) {
    reasons.push('reservesCommitment does not open to reserves and insurance fund')
  }
  if (sponge('evidence', shown) !== signals.evidence) reasons.push('evidence is not that of what is shown')
  const figures = backedFigures(witness)
  if (figures.some(({ missing }) => missing > 0n)) reasons.push('more is held than addresses show')
  if (figures.some(({ held, shown: amount }) => (amount - held) >> BigInt(TOTAL_BITS) > 0n)) {
    reasons.push('an amount that is shown is out of range')
  }
  return verdict(reasons)
}
