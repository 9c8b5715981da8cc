import { schnorr } from '@noble/curves/secp256k1.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base64 } from '@scure/base'
import { RawTx, RawWitness, Script, Transaction } from '@scure/btc-signer'
import { hash256, isSame, shownHash } from '../bitcoin/index.js'
import { accountScript, checkInput, type ScriptFault } from './bitcoin-script.js'
import {
  type ControlContext,
  type ControlResult,
  inconclusive,
  invalid,
  type SpentOutput,
  valid,
} from './result.js'
import type { ControlOf } from './schema.js'

const RETURN = Script.encode(['RETURN'])
const SIGHASH_ALL = Uint8Array.of(1, 0, 0, 0)
const OPTIONS = { allowUnknownOutputs: true, allowUnknownInputs: true, disableScriptCheck: true }
/** Bits of a lock on age (BIP-68): that there is none, and that it counts 512 seconds rather than blocks. */
const [NO_AGE, AGE_IN_SECONDS] = [0x8000_0000, 0x0040_0000]
/** Below it a lock time is a height, from it on Unix seconds. */
const FIRST_TIME = 500_000_000

/** Inputs of one proof of funds: each is hashed once for every other. */
const MAX_INPUTS = 1000

type RawTransaction = ReturnType<typeof RawTx.decode>
interface Output {
  script: Uint8Array
  value: bigint
}
/** The transaction that was signed, and what its further inputs spend. */
interface Signed {
  form: 'simple' | 'full' | 'proof of funds'
  raw: RawTransaction
  scriptSigs: readonly Uint8Array[]
  witnesses: readonly (readonly Uint8Array[])[]
  /** Outputs that the inputs after the first spend. */
  further: readonly Output[]
}

/**
 * Verifies a generic signed message of Bitcoin (BIP-322): simple, full, or a proof of funds, whose outputs
 * are among the facts. A script that is not read here, and a time lock that has not passed at the moment of
 * the evidence, are `inconclusive`.
 */
export function verifyBip322(control: ControlOf<'bip322'>, context: ControlContext): ControlResult {
  const script = accountScript(context.account)
  if (script === undefined) return inconclusive('the address is of a form that is not read here')
  try {
    return verifySigned(readSigned(control.signature, script, context.text), script, context)
  } catch (error) {
    // What parses bytes throws errors of many kinds, and all say that these are no such bytes.
    if (!(error instanceof Refusal)) return invalid('the signature cannot be read')
    return judged(error)
  }
}

const judged = ({ status, why }: ScriptFault): ControlResult =>
  status === 'invalid' ? invalid(why) : inconclusive(why)

/** Why a signature is not taken that could be parsed. */
class Refusal extends Error implements ScriptFault {
  constructor(
    readonly status: ScriptFault['status'],
    readonly why: string,
  ) {
    super(why)
  }
}

function verifySigned(signed: Signed, script: Uint8Array, context: ControlContext): ControlResult {
  const { raw, form } = signed
  const spends = spendingId(script, context.text)
  const outpoints = raw.inputs.map(({ txid, index }) => `${bytesToHex(txid)}:${index}`)
  if (outpoints[0] !== `${spends}:0`)
    return invalid('the first input does not spend this text for this address')
  if (new Set(outpoints).size < outpoints.length) return invalid('two inputs spend the same output')
  const [output, ...more] = raw.outputs
  if (output?.amount !== 0n || !isSame(output.script, RETURN) || more.length > 0) {
    return invalid('the one output has to be nothing to an unspendable script')
  }
  const transaction = Transaction.fromRaw(unsigned(raw), OPTIONS)
  const spent = [{ script, value: 0n }, ...signed.further]
  for (const [index] of raw.inputs.entries()) {
    const fault = checkInput({
      transaction,
      index,
      spent,
      legacyHash: (code) => hash256(concatBytes(unsigned(raw, index, code), SIGHASH_ALL)),
      scriptSig: signed.scriptSigs[index]!,
      witness: signed.witnesses[index]!,
    })
    if (fault !== undefined) return judged(fault)
  }
  if (raw.version !== 0 && raw.version !== 2) return inconclusive('the version is neither 0 nor 2')
  const locks = { time: raw.lockTime, age: ageOf(raw.inputs[0]!.sequence) }
  const outputs = raw.inputs.slice(1).map(({ txid, index }, i): SpentOutput => {
    const { script, value } = signed.further[i]!
    return { txid: bytesToHex(txid), index, value, script: bytesToHex(script) }
  })
  const facts = {
    form,
    ...((locks.time || locks.age) && { locks }),
    ...(form === 'proof of funds' && { outputs }),
  }
  const why = lockedUntil(locks.time, context) ?? lockedFor(locks.age, context)
  return why === undefined ? valid(facts) : inconclusive(why, facts)
}

