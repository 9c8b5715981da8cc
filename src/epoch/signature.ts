import * as z from 'zod'
import { chainIdSchema, type SignedData, signatureSchema } from '../bundle/index.js'
import { sha256Schema } from '../schema/index.js'
import type { Manifest } from './manifest-schema.js'

/** The last second of the year 9999: what is later was meant in milliseconds. */
const MAX_TIME = 253_402_300_799
const MAX_URI = 2000

/** Bytes that a contract may ask for: signatures of many owners, or of a contract that asks others. */
const MAX_CONTRACT_SIGNATURE = 16_384

/** What a signature of either kind says of what it is over. */
const about = {
  /** SHA-256 of the bytes of `manifest.json`. */
  manifest: sha256Schema,
  /** Where the venue publishes the epoch; may be empty. */
  uri: z
    .string()
    .max(MAX_URI)
    .regex(/^[!-~]*$/, 'must be an address without spaces, of ASCII characters'),
  /** Until when a contract may take the signature, seconds since 1970-01-01 UTC; 0: none ever does. */
  deadline: z.int().nonnegative().max(MAX_TIME, 'is after the year 9999: is it in milliseconds?'),
}

/** Where it is published, and until when it counts, by themselves. */
export const signedTermsSchema = z.strictObject({ uri: about.uri, deadline: about.deadline })

const byKeySchema = signatureSchema.extend({ schema: z.literal('plimsoll/epoch-signature/1'), ...about })

const byContractSchema = z.strictObject({
  schema: z.literal('plimsoll/epoch-contract-signature/1'),
  ...about,
  signer: signatureSchema.shape.signer,
  /** The chain that the contract is on. */
  chainId: chainIdSchema,
  /** Whatever bytes its `isValidSignature` takes. */
  signature: z
    .string()
    .regex(/^0x(?:[0-9a-f]{2})*$/, 'must be bytes in lower-case hexadecimal digits')
    .max(2 + 2 * MAX_CONTRACT_SIGNATURE, `must not be more than ${MAX_CONTRACT_SIGNATURE} bytes`),
})

/**
 * The file with the venue's signature, beside the manifest that it is of: by a key, or by a contract of the
 * venue's on some chain, which alone can tell whether it signed (EIP-1271).
 */
export const epochSignatureSchema = z.discriminatedUnion('schema', [byKeySchema, byContractSchema])

/**
 * A venue's signature over an epoch, as `signature.json` has it.
 *
 * @useDeclaredType
 */
export type EpochSignature = z.infer<typeof epochSignatureSchema>

/**
 * A signature over an epoch by a contract, such as a wallet of several owners.
 *
 * @useDeclaredType
 */
export type EpochContractSignature = z.infer<typeof byContractSchema>

/** A question to a contract: whether it takes these bytes as its signature over a hash (EIP-1271). */
export interface ContractQuestion {
  chainId: string
  /** Lower-case. */
  contract: string
  /** `0x` and 64 digits. */
  hash: string
  /** Bytes in hex. */
  signature: string
}

/** What a contract answered. It is the word of the node that was asked, and true at that block. */
export interface ContractAnswer {
  takes: boolean
  block: number
  /** `0x` and 64 digits. */
  blockHash: string
}

/** Asks a contract, at a block of now; `undefined` where no node of its chain is known. */
export type AskContract = (question: ContractQuestion) => Promise<ContractAnswer | undefined>

/**
 * What a venue signs of an epoch: `OpenEpoch(string venue,string epoch,uint256 riskRoot,bytes32
 * manifest,string uri,uint256 deadline)`. A contract that knows a venue by the hash of its name puts that
 * hash in the place of the name: in EIP-712 a text counts by its hash.
 */
export function epochSigned(
  { venue, epoch, riskRoot, target }: Pick<Manifest, 'venue' | 'epoch' | 'riskRoot' | 'target'>,
  { manifest, uri, deadline }: Pick<EpochSignature, 'manifest' | 'uri' | 'deadline'>,
): SignedData {
  return {
    target,
    type: 'OpenEpoch',
    fields: [
      { name: 'venue', type: 'string' },
      { name: 'epoch', type: 'string' },
      { name: 'riskRoot', type: 'uint256' },
      { name: 'manifest', type: 'bytes32' },
      { name: 'uri', type: 'string' },
      { name: 'deadline', type: 'uint256' },
    ],
    values: { venue, epoch, riskRoot, manifest: `0x${manifest}`, uri, deadline: deadline.toString() },
  }
}
