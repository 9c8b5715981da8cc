import { secp256k1 } from '@noble/curves/secp256k1.js'
import { hashTypedData, publicKeyToAddress } from 'viem/utils'
import * as z from 'zod'
import type { Target } from './schema.js'

/** Half the order of secp256k1: of a signature's two forms, the one with the smaller `s` is the one taken. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

/**
 * Data that a venue signs, as EIP-712 has it: a wallet shows its fields, and a contract computes its hash.
 */
export interface SignedData {
  /** The chain and contract that the signature is meant for; `null` for none: no contract takes it then. */
  target: Target
  /** Name of the type, such as `OpenEpoch`. */
  type: string
  fields: readonly { name: string; type: 'string' | 'bytes32' | 'uint256' }[]
  /** By field: text, 0x and 64 hexadecimal digits, or a decimal number. */
  values: Readonly<Record<string, string>>
}

/** A signature, and whose it says it is. */
export const signatureSchema = z.strictObject({
  signer: z.string().regex(/^0x(?!0{40})[0-9a-f]{40}$/, 'must be a lower-case address'),
  signature: z
    .string()
    .regex(/^0x[0-9a-f]{128}1[bc]$/, 'must be 65 bytes in lower-case hexadecimal digits, the last 1b or 1c')
    .refine((text) => BigInt(`0x${text.slice(66, 130)}`) <= HALF_ORDER, 'must be in its lower form'),
})

/**
 * A signature by EIP-712, 65 bytes with the smaller `s`, and the address of whose it is.
 *
 * @useDeclaredType
 */
export type Signature = z.infer<typeof signatureSchema>

/** The data as viem takes it: to sign it, and to hash it. */
export function typedDataOf({ target, type, fields, values }: SignedData) {
  const domain = { name: 'Plimsoll', version: '1' }
  return {
    domain:
      target === null
        ? domain
        : {
            ...domain,
            chainId: BigInt(target.chainId),
            verifyingContract: target.contract as `0x${string}`,
          },
    types: { [type]: fields },
    primaryType: type,
    message: values as Record<string, unknown>,
  }
}

/** The hash of the data, `0x` and 64 digits: what a key signs, and what a contract is asked about. */
export function signedHash(data: SignedData): string {
  return hashTypedData(typedDataOf(data))
}

/** Whether a signature is the signer's own, over exactly this data. */
export function isSignedBy(data: SignedData, { signer, signature }: Signature): boolean {
  const hash = signedHash(data).slice(2)
  try {
    const key = secp256k1.Signature.fromCompact(signature.slice(2, 130))
      .addRecoveryBit(Number.parseInt(signature.slice(130), 16) - 27)
      .recoverPublicKey(hash)
    return publicKeyToAddress(`0x${key.toHex(false)}`).toLowerCase() === signer
  } catch {
    // Some signatures are no point's at all.
    return false
  }
}
