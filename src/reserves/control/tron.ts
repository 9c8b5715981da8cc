import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { createBase58check } from '@scure/base'
import { type ControlContext, type ControlResult, invalid, valid } from './result.js'
import type { ControlOf } from './schema.js'
import { addressBytes, type PublicKey, recoverKey } from './secp256k1.js'

const PREFIX = Uint8Array.of(0x41)
const base58check = createBase58check(sha256)

/** A key's address on Tron. */
export const tronAddress = (key: PublicKey): string =>
  base58check.encode(concatBytes(PREFIX, addressBytes(key)))

/** The hash that wallets sign for a text since `signMessageV2`: its length stands before it. */
export function tronHash(text: string): Uint8Array {
  const bytes = utf8ToBytes(text)
  return keccak_256(concatBytes(utf8ToBytes(`\x19TRON Signed Message:\n${bytes.length}`), bytes))
}

export function verifyTron(control: ControlOf<'tron'>, { account, text }: ControlContext): ControlResult {
  const bytes = hexToBytes(control.signature.slice(2))
  const key = recoverKey(tronHash(text), bytes.subarray(0, 64), bytes[64]! - 27)
  if (key !== undefined && tronAddress(key) === account.address) return valid()
  return invalid("the signature is not this address's over this text")
}
