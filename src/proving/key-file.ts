import * as z from 'zod'
import { ceremonyPinSchema } from '../bundle/index.js'
import { verificationKeySchema } from '../groth16/index.js'
import { keyKindSchema, sha256Schema } from '../schema/index.js'

const count = z.int().nonnegative()

/** The files of an instance's folder, beside its manifest. */
export const ARTIFACT_FILES = ['circuit.r1cs', 'circuit.wasm', 'circuit.sym', 'proving.zkey'] as const
export const KEY_FILE = 'key.json'
/** Beside the artifacts of a key that came out of a ceremony: the ceremony's transcript. */
export const TRANSCRIPT_FILE = 'transcript.json'
export const KEY_FILE_SCHEMA = 'plimsoll/key/2'

/** Bytes of a file of artifacts, at most: for the whole, and for each row of the circuit. */
const FILE_BYTES = 2 ** 26
const ROW_BYTES = 2 ** 13

/** The most bytes that a file of an instance's artifacts can have: what is fetched is cut off there. */
export function mostBytesOf({ domainSize }: { domainSize: number }): number {
  return FILE_BYTES + ROW_BYTES * domainSize
}

/** Content of `key.json`, about the artifacts beside it. */
export const keyFileSchema = z.strictObject({
  schema: z.literal(KEY_FILE_SCHEMA),
  instance: z.string(),
  statement: z.string(),
  sizes: z.record(z.string(), count),
  /** SHA-256 over every source file, the sizes, the public signals and the compiler: the folder's address. */
  sourceHash: sha256Schema,
  compiler: z.string(),
  /** `development`: its maker knew the randomness and could forge. */
  keyKind: keyKindSchema,
  /** Of a key of kind `ceremony`, and of no other. */
  ceremony: ceremonyPinSchema.exactOptional(),
  constraints: z.strictObject({ nonLinear: count, linear: count }),
  wires: count,
  domainSize: count,
  /** Full names, in a verifier's order. */
  publicSignals: z.array(z.string()),
  /** Every input of the circuit and its length in each dimension. */
  inputs: z.array(z.strictObject({ name: z.string(), shape: z.array(count) })),
  /** SHA-256 of each file. */
  files: z.record(z.enum(ARTIFACT_FILES), sha256Schema),
  verificationKey: verificationKeySchema,
  /** SHA-256 of the verification key's canonical JSON. */
  keyHash: sha256Schema,
})

export type KeyFile = z.infer<typeof keyFileSchema>
