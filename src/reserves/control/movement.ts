import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { type ControlContext, type ControlResult, inconclusive, invalid, valid } from './result.js'

/** Amounts are from 1 to this, in smallest units: small enough to move, too many to hit by chance. */
const AMOUNTS = 1_000_000n

/**
 * What an account has to send to itself to show that its keys are at hand, in smallest units of its chain's
 * coin: a number that follows from its text, so that no earlier transfer has it but by chance.
 *
 * @example
 * movementAmount('the text of the account') // 1n to 1_000_000n
 */
export function movementAmount(text: string): bigint {
  const [...bytes] = sha256(utf8ToBytes(text)).subarray(0, 16)
  return 1n + (bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % AMOUNTS)
}

/**
 * What a transfer from the account to itself carries in place of an amount: SHA-256 of its text, in hex. No
 * transfer that is older than the challenge has it.
 *
 * @example
 * movementDigest('the text of the account') // 64 hexadecimal digits
 */
export function movementDigest(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)))
}

/**
 * A transfer from the account to itself that carries the digest of its text, or is of the amount that the
 * text asks for and was made after the challenge. To itself, because customers send what they were told to
 * other addresses of a venue.
 */
export function verifyMovement({ account, text, movement, since = 0 }: ControlContext): ControlResult {
  if (movement === undefined) return inconclusive('nothing shows the transaction')
  const fault = () => {
    if (movement.from !== account.id) return 'the transfer is not from this account'
    if (movement.to !== account.id) return 'the transfer is not to the account itself'
    if (movement.data === movementDigest(text)) return undefined
    if (movement.amount !== movementAmount(text)) {
      return 'neither its amount nor what it carries is what this text asks for'
    }
    if (movement.time < since) return 'the transfer is older than the challenge'
    return undefined
  }
  const why = fault()
  return why === undefined
    ? { ...valid(), class: movement.class }
    : { ...invalid(why), class: movement.class }
}
