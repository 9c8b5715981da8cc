import { createHash } from 'node:crypto'
import { isSignedBy } from './ed25519.js'

const ID_BYTES = 8
const SIGNATURE_BYTES = 64
/** The two letters before a key's number: of the text itself, or of its BLAKE2b hash. */
const ALGORITHM = { text: 'Ed', hash: 'ED' } as const
const LINES = /^untrusted comment: .*\n([A-Za-z0-9+/]{99}=)\ntrusted comment: (.*)\n([A-Za-z0-9+/]{86}==)$/

/**
 * Throws unless a signature as `minisign -S` writes it is of this text, by this key, with a trusted comment
 * that the key signed, too (https://jedisct1.github.io/minisign/).
 *
 * @param publicKey the second line of the signer's `.pub` file
 */
export function assertMinisigned(text: string, signature: string, publicKey: string): void {
  const [, head, comment, last] = LINES.exec(signature.replaceAll('\r\n', '\n').trim()) ?? []
  if (head === undefined) throw new Error('no signature')
  const [key, signed] = [parts(publicKey), parts(head)]
  const [content, about] = [Buffer.from(text), Buffer.from(comment!)]
  if (!signed.id.equals(key.id)) throw new Error('of another key')
  const data =
    signed.algorithm === ALGORITHM.text ? content : createHash('blake2b512').update(content).digest()
  if (!isSignedBy(key.rest, data, signed.rest)) throw new Error('another text')
  const both = Buffer.concat([signed.rest, about])
  if (!isSignedBy(key.rest, both, Buffer.from(last!, 'base64'))) throw new Error('another comment')
}

/** What minisign writes in base64: two letters, the number of a key, and the key or a signature. */
function parts(base64: string): { algorithm: string; id: Buffer; rest: Buffer } {
  const bytes = Buffer.from(base64, 'base64')
  const algorithm = bytes.toString('latin1', 0, 2)
  const rest = bytes.subarray(2 + ID_BYTES)
  const known = rest.length === SIGNATURE_BYTES ? Object.values<string>(ALGORITHM) : [ALGORITHM.text]
  if (!known.includes(algorithm)) throw new Error('unknown algorithm')
  return { algorithm, id: bytes.subarray(2, 2 + ID_BYTES), rest }
}
