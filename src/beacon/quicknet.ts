import { sha256 } from '@noble/hashes/sha2.js'
import { hexToBytes } from '@noble/hashes/utils.js'
import { InputError } from '../errors/index.js'

/** Public randomness that nobody can foresee and anyone can verify: drand's chain `quicknet`. */
export const QUICKNET = {
  kind: 'drand-quicknet',
  chainHash: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  /** Seconds since 1970-01-01 UTC of round 1, and seconds from each round to the next. */
  genesis: 1_692_803_367,
  period: 3,
} as const

/** Of the network, a point of G2 of BLS12-381: its signatures are points of G1. */
const PUBLIC_KEY =
  '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451' +
  '0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a'
const DOMAIN = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_'

/** When a round is published, in seconds since 1970-01-01 UTC. */
export function roundTime(round: number): number {
  return QUICKNET.genesis + (round - 1) * QUICKNET.period
}

/**
 * The randomness of a round, from the network's signature of it.
 *
 * @param signature 48 bytes in hex, as the network publishes it
 * @throws {InputError} `BEACON_SIGNATURE` when it is not the network's signature of this round
 */
export async function roundRandomness(round: number, signature: string): Promise<Uint8Array> {
  const { bls12_381: bls } = await import('@noble/curves/bls12-381')
  const message = new Uint8Array(8)
  new DataView(message.buffer).setBigUint64(0, BigInt(round))
  try {
    const signed = bls.verifyShortSignature(signature, sha256(message), PUBLIC_KEY, { DST: DOMAIN })
    if (!signed) throw new Error('a signature of something else')
  } catch (cause) {
    throw new InputError('BEACON_SIGNATURE', `not the signature of drand quicknet's round ${round}`, {
      cause,
      hint: `Take the answer of https://api.drand.sh/${QUICKNET.chainHash}/public/${round}.`,
    })
  }
  return sha256(hexToBytes(signature))
}
