import { blake2b } from '@noble/hashes/blake2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import type { Curve } from 'ffjavascript'
import { ArtifactError } from '../../errors/index.js'
import { randomness } from '../../groth16/index.js'
import { joined } from './bytes.js'
import {
  type Contribution,
  type ContributionKey,
  contributionsBytes,
  makeContribution,
  parseContributions,
} from './contributions.js'
import { hasGroupOrder, isPoint, POINT_BYTES } from './curve-points.js'
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
  /**
   * Some affine points of K or H as they are after the turn.
   *
   * @throws {ArtifactError} `CEREMONY_TURN`
   */
  scaled(points: Uint8Array): Promise<Uint8Array>
  /** Overwrites the secret that it was made with. */
  wipe(): void
}

/**
 * The turn that multiplies δ by a factor: K and H over it, and a proof that the factor is known. Of a point
 * that is none of the group, such as one of the cusp y² = x³, its multiple would tell the factor: none is
 * multiplied.
 *
 * @param before the latest turn, or the initial key
 * @param where its file, for messages
 * @throws {ArtifactError} `CEREMONY_CONTRIBUTIONS`, `CEREMONY_TURN`
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
  if (!isPoint(G1, delta1) || !isPoint(G2, delta2) || !hasGroupOrder(curve, delta2))
    throw refused(where, 'δ is none of the curve, or outside the group: no secret is multiplied by it')
  const record = makeContribution(curve, contributions, delta1, key, about)
  const changedDelta2 = G2.toAffine(G2.timesFr(delta2, key.factor))
  const inverse = Fr.inv(key.factor)
  return {
    record,
    header: withDelta(before.header, record.deltaAfter, changedDelta2),
    contributions: contributionsBytes({ ...contributions, records: [...contributions.records, record] }),
    async scaled(points) {
      for (let at = 0; at < points.length; at += POINT_BYTES.g1) {
        const point = points.subarray(at, at + POINT_BYTES.g1)
        // Of what no row of the circuit uses, K has nothing.
        if (G1.isZero(point) || isPoint(G1, point)) continue
        throw refused(where, 'a point of K or H is none of the curve: no secret is multiplied by it')
      }
      return G1.batchApplyKey(points, inverse, Fr.one)
    },
    wipe() {
      inverse.fill(0)
      key.factor.fill(0)
    },
  }
}

/** Hint for a turn that nothing may be made of. */
export const ELSEWHERE = 'Fetch the folder again from somebody else, and tell its coordinator.'

function refused(where: string, why: string): ArtifactError {
  return new ArtifactError('CEREMONY_TURN', why, { where, hint: ELSEWHERE })
}