/** Why a lock on time has not passed for certain. */
function lockedUntil(time: number, { moment }: ControlContext): string | undefined {
  const now = time < FIRST_TIME ? moment?.height : moment?.time
  if (time === 0 || (now !== undefined && time <= now)) return undefined
  return time < FIRST_TIME ? `locked until block ${time}` : `locked until ${time} seconds of Unix time`
}

/** Why a lock on the age of coins has not passed for certain. */
function lockedFor(lock: number, { age }: ControlContext): string | undefined {
  const least = lock & AGE_IN_SECONDS ? (lock & 0xffff) * 512 : lock
  const [now, unit] = lock & AGE_IN_SECONDS ? [age?.seconds, 'seconds'] : [age?.blocks, 'blocks']
  if (lock === 0 || (now !== undefined && least <= now)) return undefined
  return `locked for coins younger than ${least} ${unit}`
}

/** How old BIP-68 makes coins be, 0 where the number asks for nothing. */
const ageOf = (sequence: number): number => (sequence & NO_AGE ? 0 : sequence & (AGE_IN_SECONDS | 0xffff))

/** A transaction without witnesses. */
function transactionOf(parts: Pick<RawTransaction, 'version' | 'inputs' | 'outputs' | 'lockTime'>) {
  return { ...parts, segwitFlag: false, witnesses: undefined } as unknown as RawTransaction
}

/** The transaction's bytes with one script before its inputs, and nothing else that satisfies them. */
function unsigned(raw: RawTransaction, at?: number, script: Uint8Array = new Uint8Array()): Uint8Array {
  const inputs = raw.inputs.map((input, i) => ({
    ...input,
    finalScriptSig: i === at ? script : new Uint8Array(),
  }))
  return RawTx.encode(transactionOf({ ...raw, inputs }))
}

/** A transaction's id as explorers show it, lower-case hex. */
function transactionId(raw: RawTransaction): string {
  return shownHash(hash256(RawTx.encode(transactionOf(raw))))
}

/** The id of the transaction that nobody can send, and that pays the address after it names the text. */
export function spendingId(script: Uint8Array, text: string): string {
  return spendingTransaction(script, text).id
}

/** The same transaction: its id as explorers show it, lower-case hex, and its bytes. */
export function spendingTransaction(script: Uint8Array, text: string): { id: string; bytes: Uint8Array } {
  const hash = schnorr.utils.taggedHash('BIP0322-signed-message', utf8ToBytes(text))
  const finalScriptSig = Script.encode([0, hash])
  const input = { txid: new Uint8Array(32), index: 0xffff_ffff, finalScriptSig, sequence: 0 }
  const bytes = RawTx.encode(
    transactionOf({ version: 0, inputs: [input], outputs: [{ amount: 0n, script }], lockTime: 0 }),
  )
  return { id: shownHash(hash256(bytes)), bytes }
}

function readSigned(signature: string, script: Uint8Array, text: string): Signed {
  switch (signature.slice(0, 3)) {
    case 'ful':
      return readFull(base64.decode(signature.slice(3)))
    case 'pof':
      return readFunds(base64.decode(signature.slice(3)), script)
    case 'smp':
      return readSimple(base64.decode(signature.slice(3)), spendingId(script, text))
    default:
      return readSimple(base64.decode(signature), spendingId(script, text))
  }
}

