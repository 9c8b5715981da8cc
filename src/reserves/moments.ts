import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { roundRandomness, roundTime } from '../beacon/index.js'
import { ProofError } from '../errors/index.js'
import type { Challenge, DrandRound } from './challenge.js'

/**
 * The moments of a challenge in seconds since 1970-01-01 UTC: the one that it names, or those that a round of
 * drand picks between its two ends. Moment `j` is `from + sha256(randomness, j) mod (to - from + 1)`.
 *
 * @param drand the round that picks them, with its signature; nothing where the moment is fixed
 * @throws {InputError} `BEACON_SIGNATURE`
 * @throws {ProofError} `RESERVES_MOMENT` for another round, or one that was known before the last moment
 */
export async function momentsOf({ moment }: Challenge, drand?: DrandRound): Promise<number[]> {
  if (moment.kind === 'fixed') return [moment.timestamp]
  const { from, to, round, count } = moment
  if (roundTime(round) < to) {
    throw new ProofError(
      'RESERVES_MOMENT',
      'the round that picks the moments is known before the last of them',
      {
        hint: 'Name a round that drand signs after the period: then money has to be there all the time.',
      },
    )
  }
  if (drand?.round !== round) {
    throw new ProofError('RESERVES_MOMENT', 'the signature of the round that picks the moments is missing', {
      hint: `Put round ${round} of drand's quicknet and its signature into drand.json.`,
    })
  }
  const randomness = await roundRandomness(drand.round, drand.signature)
  return Array.from({ length: count }, (_, j) => {
    const drawn = sha256(Uint8Array.of(...randomness, j))
    return from + Number(BigInt(`0x${bytesToHex(drawn)}`) % BigInt(to - from + 1))
  })
}
