import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js'
import { ripemd160 } from '@noble/hashes/legacy.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { OutScript, Script, type Transaction } from '@scure/btc-signer'
import { addressScript, BITCOIN_NETWORKS, isSame } from '../bitcoin/index.js'
import type { AccountName } from '../caip.js'

/** A script that pays to keys in a form that is read here. */
export type KeyScript = ReturnType<typeof OutScript.decode>

/** The output script of an account on a Bitcoin network. */
export function accountScript({ chain, address }: AccountName): Uint8Array | undefined {
  const network = BITCOIN_NETWORKS.get(chain.reference)
  return network && addressScript(network, address)
}

export const hash160 = (bytes: Uint8Array): Uint8Array => ripemd160(sha256(bytes))

/** What a script says if its form is one of those that are read here and it is written in its one way. */
export function readScript(script: Uint8Array): KeyScript | undefined {
  try {
    const read = OutScript.decode(script)
    return isSame(OutScript.encode(read), script) ? read : undefined
  } catch {
    return undefined
  }
}

/** What an input of a transaction is checked with. */
export interface Spending {
  /** The transaction, for hashes of witness programs. */
  transaction: Transaction
  index: number
  /** Hash that signatures before witness programs sign, with the script that they satisfy. */
  legacyHash(script: Uint8Array): Uint8Array
  /** The outputs that the inputs spend, in order. */
  spent: readonly { script: Uint8Array; value: bigint }[]
  scriptSig: Uint8Array
  witness: readonly Uint8Array[]
}

/** Why an input does not satisfy the script that it spends; `inconclusive` where that is not certain. */
export interface ScriptFault {
  status: 'invalid' | 'inconclusive'
  why: string
}

const refuse = (why: string): ScriptFault => ({ status: 'invalid', why })
const UNREAD: ScriptFault = {
  status: 'inconclusive',
  why: 'the script is of a form that is not read here',
}
const NOT_ITS_SCRIPT = refuse("the script is not the address's")
const NOT_ITS_KEY = refuse("the key is not the address's")
const DOES_NOT_HOLD = refuse("the signature is not the address's over this text")
const WITH_WITNESS = refuse('a script before witness programs takes no witness')
const BEFORE_WITNESS = refuse('a witness program takes no script before it')
const NOT_PUSHES = refuse("the script before the output's does not just push, or not in its shortest form")
const SIGHASH_ALL = 1

/**
 * Checks that an input satisfies the script that it spends, for scripts of keys: P2PKH, P2WPKH, P2TR by its
 * key, one key or a multisig behind P2SH, P2WSH or both. Signatures are in their one form and sign all of
 * the transaction.
 */
export function checkInput(input: Spending): ScriptFault | undefined {
  const { script } = input.spent[input.index]!
  const form = readScript(script)
  switch (form?.type) {
    case 'pkh': {
      const stack = pushes(input.scriptSig)
      if (stack === undefined) return NOT_PUSHES
      if (input.witness.length > 0) return WITH_WITNESS
      const [signature, key, ...more] = stack
      if (key === undefined || more.length > 0 || !isSame(hash160(key), form.hash)) return NOT_ITS_KEY
      return isEcdsa(signature!, key, input.legacyHash(script)) ? undefined : DOES_NOT_HOLD
    }
    case 'sh':
      return checkScriptHash(input, form.hash)
    case 'tr':
      return checkTaproot(input, form.pubkey)
    case 'wpkh':
    case 'wsh':
      return input.scriptSig.length > 0 ? BEFORE_WITNESS : checkProgram(input, form)
    default:
      return UNREAD
  }
}

function checkScriptHash(input: Spending, hash: Uint8Array): ScriptFault | undefined {
  const stack = pushes(input.scriptSig)
  if (stack === undefined) return NOT_PUSHES
  const script = stack.pop()
  if (script === undefined || !isSame(hash160(script), hash)) return NOT_ITS_SCRIPT
  const inner = readScript(script)
  if (inner?.type === 'wpkh' || inner?.type === 'wsh') {
    return stack.length > 0 ? BEFORE_WITNESS : checkProgram(input, inner)
  }
  if (input.witness.length > 0) return WITH_WITNESS
  return checkKeys(inner, stack, () => input.legacyHash(script))
}

