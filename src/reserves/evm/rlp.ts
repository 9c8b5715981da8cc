import { fromRlp } from 'viem/utils'
import { ProofError } from '../../errors/index.js'

/** What RLP encodes: bytes, or a list of such. */
export type Rlp = Uint8Array | readonly Rlp[]

/**
 * Decodes exactly one item, in the one form that RLP has for it.
 *
 * @param what the thing decoded, for messages
 * @throws {ProofError} `RESERVES_RLP`
 */
export function decodeRlp(bytes: Uint8Array, what: string): Rlp {
  try {
    if (bytes.length > 0) return fromRlp(bytes, 'bytes')
  } catch {
    // What is wrong with it, the message says for every case.
  }
  throw new ProofError('RESERVES_RLP', `${what} is not canonical RLP`, {
    hint: 'Collect the evidence again.',
  })
}

/**
 * Where the item that starts at a place of the bytes ends, by its own length; past the bytes when they end
 * before it does.
 */
export function endOfItem(bytes: Uint8Array, start: number): number {
  const prefix = bytes[start]!
  if (prefix < 0x80) return start + 1
  const short = prefix < 0xc0 ? 0x80 : 0xc0
  if (prefix <= short + 55) return start + 1 + prefix - short
  const width = prefix - short - 55
  let length = 0
  // Missing bytes count as the highest, so that the item ends past the bytes.
  for (let i = 1; i <= width; i++) length = length * 256 + (bytes[start + i] ?? 255)
  return start + 1 + width + length
}

/** An integer in big-endian bytes without a leading zero, or undefined for anything else. */
export function integerOf(item: Rlp | undefined, bytes: number): bigint | undefined {
  if (!(item instanceof Uint8Array) || item.length > bytes || item[0] === 0) return undefined
  return item.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

/** Whether an item is a string of so many bytes. */
export function isBytes(item: Rlp | undefined, length: number): item is Uint8Array {
  return item instanceof Uint8Array && item.length === length
}
