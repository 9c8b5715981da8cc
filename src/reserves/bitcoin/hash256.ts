import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'

/** SHA-256, twice: what names transactions and blocks. */
export function hash256(bytes: Uint8Array): Uint8Array {
  return sha256(sha256(bytes))
}

/** A hash as people write it: its last byte first, in lower-case hex. */
export function shownHash(hash: Uint8Array): string {
  return bytesToHex(Uint8Array.from(hash).reverse())
}

/** The bytes of a hash that is written so. */
export function hashOf(shown: string): Uint8Array {
  return hexToBytes(shown).reverse()
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
