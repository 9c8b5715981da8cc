import { hexToBytes } from '@noble/hashes/utils.js'
import { base58, base64 } from '@scure/base'
import { addressScript } from '../bitcoin/index.js'
import { parseAccount } from '../caip.js'
import { checkSigners, compactSigner, isScriptOf, messageHash } from '../control/bitcoin-message.js'
import { type KeyScript, readScript } from '../control/bitcoin-script.js'
import { isEd25519 } from '../control/ed25519.js'
import { messageFields } from '../control/message-fields.js'
import type { ControlResult } from '../control/result.js'
import { type Control, controlSchema } from '../control/schema.js'
import { type PublicKey, recoverKey } from '../control/secp256k1.js'
import { verifyControl } from '../control/verify.js'
import {
  type Digest,
  ECDSA_ADDRESSES,
  ED25519_ADDRESSES,
  ED25519_MESSAGES,
  EVM_DIGESTS,
  isTron,
  OKX_DIGESTS,
  TRON_DIGESTS,
} from './digests.js'
import type { ListedRow, ListedSignature, RowJudgement } from './row.js'

const UNSIGNED: RowJudgement = { status: 'unsigned' }
const wrong = (why: string): RowJudgement => ({ status: 'invalid', why })
const open = (why: string, form?: string): RowJudgement => ({
  status: 'inconclusive',
  why,
  ...(form !== undefined && { form }),
})
const stale = (form: string): RowJudgement => ({
  status: 'stale',
  form,
  why: 'the text names no challenge: a signature of any age holds',
})
const NO_SIGNATURE_HOLDS = wrong("no signature is the address's over the text, in any form known here")

/**
 * Chains whose signatures leave open what a list could show at best, by what lists call them: their own
 * schemes are not computed here, as nothing in a list ties the key to the address anyway.
 */
const UNTIED: readonly [networks: RegExp, why: string][] = [
  [/^(?:.*-)?(?:TON|TONCOIN)$/, "TON's address is the hash of a contract, and the list does not have it"],
  [/^(?:.*-)?(?:EOS|VAULTA)$/, "EOS's account is a name, and its keys are what its chain says"],
  [/^(?:.*-)?STARK(?:NET)?$|^STRK$/, "StarkNet's address is a contract, and its keys are what it says"],
  [/^(?:BETH|ETH2(?:\.0)?|BEACON.*|.*BLS.*)$/, "a validator's BLS key is not the address that is paid"],
]

/** How chains like Bitcoin write addresses, and what their wallets put before a text. */
interface UtxoChain {
  networks: RegExp
  prefix: string
  /** First bytes of addresses of a key's hash and of a script's, in the ways that are in use. */
  versions: readonly (readonly [keyHash: number, scriptHash: number])[]
  magic: string
}
/** Where there are no witness programs, no address begins so. */
const NO_PREFIX = '-'
const BITCOIN: UtxoChain = {
  // Bitcoin Cash and its like have the addresses of old, and the same words before a text.
  networks: /^(?:BTC|BITCOIN|USDT-OMNI|BCHN?|BCHSV|BSV)$/,
  prefix: 'bc',
  versions: [[0x00, 0x05]],
  magic: 'Bitcoin',
}
const UTXO_CHAINS: readonly UtxoChain[] = [
  BITCOIN,
  {
    networks: /^(?:LTC|LITECOIN)$/,
    prefix: 'ltc',
    versions: [
      [0x30, 0x32],
      [0x30, 0x05],
    ],
    magic: 'Litecoin',
  },
  {
    networks: /^(?:DOGE|DOGECOIN)$/,
    prefix: NO_PREFIX,
    versions: [[0x1e, 0x16]],
    magic: 'Dogecoin',
  },
  { networks: /^DASH$/, prefix: NO_PREFIX, versions: [[0x4c, 0x10]], magic: 'DarkCoin' },
]

