import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { joined } from './bytes.js'

/** The beacon's round has to come at least this many seconds after the ceremony is closed. */
export const CLOSING_SECONDS = 3_600

/** SHA-256 is applied 2^10 times to a beacon's value, the least that snarkjs takes. */
export const BEACON_ITERATIONS = 10
/** A record that claims more is refused before it keeps a verifier busy. */
export const MOST_ITERATIONS = 20

/**
 * What one instance's last factor is derived from: the round's randomness and the instance's name, so that no
 * two instances share a factor.
 */
export function beaconValue(randomness: Uint8Array, instance: string): Uint8Array {
  return joined(randomness, utf8ToBytes(instance))
}

/** A beacon's value, hashed over and over. */
export function beaconSeed({ value, iterations }: { value: Uint8Array; iterations: number }): Uint8Array {
  let hash = value
  for (let i = 0; i < 2 ** iterations; i++) hash = sha256(hash)
  return hash
}
