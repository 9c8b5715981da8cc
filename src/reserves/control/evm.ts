import { hexToBytes } from '@noble/hashes/utils.js'
import { encodeAbiParameters, hashMessage, hashTypedData } from 'viem/utils'
import { type AccountName, parseAccount } from '../caip.js'
import type { ReservesStatement } from '../message.js'
import { messageFields } from './message-fields.js'
import { type ControlContext, type ControlResult, inconclusive, invalid, valid } from './result.js'
import type { ControlOf } from './schema.js'
import { evmAddress, recoverKey } from './secp256k1.js'

/** `isValidSignature(bytes32,bytes)`, and what it returns for a signature that it takes. */
const IS_VALID = '0x1626ba7e'
export const TAKEN = `${IS_VALID}${'0'.repeat(56)}`

/** The type that a wallet shows for `eip712`, field by field as in the text. */
const TYPES = {
  Control: [
    { name: 'venue', type: 'string' },
    { name: 'epoch', type: 'string' },
    { name: 'account', type: 'string' },
    { name: 'holdsFor', type: 'string' },
    { name: 'challenge', type: 'bytes32' },
  ],
}

/** The address, lower case, that signed a hash; nothing where none can have. */
export function signerOf(hash: Uint8Array, signature: string): string | undefined {
  const bytes = hexToBytes(signature.slice(2))
  const key = recoverKey(hash, bytes.subarray(0, 64), bytes[64]! - 27)
  return key && evmAddress(key)
}

/** The address, lower case, that signed a transaction; nothing where none can have. */
export function senderOf(signed: {
  signing: Uint8Array
  compact: Uint8Array
  recovery: number
}): string | undefined {
  const key = recoverKey(signed.signing, signed.compact, signed.recovery)
  return key && evmAddress(key)
}

/** The hash that `personal_sign` signs for a text (EIP-191). */
export const personalHash = (text: string): Uint8Array => hexToBytes(hashMessage(text).slice(2))

/**
 * What an account signs as typed data, for wallets that show its fields (EIP-712): the fields of its text.
 *
 * @example
 * const { domain, message } = reservesTypedData({
 *   venue: 'Example',
 *   epoch: '2026-09',
 *   account: 'eip155:1:0x6e74430a771d9ef39d36e8ad0154f16f8d5cc98f',
 *   holdsFor: 'customers',
 *   challenge: '0'.repeat(64),
 * })
 */
export function reservesTypedData({ account, challenge, ...fields }: ReservesStatement) {
  const { chain } = parseAccount(account, account)
  return {
    domain: { name: 'Plimsoll reserves', version: '1', chainId: BigInt(chain.reference) },
    types: TYPES,
    primaryType: 'Control' as const,
    message: { ...fields, account, challenge: `0x${challenge}` as const },
  }
}

/**
 * The call that asks a contract whether it takes a signature over a text (EIP-1271).
 *
 * @example
 * const account = parseAccount('eip155:1:0x6e74430a771d9ef39d36e8ad0154f16f8d5cc98f', 'accounts.csv')
 * const { to, data } = eip1271Call(account, 'the text of the account', '0x')
 */
export function eip1271Call(
  account: AccountName,
  text: string,
  signature: string,
): { to: string; data: string } {
  return { to: account.address, data: isValidSignatureCall(hashMessage(text), signature) }
}

/** The data of that call, over any hash. A contract that takes the signature answers with `TAKEN`. */
export function isValidSignatureCall(hash: string, signature: string): string {
  const values = encodeAbiParameters(
    [{ type: 'bytes32' }, { type: 'bytes' }],
    [hash as `0x${string}`, signature as `0x${string}`],
  )
  return `${IS_VALID}${values.slice(2)}`
}

export function verifyEip191(control: ControlOf<'eip191'>, context: ControlContext): ControlResult {
  return signedBy(context.account, signerOf(personalHash(context.text), control.signature))
}

export function verifyEip712(control: ControlOf<'eip712'>, { account, text }: ControlContext): ControlResult {
  const fields = messageFields(text)
  if (fields?.account !== account.id) return invalid('the text is not one for this account')
  const hash = hashTypedData(reservesTypedData(fields))
  return signedBy(account, signerOf(hexToBytes(hash.slice(2)), control.signature))
}

/** The node's word for what a contract says of a signature: observed, and worth as much as the node. */
export function verifyEip1271(control: ControlOf<'eip1271'>): ControlResult {
  return control.result === TAKEN
    ? { status: 'valid', class: 'observed' }
    : { status: 'invalid', class: 'observed', why: 'the contract does not take the signature' }
}

/** Signatures of as many different owners as the wallet asks for. */
export function verifySafe(
  control: ControlOf<'safe'>,
  { wallet, text }: Pick<ControlContext, 'wallet' | 'text'>,
): ControlResult {
  if (wallet === undefined) return inconclusive('nothing shows who owns the contract')
  const hash = personalHash(text)
  const owners = new Set<string>()
  for (const [i, signature] of control.signatures.entries()) {
    const signer = signerOf(hash, signature)
    if (signer === undefined || !wallet.owns(signer)) {
      return invalid(`signature ${i + 1} is not an owner's over this text`)
    }
    owners.add(signer)
  }
  const keys = { signed: owners.size, needed: wallet.threshold }
  if (wallet.threshold < 1 || owners.size < wallet.threshold) {
    return invalid(`${keys.signed} different owners signed where ${keys.needed} must`)
  }
  return valid({ keys })
}

function signedBy(account: AccountName, signer: string | undefined): ControlResult {
  if (signer === account.address) return valid()
  return invalid("the signature is not this address's over this text")
}