/**
 * What the signatures of a list's row say of its address. Nothing here says whether the balance is there.
 *
 * @example
 * const { status, form } = judgeRow(row)
 */
export function judgeRow(row: ListedRow): RowJudgement {
  if (row.kind !== undefined) return judgeControl(row, row.kind)
  const [first] = row.signatures
  if (first === undefined)
    return row.key !== undefined && row.part !== undefined ? judgeScript(row) : UNSIGNED
  const text = row.message
  if (text === undefined) return wrong('a signature without its text')
  const network = (row.network ?? row.coin).toUpperCase()
  if (/^0x[0-9a-fA-F]{40}$/.test(row.address)) {
    return judgeOwners(row, text, (key) => ECDSA_ADDRESSES.evm(key), EVM_DIGESTS)
  }
  if (isTron(row.address)) return judgeOwners(row, text, ECDSA_ADDRESSES.tron, TRON_DIGESTS)
  const chain = UTXO_CHAINS.find(({ networks }) => networks.test(network))
  if (chain !== undefined) return judgeUtxo(row, text, chain)
  if (/^(?:.*-)?XRP$|^RIPPLE$/.test(network)) return judgeOwners(row, text, ECDSA_ADDRESSES.xrp, OKX_DIGESTS)
  return judgeEd25519(row, text, first, network)
}

/** A form of control of our own: the whole check, over the text that the row has. */
function judgeControl(row: ListedRow, kind: string): RowJudgement {
  const text = row.message
  if (row.signatures.length === 0) return UNSIGNED
  if (text === undefined) return wrong('a signature without its text')
  const account = parseAccount(row.address, row.address)
  const results = givenControls(row, kind).map((control) => verifyControl(control, { account, text }))
  const [result] = [...results.filter(({ status }) => status === 'valid'), ...results]
  if (result === undefined) {
    return { status: 'unread', why: 'the signature is not of the form that the row names' }
  }
  if (result.status === 'inconclusive') return open(result.why!, kind)
  if (result.status !== 'valid') return wrong(result.why!)
  const fields = messageFields(text)
  if (fields === undefined) return stale(kind)
  return fields.account === account.id
    ? { status: 'current', form: kind }
    : wrong('the text is that of another account')
}

/** What a row may mean: lists do not say which bytes an ed25519 key signed. */
function givenControls({ signatures, key }: ListedRow, kind: string): Control[] {
  const all = signatures.map(({ signature }) => signature)
  const [signature] = all
  const given =
    kind === 'bitcoin-message'
      ? [{ kind, signatures: all, ...(key !== undefined && { script: key }) }]
      : kind === 'ed25519-raw'
        ? [
            { kind, signature, form: 'raw' },
            { kind, signature, form: 'solana-off-chain' },
          ]
        : [{ kind, signature }]
  return given.flatMap((one) => controlSchema.safeParse(one).data ?? [])
}

/** Signatures from which a key is recovered: by the address itself, or by owners that the row names. */
function judgeOwners(
  row: ListedRow,
  text: string,
  addressOf: (key: PublicKey) => string,
  digests: readonly Digest[],
): RowJudgement {
  const same = (a: string, b: string) => (a.startsWith('0x') ? a.toLowerCase() === b.toLowerCase() : a === b)
  const forms = new Set<string>()
  for (const { signature, owner } of row.signatures) {
    const found = recovered(signature, text, digests, (key) => same(addressOf(key), owner ?? row.address))
    if (found === undefined) return NO_SIGNATURE_HOLDS
    forms.add(found)
  }
  const form = [...forms].join(', ')
  const owners = row.signatures.flatMap(({ owner }) => owner ?? [])
  if (owners.some((owner) => !same(owner, row.address))) {
    return open('others signed, and nothing ties them to the address', form)
  }
  return stale(form)
}

