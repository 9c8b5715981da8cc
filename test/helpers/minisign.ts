import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'

/**
 * A key like those of minisign, the same for the same number.
 *
 * @param id what the key says its number is
 */
export function minisignKey(number: number, id = number) {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.alloc(32, number),
  ])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12)
  const named = (algorithm: string, content: Uint8Array) =>
    Buffer.concat([Buffer.from(algorithm), Buffer.alloc(8, id), content]).toString('base64')
  return {
    publicKey: named('Ed', raw),
    /** What `minisign -S` writes, or, of the text itself, `minisign -Sl`. */
    sign(text: string, { prehashed = true } = {}): string {
      const content = prehashed ? createHash('blake2b512').update(text).digest() : Buffer.from(text)
      const signature = sign(null, content, key)
      const comment = 'timestamp:1700000000\tfile:attestation.txt'
      const about = sign(null, Buffer.concat([signature, Buffer.from(comment)]), key)
      return [
        'untrusted comment: signature from minisign secret key',
        named(prehashed ? 'ED' : 'Ed', signature),
        `trusted comment: ${comment}`,
        `${about.toString('base64')}\n`,
      ].join('\n')
    },
  }
}
