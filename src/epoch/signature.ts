import * as z from 'zod'
import { type SignedData, signatureSchema } from '../bundle/index.js'
import { sha256Schema } from '../schema/index.js'
import type { Manifest } from './manifest-schema.js'

/** The last second of the year 9999: what is later was meant in milliseconds. */
const MAX_TIME = 253_402_300_799
const MAX_URI = 2000

/** The file with the venue's signature, beside the manifest that it is of. */
export const epochSignatureSchema = signatureSchema.extend({
  schema: z.literal('plimsoll/epoch-signature/1'),
  /** SHA-256 of the bytes of `manifest.json`. */
  manifest: sha256Schema,
  /** Where the venue publishes the epoch; may be empty. */
  uri: z
    .string()
    .max(MAX_URI)
    .regex(/^[!-~]*$/, 'must be an address without spaces, of ASCII characters'),
  /** Until when a contract may take the signature, seconds since 1970-01-01 UTC; 0: none ever does. */
  deadline: z.int().nonnegative().max(MAX_TIME, 'is after the year 9999: is it in milliseconds?'),
})

/**
 * A venue's signature over an epoch, as `signature.json` has it.
 *
 * @useDeclaredType
 */
export type EpochSignature = z.infer<typeof epochSignatureSchema>

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