function checkProgram(
  { transaction, index, spent, witness }: Spending,
  program: KeyScript & { type: 'wpkh' | 'wsh' },
): ScriptFault | undefined {
  const stack = [...witness]
  const hash = (script: Uint8Array) =>
    transaction.preimageWitnessV0(index, script, SIGHASH_ALL, spent[index]!.value)
  if (program.type === 'wpkh') {
    const [signature, key, ...more] = stack
    if (key?.length !== 33 || more.length > 0 || !isSame(hash160(key), program.hash)) return NOT_ITS_KEY
    const script = OutScript.encode({ type: 'pkh', hash: program.hash })
    return isEcdsa(signature!, key, hash(script)) ? undefined : DOES_NOT_HOLD
  }
  const script = stack.pop()
  if (script === undefined || !isSame(sha256(script), program.hash)) return NOT_ITS_SCRIPT
  const inner = readScript(script)
  const keys = inner?.type === 'ms' ? inner.pubkeys : inner?.type === 'pk' ? [inner.pubkey] : []
  if (keys.some((key) => key.length !== 33)) return refuse('a witness program takes compressed keys alone')
  return checkKeys(inner, stack, () => hash(script))
}

/** One key's signature, or those of a multisig in the order of their keys. */
function checkKeys(
  script: KeyScript | undefined,
  stack: readonly Uint8Array[],
  hashOf: () => Uint8Array,
): ScriptFault | undefined {
  if (script?.type === 'pk') {
    const [signature, ...more] = stack
    if (signature === undefined || more.length > 0) return refuse('one signature has to stand there')
    return isEcdsa(signature, script.pubkey, hashOf()) ? undefined : DOES_NOT_HOLD
  }
  if (script?.type !== 'ms') return UNREAD
  const [empty, ...signatures] = stack
  if (empty?.length !== 0 || signatures.length !== script.m) {
    return refuse(`${script.m} signatures have to stand there, behind an empty one`)
  }
  const hash = hashOf()
  let next = 0
  for (const signature of signatures) {
    while (next < script.pubkeys.length && !isEcdsa(signature, script.pubkeys[next]!, hash)) next++
    // Each key signs once: the next signature is that of a key behind this one.
    if (next++ >= script.pubkeys.length) return DOES_NOT_HOLD
  }
  return undefined
}

function checkTaproot(
  { transaction, index, spent, scriptSig, witness }: Spending,
  key: Uint8Array,
): ScriptFault | undefined {
  if (scriptSig.length > 0) return BEFORE_WITNESS
  const [signature, ...more] = witness
  if (signature === undefined) return DOES_NOT_HOLD
  if (more.length > 0) return UNREAD
  const isDefault = signature.length === 64
  if (!isDefault && (signature.length !== 65 || signature[64] !== SIGHASH_ALL)) return DOES_NOT_HOLD
  const scripts = spent.map(({ script }) => script)
  const values = spent.map(({ value }) => value)
  const hash = transaction.preimageWitnessV1(index, scripts, isDefault ? 0 : SIGHASH_ALL, values)
  return schnorr.verify(signature.subarray(0, 64), hash, key) ? undefined : DOES_NOT_HOLD
}

/** Strict DER with the lower `s`, and a last byte that says that the whole transaction is signed. */
function isEcdsa(signature: Uint8Array, key: Uint8Array, hash: Uint8Array): boolean {
  if (signature.at(-1) !== SIGHASH_ALL) return false
  const der = signature.subarray(0, -1)
  try {
    const read = secp256k1.Signature.fromDER(der)
    return isSame(read.toDERRawBytes(), der) && secp256k1.verify(read, hash, key, { lowS: true })
  } catch {
    // Some bytes are no signature and no key at all.
    return false
  }
}

/** What a script pushes, if it does nothing else and pushes it in the shortest way. */
function pushes(script: Uint8Array): Uint8Array[] | undefined {
  try {
    const read = Script.decode(script).map((op) => (op === 0 ? new Uint8Array() : op))
    const isPlain = read.every((op) => op instanceof Uint8Array)
    return isPlain && isSame(Script.encode(Script.decode(script)), script) ? read : undefined
  } catch {
    return undefined
  }
}
