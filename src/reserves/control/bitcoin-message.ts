import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base64 } from '@scure/base'
import { CompactSize, OutScript } from '@scure/btc-signer'
import { hash256, isSame } from '../bitcoin/index.js'
import { accountScript, hash160, type KeyScript, readScript } from './bitcoin-script.js'
import { type ControlContext, type ControlResult, inconclusive, invalid, valid } from './result.js'
import type { ControlOf } from './schema.js'
import { recoverKey } from './secp256k1.js'

/** What Bitcoin's signed messages begin with; other chains of its kind have words of their own. */
export const BITCOIN_MAGIC = 'Bitcoin Signed Message:\n'
/** First byte of a signature: from here on uncompressed keys, compressed ones, P2SH-P2WPKH, P2WPKH. */
const HEADERS = { uncompressed: 27, compressed: 31, nested: 35, native: 39, end: 43 } as const

/** A text's bytes with their number in front, as Bitcoin writes them. */
export const prefixed = (text: string): Uint8Array => {
  const bytes = utf8ToBytes(text)
  return concatBytes(CompactSize.encode(BigInt(bytes.length)), bytes)
}

/** The hash that a wallet signs for a text. */
export const messageHash = (text: string, magic = BITCOIN_MAGIC): Uint8Array =>
  hash256(concatBytes(prefixed(magic), prefixed(text)))

/** A key that signed, and which kind of address its signature says it is for. */
interface Signer {
  compressed: Uint8Array
  uncompressed: Uint8Array
  header: number
}

/**
 * The key that made a compact signature; nothing where none can have, or the first byte is not 27 to 42.
 *
 * @param rules see `recoverKey`
 */
export function compactSigner(
  signature: string,
  hash: Uint8Array,
  rules: { anyS?: boolean } = {},
): Signer | undefined {
  let bytes: Uint8Array
  try {
    bytes = base64.decode(signature)
  } catch {
    return undefined
  }
  const header = bytes[0]!
  if (bytes.length !== 65 || header < HEADERS.uncompressed || header >= HEADERS.end) return undefined
  const key = recoverKey(hash, bytes.subarray(1), (header - HEADERS.uncompressed) % 4, rules)
  return key && { compressed: key.toRawBytes(true), uncompressed: key.toRawBytes(false), header }
}

/**
 * Verifies messages signed the way Bitcoin's wallets did before BIP-322. The address is derived from the key;
 * wallets do not agree on the first byte for witness programs, so that of a compressed key counts for each
 * kind of address. Behind a script's hash, as many different keys have to sign as the script asks for.
 */
export function verifyBitcoinMessage(
  control: ControlOf<'bitcoin-message'>,
  { account, text }: ControlContext,
): ControlResult {
  const output = accountScript(account)
  const form = output && readScript(output)
  if (form === undefined) return inconclusive('the address is of a form that is not read here')
  const script = control.script === undefined ? undefined : hexToBytes(control.script.slice(2))
  return checkSigners(
    form,
    control.signatures.map((signature) => compactSigner(signature, messageHash(text))),
    script,
  )
}

/** Whether those who signed control an output, alone or as a script asks for. */
export function checkSigners(
  form: KeyScript,
  signers: readonly (Signer | undefined)[],
  script: Uint8Array | undefined,
): ControlResult {
  const known = signers.filter((signer) => signer !== undefined)
  if (known.length < signers.length) return invalid("a signature is no key's, or not in its one form")
  if (script !== undefined) return checkMultisig(form, known, script)
  const [signer, ...more] = known
  if (signer === undefined || more.length > 0) return invalid("one key's address takes one signature")
  return isKeyOf(signer, form) ? valid() : invalid("the signature is not this address's over this text")
}

function isKeyOf({ compressed, uncompressed, header }: Signer, form: KeyScript): boolean {
  const isCompressed = header >= HEADERS.compressed
  switch (form.type) {
    case 'pkh':
      if (header >= HEADERS.nested) return false
      return isSame(hash160(isCompressed ? compressed : uncompressed), form.hash)
    case 'wpkh':
      return (
        isCompressed &&
        (header < HEADERS.nested || header >= HEADERS.native) &&
        isSame(hash160(compressed), form.hash)
      )
    case 'sh': {
      const program = OutScript.encode({ type: 'wpkh', hash: hash160(compressed) })
      return isCompressed && header < HEADERS.native && isSame(hash160(program), form.hash)
    }
    default:
      return false
  }
}

function checkMultisig(form: KeyScript, signers: readonly Signer[], script: Uint8Array): ControlResult {
  if (!isScriptOf(script, form)) return invalid("the script is not this address's")
  const read = readScript(script)
  if (read?.type !== 'ms') return inconclusive('the script is not a multisig of keys')
  const keys = new Set<string>()
  for (const { compressed, uncompressed } of signers) {
    const key = read.pubkeys.find((key) => isSame(key, compressed) || isSame(key, uncompressed))
    if (key === undefined) return invalid("a signature is not of one of the script's keys over this text")
    keys.add(bytesToHex(compressed))
  }
  const counts = { signed: keys.size, needed: read.m }
  if (counts.signed < counts.needed) {
    return invalid(`${counts.signed} different keys signed where ${counts.needed} must`)
  }
  return valid({ keys: counts })
}

/** Whether an address is a script's: P2SH, P2WSH, or the one inside the other. */
export function isScriptOf(script: Uint8Array, form: KeyScript): boolean {
  if (form.type === 'wsh') return isSame(sha256(script), form.hash)
  if (form.type !== 'sh') return false
  const program = OutScript.encode({ type: 'wsh', hash: sha256(script) })
  return isSame(hash160(script), form.hash) || isSame(hash160(program), form.hash)
}
