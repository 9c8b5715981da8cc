import { ed25519 } from '@noble/curves/ed25519.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base58 } from '@scure/base'
import { type ControlContext, type ControlResult, invalid, valid } from './result.js'
import type { ControlOf } from './schema.js'

/** Bytes that begin no transaction, so that what is signed under them is none. */
const SIGNING_DOMAIN = concatBytes(Uint8Array.of(0xff), utf8ToBytes('solana offchain'))
/** Longest text, with its header, that a hardware wallet takes. */
const LEDGER_MAX = 1232 - 20

/**
 * A text under Solana's header for off-chain messages, version 0, as its command-line tool and hardware
 * wallets sign it. The header's format is 0 for printable ASCII on one line, 1 for other text that fits a
 * hardware wallet, and 2 for longer text.
 */
export function solanaOffChain(text: string): Uint8Array {
  const bytes = utf8ToBytes(text)
  const format = bytes.length > LEDGER_MAX ? 2 : /^[\x20-\x7e]*$/.test(text) ? 0 : 1
  const length = Uint8Array.of(bytes.length & 0xff, bytes.length >> 8)
  return concatBytes(SIGNING_DOMAIN, Uint8Array.of(0, format), length, bytes)
}

/**
 * Whether a key signed bytes, by the strict rules: each key and signature has one form, and keys whose
 * signatures anyone can make are refused.
 */
export function isEd25519(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false })
  } catch {
    // Some bytes are no point at all.
    return false
  }
}

export function verifyEd25519(
  control: ControlOf<'ed25519-raw'>,
  { account, text }: ControlContext,
): ControlResult {
  const key = base58Bytes(account.address, 32)
  if (key === undefined) return invalid('the address is not an ed25519 key')
  const signature = base58Bytes(control.signature, 64)
  if (signature === undefined) return invalid('the signature is not 64 bytes in base58')
  const message = control.form === 'raw' ? utf8ToBytes(text) : solanaOffChain(text)
  if (isEd25519(signature, message, key)) return valid({ form: control.form })
  return invalid("the signature is not this address's over this text")
}

function base58Bytes(text: string, length: number): Uint8Array | undefined {
  try {
    const bytes = base58.decode(text)
    return bytes.length === length ? bytes : undefined
  } catch {
    return undefined
  }
}
