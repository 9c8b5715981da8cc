import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { base64 } from '@scure/base'
import { RawWitness, Script, Transaction } from '@scure/btc-signer'
import type { AccountName } from '../caip.js'
import { spendingTransaction } from './bip322.js'
import { accountScript, readScript } from './bitcoin-script.js'

const OPTIONS = {
  version: 0,
  allowUnknownOutputs: true,
  allowUnknownInputs: true,
  allowLegacyWitnessUtxo: true,
  disableScriptCheck: true,
}
/** Bytes before the entries of a PSBT, and the field of the text that its signature is over (BIP-322). */
const [MAGIC, TEXT_FIELD] = [5, 0x09]
const START = 'cHNidP'

/**
 * What a signer of PSBTs signs for a text (BIP-322): the transaction that nobody can send, with the text
 * itself for devices that show it. Keys and scripts of the address are for the wallet to add, which knows
 * them.
 *
 * @returns nothing for an address of a form that is not read here
 * @example
 * const account = parseAccount(
 *   'bip122:000000000019d6689c085ae165831e93:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
 *   'accounts.csv',
 * )
 * const psbt = bip322Psbt(account, 'the text of the account')
 */
export function bip322Psbt(account: AccountName, text: string): Uint8Array | undefined {
  const script = accountScript(account)
  if (script === undefined) return undefined
  const { id, bytes } = spendingTransaction(script, text)
  const type = readScript(script)?.type
  // Signers need the whole transaction before it where a script is not a witness program.
  const isWitness = type === 'wpkh' || type === 'wsh' || type === 'tr'
  const transaction = new Transaction(OPTIONS)
  transaction.addInput({
    txid: id,
    index: 0,
    sequence: 0,
    ...(isWitness ? { witnessUtxo: { script, amount: 0n } } : { nonWitnessUtxo: bytes }),
  })
  transaction.addOutput({ script: Script.encode(['RETURN']), amount: 0n })
  const psbt = transaction.toPSBT(0)
  // The first entry is the transaction: a key of one byte, and fewer bytes than a length of one byte has.
  const behind = MAGIC + 3 + psbt[MAGIC + 2]!
  const message = utf8ToBytes(text)
  const { length } = message
  const size = length < 0xfd ? [length] : [0xfd, length & 0xff, length >> 8]
  const entry = concatBytes(Uint8Array.of(1, TEXT_FIELD, ...size), message)
  return concatBytes(psbt.subarray(0, behind), entry, psbt.subarray(behind))
}

/** Whether a text is a PSBT in base64. */
export const isPsbt = (text: string): boolean => text.startsWith(START)

/**
 * The signature that a signed PSBT holds, in the form of BIP-322: simple, full, or a proof of funds where it
 * spends outputs beside the text's. Whether it holds is for `verifyControl` to say.
 *
 * @param psbts in base64, each signed by some of the keys
 * @example
 * const signature = bip322OfPsbts(['cHNidP8BAD0AAAAA…'])
 * const control = signature === undefined ? undefined : { kind: 'bip322', signature }
 *
 * @returns nothing where they cannot be read, are of different transactions, or too few keys signed
 */
export function bip322OfPsbts(psbts: readonly string[]): string | undefined {
  try {
    const [first, ...others] = psbts.map((psbt) => Transaction.fromPSBT(base64.decode(psbt), OPTIONS))
    const transaction = others.reduce((all, other) => all.combine(other), first!)
    for (let i = 0; i < transaction.inputsLength; i++) {
      const { finalScriptSig, finalScriptWitness } = transaction.getInput(i)
      const isFinal = finalScriptWitness !== undefined || (finalScriptSig?.length ?? 0) > 0
      if (!isFinal) transaction.finalizeIdx(i)
    }
    if (transaction.inputsLength > 1) return `pof${base64.encode(transaction.toPSBT(0))}`
    const { finalScriptSig, finalScriptWitness } = transaction.getInput(0)
    const isSimple = finalScriptWitness !== undefined && (finalScriptSig?.length ?? 0) === 0
    return isSimple
      ? `smp${base64.encode(RawWitness.encode(finalScriptWitness))}`
      : `ful${base64.encode(transaction.extract())}`
  } catch {
    // What parses and joins PSBTs throws errors of many kinds.
    return undefined
  }
}
