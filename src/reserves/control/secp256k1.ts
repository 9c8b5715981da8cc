import { secp256k1 } from '@noble/curves/secp256k1.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** A public key of secp256k1. */
export type PublicKey = InstanceType<typeof secp256k1.ProjectivePoint>

/**
 * The key that made a signature over a hash, or nothing where no key can have.
 *
 * @param compact `r` and `s`, 32 bytes each
 * @param recovery which of the up to four keys
 * @param rules `anyS` takes both forms of a signature, of which chains take the lower one alone
 */
export function recoverKey(
  hash: Uint8Array,
  compact: Uint8Array,
  recovery: number,
  rules: { anyS?: boolean } = {},
): PublicKey | undefined {
  try {
    const signature = secp256k1.Signature.fromCompact(compact)
    if (signature.hasHighS() && !rules.anyS) return undefined
    return signature.addRecoveryBit(recovery).recoverPublicKey(hash)
  } catch {
    // Some signatures are no point's at all.
    return undefined
  }
}

/** The last 20 bytes of a key's Keccak hash: an address on Ethereum and, behind a prefix, on Tron. */
export function addressBytes(key: PublicKey): Uint8Array {
  return keccak_256(key.toRawBytes(false).subarray(1)).subarray(12)
}

/** A key's Ethereum address, lower case. */
export const evmAddress = (key: PublicKey): string => `0x${bytesToHex(addressBytes(key))}`
