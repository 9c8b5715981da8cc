import * as z from 'zod'
import { proofFileSchema, tableSizesSchema } from '../bundle/index.js'
import { verificationKeySchema } from '../groth16/index.js'
import { parseJsonAs, sha256Schema } from '../schema/index.js'
import { marginPurposeSchema } from './purpose.js'

/** A multiple of a requirement as a decimal number: `1.5`. */
export const timesSchema = z
  .string()
  .regex(
    /^(?!0$)(0|[1-9][0-9]{0,2})(\.[0-9]{0,8}[1-9])?$/,
    'must be a plain decimal number above 0 and below 1000 with at most nine decimals',
  )

/**
 * A margin proof, with what its public signals are digests of. Public: nothing in it says whose it is or what
 * is held.
 */
export const marginProofSchema = z.strictObject({
  schema: z.literal('plimsoll/margin-proof/3'),
  /** The requirement of the risk table's rule, and the multiple of it that is met. */
  requirement: z.string().min(1).max(100),
  times: timesSchema,
  /** SHA-256 of the canonical text of the risk table whose rule is met. */
  riskTable: sha256Schema,
  /** Rows and scenarios that the risk root was made for. */
  sizes: tableSizesSchema,
  for: marginPurposeSchema,
  proof: proofFileSchema,
  /** Checked against its pin, not trusted. */
  key: verificationKeySchema,
})

/**
 * A margin proof as it was read: what it was made for, the proof, and its key.
 *
 * @useDeclaredType
 */
export type MarginProof = z.output<typeof marginProofSchema>
/**
 * A margin proof as a file holds it: numbers are decimal strings.
 *
 * @useDeclaredType
 */
export type MarginProofFile = z.input<typeof marginProofSchema>

/**
 * The margin proof that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const proof = parseMarginProof(await readFile('proof.json', 'utf8'), 'proof.json')
 */
export function parseMarginProof(text: string, where: string): MarginProof {
  return parseJsonAs(text, marginProofSchema, where)
}