/** The form over which a signature is that of a key that fits. */
function recovered(
  signature: string,
  text: string,
  digests: readonly Digest[],
  fits: (key: PublicKey) => boolean,
): string | undefined {
  const bytes = hexBytes(signature)
  if (bytes?.length !== 65) return undefined
  const last = bytes[64]!
  // Lists write 0 and 1 as well as 27 and 28; what counts elsewhere is one form alone.
  const recovery = last < 27 ? last : last - 27
  if (recovery > 1) return undefined
  for (const [form, hash] of digests) {
    const key = recoverKey(hash(text), bytes.subarray(0, 64), recovery, { anyS: true })
    if (key !== undefined && fits(key)) return form
  }
  return undefined
}

function judgeUtxo(row: ListedRow, text: string, chain: UtxoChain): RowJudgement {
  const output = outputOf(row.address, chain)
  if (output === undefined) return { status: 'unread', why: 'the address is of a form that is not read here' }
  const script = row.key === undefined ? undefined : hexBytes(row.key)
  const hash = messageHash(text, `${chain.magic} Signed Message:\n`)
  const signers = row.signatures.map(({ signature }) => compactSigner(signature, hash, { anyS: true }))
  // A key stands in the column of scripts for addresses of one key.
  const isKey = script !== undefined && (script.length === 33 || script.length === 65)
  return judged(checkSigners(output, signers, isKey ? undefined : script), 'bitcoin')
}

function judged({ status, why }: ControlResult, form: string): RowJudgement {
  if (status === 'valid') return stale(form)
  return status === 'inconclusive' ? open(why!, form) : wrong(why!)
}

/** A row that argues from its script alone: whose keys are in it, nobody says by signing. */
function judgeScript(row: ListedRow): RowJudgement {
  const output = outputOf(row.address, BITCOIN)
  const script = hexBytes(row.key!)
  const form = script && readScript(script)
  if (output === undefined || form?.type !== 'ms') return UNSIGNED
  if (!isScriptOf(script!, output)) return wrong("the script is not the address's")
  return { ...UNSIGNED, form: `script, ${form.m} of ${form.pubkeys.length} keys` }
}

function outputOf(address: string, { prefix, versions }: UtxoChain): KeyScript | undefined {
  for (const pair of versions) {
    const script = addressScript({ prefix, versions: pair }, address)
    if (script !== undefined) return readScript(script)
  }
  return undefined
}

function judgeEd25519(
  row: ListedRow,
  text: string,
  { signature, owner }: ListedSignature,
  network: string,
): RowJudgement {
  const key = row.key === undefined ? base58Key(row.address) : hexBytes(row.key)
  const bytes = hexBytes(signature) ?? base64Bytes(signature)
  const untied = UNTIED.find(([networks]) => networks.test(network))?.[1]
  if (key?.length !== 32 || bytes?.length !== 64) {
    if (untied !== undefined) return open(untied)
    return { status: 'unread', why: 'the signature is of a scheme that is not read here' }
  }
  const form = ED25519_MESSAGES.find(([, message]) => isEd25519(bytes, message(text), key))?.[0]
  if (form === undefined) return wrong("no signature is the key's over the text, in any form known here")
  const addressOf = ED25519_ADDRESSES.find(([networks]) => networks.test(network))?.[1]
  if (addressOf === undefined) return open(untied ?? 'nothing here ties the key to the address', form)
  if (owner !== undefined && owner !== row.address) {
    return open('others signed, and nothing ties them to the address', form)
  }
  return addressOf(key) === row.address ? stale(form) : wrong("the key is not the address's")
}

function hexBytes(text: string): Uint8Array | undefined {
  const digits = text.startsWith('0x') ? text.slice(2) : text
  return /^(?:[0-9a-fA-F]{2})+$/.test(digits) ? hexToBytes(digits) : undefined
}

function base64Bytes(text: string): Uint8Array | undefined {
  try {
    return base64.decode(text)
  } catch {
    return undefined
  }
}

function base58Key(text: string): Uint8Array | undefined {
  try {
    return base58.decode(text)
  } catch {
    return undefined
  }
}