/** A witness alone; what it belongs to is as the standard says. */
function readSimple(bytes: Uint8Array, spends: string): Signed {
  const witness = RawWitness.decode(bytes)
  if (!isSame(RawWitness.encode(witness), bytes)) throw new Refusal('invalid', 'not in its shortest form')
  const input = { txid: hexToBytes(spends), index: 0, finalScriptSig: new Uint8Array(), sequence: 0 }
  const raw = transactionOf({
    version: 0,
    inputs: [input],
    outputs: [{ amount: 0n, script: RETURN }],
    lockTime: 0,
  })
  return { form: 'simple', raw, scriptSigs: [new Uint8Array()], witnesses: [witness], further: [] }
}

/** A whole transaction of one input. */
function readFull(bytes: Uint8Array): Signed {
  const raw = RawTx.decode(bytes)
  if (!isSame(RawTx.encode(raw), bytes)) throw new Refusal('invalid', 'not in its shortest form')
  if (raw.inputs.length !== 1) {
    throw new Refusal('invalid', 'a full signature has one input: a proof of funds has more')
  }
  return {
    form: 'full',
    raw,
    scriptSigs: raw.inputs.map(({ finalScriptSig }) => finalScriptSig),
    witnesses: raw.witnesses ?? [[]],
    further: [],
  }
}

/** A finalized PSBT, which holds what its further inputs spend. */
function readFunds(bytes: Uint8Array, script: Uint8Array): Signed {
  const psbt = Transaction.fromPSBT(bytes, OPTIONS)
  if (psbt.inputsLength > MAX_INPUTS) {
    throw new Refusal('inconclusive', `more than ${MAX_INPUTS} inputs: make several proofs of them`)
  }
  const raw = RawTx.decode(psbt.unsignedTx)
  const inputs = raw.inputs.map((_, i) => psbt.getInput(i))
  const [{ witnessUtxo, nonWitnessUtxo }] = inputs as [(typeof inputs)[0]]
  if (witnessUtxo !== undefined && (witnessUtxo.amount !== 0n || !isSame(witnessUtxo.script, script))) {
    throw new Refusal('invalid', 'the first input spends another output than the address asks for')
  }
  const before = new Map<string, RawTransaction>()
  if (nonWitnessUtxo !== undefined) {
    before.set(bytesToHex(raw.inputs[0]!.txid), nonWitnessUtxo as RawTransaction)
  }
  const further = inputs.slice(1).map((input, i): Output => {
    const { txid, index } = raw.inputs[i + 1]!
    const id = bytesToHex(txid)
    if (input.nonWitnessUtxo !== undefined) before.set(id, input.nonWitnessUtxo as RawTransaction)
    const output = before.get(id)?.outputs[index] ?? input.witnessUtxo
    if (output === undefined) throw new Refusal('invalid', `input ${i + 2} says not what it spends`)
    return { script: output.script, value: output.amount }
  })
  for (const [id, transaction] of before) {
    if (transactionId(transaction) !== id) {
      throw new Refusal('invalid', 'a transaction before it has another id than the input says')
    }
  }
  for (const [i, { script }] of further.entries()) {
    // Signatures before witness programs do not sign amounts: the transaction before has to show them.
    if (!before.has(bytesToHex(raw.inputs[i + 1]!.txid)) && inputs[i + 1]!.finalScriptWitness === undefined) {
      throw new Refusal('invalid', `input ${i + 2} needs the whole transaction that it spends`)
    }
    if (script.length === 0) throw new Refusal('invalid', `input ${i + 2} spends an output of anyone`)
  }
  return {
    form: 'proof of funds',
    raw,
    scriptSigs: inputs.map(({ finalScriptSig }) => finalScriptSig ?? new Uint8Array()),
    witnesses: inputs.map(({ finalScriptWitness }) => finalScriptWitness ?? []),
    further,
  }
}
