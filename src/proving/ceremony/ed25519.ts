import { createPublicKey, verify } from 'node:crypto'

/** What stands before the 32 bytes of an Ed25519 key in DER. */
const DER = Buffer.from('302a300506032b6570032100', 'hex')

/**
 * Whether bytes have an Ed25519 signature by a key.
 *
 * @param key 32 bytes
 * @param signature 64 bytes
 */
export function isSignedBy(key: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  const der = createPublicKey({ key: Buffer.concat([DER, key]), format: 'der', type: 'spki' })
  return verify(null, data, der, signature)
}
