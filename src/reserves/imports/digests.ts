import { blake2b } from '@noble/hashes/blake2.js'
import { sha256, sha512_256 } from '@noble/hashes/sha2.js'
import { keccak_256, sha3_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base32nopad, base58, base58xrp, bech32, createBase58check } from '@scure/base'
import { encodeAbiParameters } from 'viem/utils'
import { prefixed } from '../control/bitcoin-message.js'
import { hash160 } from '../control/bitcoin-script.js'
import type { PublicKey } from '../control/secp256k1.js'
import { evmAddress } from '../control/secp256k1.js'
import { tronAddress, tronHash } from '../control/tron.js'

const OKX_MAGIC = 'OKX Signed Message:\n'
const keccakText = (text: string) => keccak_256(utf8ToBytes(text))
const behind = (magic: string, bytes: Uint8Array) => keccak_256(concatBytes(utf8ToBytes(magic), bytes))
/** Text and a magic before it, each with its length in front. */
const okxBytes = (text: string) => concatBytes(prefixed(OKX_MAGIC), prefixed(text))
const okxHash = (text: string) => keccak_256(okxBytes(text))

/** A text as contracts take it. */
const abiText = (text: string) => hexToBytes(encodeAbiParameters([{ type: 'string' }], [text]).slice(2))

/** A hash that a key signs for a text, by the name that reports give it. */
export type Digest = readonly [form: string, hash: (text: string) => Uint8Array]

/**
 * What Ethereum's signers of lists hash: wallets the text, OKX its hash, Summa the hash of the text as
 * contracts take it, some the text's hash with no prefix.
 */
export const EVM_DIGESTS: readonly Digest[] = [
  ['personal-hash', (text) => behind('\x19Ethereum Signed Message:\n32', keccakText(text))],
  [
    'personal-text',
    (text) => {
      const bytes = utf8ToBytes(text)
      return behind(`\x19Ethereum Signed Message:\n${bytes.length}`, bytes)
    },
  ],
  ['personal-abi', (text) => behind('\x19Ethereum Signed Message:\n32', keccak_256(abiText(text)))],
  ['keccak', keccakText],
  ['okx-ecdsa', okxHash],
]

/**
 * What Tron's signers hash: V2 the text with its length; V1 the text's hash or,
 * whatever its length, the text.
 */
export const TRON_DIGESTS: readonly Digest[] = [
  ['tron-v2', tronHash],
  ['tron-v1', (text) => behind('\x19TRON Signed Message:\n32', keccakText(text))],
  ['tron-v1-text', (text) => behind('\x19TRON Signed Message:\n32', utf8ToBytes(text))],
]

/** What chains with keys of secp256k1 and no message of their own hash in OKX's lists. */
export const OKX_DIGESTS: readonly Digest[] = [['okx-ecdsa', okxHash]]

/** What ed25519 keys sign: the text, or OKX's magic before it. */
export const ED25519_MESSAGES: readonly Digest[] = [
  ['okx-ed25519', okxBytes],
  ['ed25519', utf8ToBytes],
]

/** How a key's address is written on the chains of `secp256k1`, where that is known here. */
export const ECDSA_ADDRESSES = {
  evm: evmAddress,
  tron: tronAddress,
  xrp: (key: PublicKey) => xrpCheck(concatBytes(Uint8Array.of(0), hash160(key.toRawBytes(true)))),
} as const

/** XRP's base58 has an alphabet of its own, and the check sum of Bitcoin's. */
function xrpCheck(bytes: Uint8Array): string {
  return base58xrp.encode(concatBytes(bytes, sha256(sha256(bytes)).subarray(0, 4)))
}

const SS58 = utf8ToBytes('SS58PRE')
const ss58 = (network: number) => (key: Uint8Array) => {
  const bytes = concatBytes(Uint8Array.of(network), key)
  return base58.encode(concatBytes(bytes, blake2b(concatBytes(SS58, bytes)).subarray(0, 2)))
}
const hex = (bytes: Uint8Array) => `0x${bytesToHex(bytes)}`

/** How an ed25519 key's address is written, by what lists call the chain. */
export const ED25519_ADDRESSES: readonly [networks: RegExp, address: (key: Uint8Array) => string][] = [
  [/^(?:.*-)?(?:SOL|SOLANA|SPL)$/, (key) => base58.encode(key)],
  [/^(?:.*-)?(?:APT|APTOS|APTOS-FA)$/, (key) => hex(sha3_256(concatBytes(key, Uint8Array.of(0))))],
  [/^(?:.*-)?SUI$/, (key) => hex(blake2b(concatBytes(Uint8Array.of(0), key), { dkLen: 32 }))],
  [/^(?:DOT|ASSET[-_]HUB)$/, ss58(0)],
  [/^(?:KSM|ASSET_HUB_KSM)$/, ss58(2)],
  [
    /^ADA$/,
    (key) =>
      bech32.encode(
        'addr',
        bech32.toWords(concatBytes(Uint8Array.of(0x61), blake2b(key, { dkLen: 28 }))),
        false,
      ),
  ],
  [/^(?:.*-)?ALGO$/, (key) => base32nopad.encode(concatBytes(key, sha512_256(key).subarray(28)))],
]

const base58check = createBase58check(sha256)
/** Whether a text is an address of Tron. */
export function isTron(address: string): boolean {
  try {
    return base58check.decode(address)[0] === 0x41
  } catch {
    return false
  }
}
