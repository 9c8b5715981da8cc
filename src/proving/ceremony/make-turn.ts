import { blake2b } from '@noble/hashes/blake2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Curve } from 'ffjavascript'
import { randomness } from '../../groth16/index.js'
import { joined } from './bytes.js'
import {
  type Contribution,
  type ContributionKey,
  contributionsBytes,
  makeContribution,
  parseContributions,
} from './contributions.js'
import { type HeaderPoints, withDelta } from './turn-format.js'

/**
 * 32 secret bytes of one contribution to one instance: Web Crypto's, and whatever the contributor added,
 * hashed together. Each instance has its own.
 *
 * @param entropy the contributor's own bytes; they make it stronger, and cannot make it weaker
 * @throws {ArtifactError} `NO_RANDOMNESS`
 */
export function freshSeed(entropy: Uint8Array, instance: string): Uint8Array {
  const drawn = randomness().getRandomValues(new Uint8Array(64))
  const mixed = joined(drawn, blake2b(entropy), utf8ToBytes(instance))
  const seed = blake2b(mixed, { dkLen: 32 })
  drawn.fill(0)
  mixed.fill(0)
  return seed
}

/** A turn in the making: what it is but for its points, which are many. */
export interface NewTurn {
  record: Contribution
  /** The whole sections. */
  header: Uint8Array
  contributions: Uint8Array
  /** Some affine points of K or H as they are after the turn. */
  scaled(points: Uint8Array): Promise<Uint8Array>
  /** Overwrites the secret that it was made with. */
  wipe(): void
}

/**
 * The turn that multiplies δ by a factor: K and H over it, and a proof that the factor is known.
 *
 * @param before the latest turn, or the initial key
 * @param where its file, for messages
 * @throws {ArtifactError} `CEREMONY_CONTRIBUTIONS`
 */
export function makeTurn(
  curve: Curve,
  before: { header: Uint8Array; points: HeaderPoints; contributions: Uint8Array },
  where: string,
  key: ContributionKey,
  about: Pick<Contribution, 'name' | 'beacon'>,
): NewTurn {
  const { Fr, G1, G2 } = curve
  const contributions = parseContributions(before.contributions, where)
  const { delta1, delta2 } = before.points
  const record = makeContribution(curve, contributions, delta1, key, about)
  const changedDelta2 = G2.toAffine(G2.timesFr(delta2, key.factor))
  const inverse = Fr.inv(key.factor)
  return {
    record,
    header: withDelta(before.header, record.deltaAfter, changedDelta2),
    contributions: contributionsBytes({ ...contributions, records: [...contributions.records, record] }),
    scaled: (points) => G1.batchApplyKey(points, inverse, Fr.one),
    wipe() {
      inverse.fill(0)
      key.factor.fill(0)
    },
  }
}
