import { sponge } from '../../../src/hash/index.js'
import { type BackingWitness, reservesCommitment } from '../../../src/statements/index.js'

export const BACKING_PUBLIC = ['reservesCommitment', 'evidence', 'context']

/** The main component of a backing of so many spot instruments. */
export function backingMain(spots: number): string {
  return `Backing(${spots})`
}

export const BACKING_SPOTS = 4

/** A venue that shows what it holds, to the unit, of the first instrument, and more of the second. */
export const HELD = { reserves: [5_000n, 69_500n, 0n, 0n], insurance: [9n, 400n, 0n, 0n] }
export const SHOWN = [5_009n, 70_000n, 3n, 0n]

/** What is held and shown, with its signals; the amounts need not hold together. */
export function backing(
  parts: Partial<Pick<BackingWitness, 'reserves' | 'insurance' | 'shown' | 'reservesBlind'>> = {},
): BackingWitness {
  const { reserves, insurance, shown, reservesBlind } = {
    ...{ ...HELD, shown: SHOWN, reservesBlind: 5_555n },
    ...parts,
  }
  return {
    signals: {
      reservesCommitment: reservesCommitment(reserves, insurance, reservesBlind),
      evidence: sponge('evidence', shown),
      context: 271_828n,
    },
    reserves,
    insurance,
    reservesBlind,
    shown,
  }
}
