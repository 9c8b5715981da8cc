import * as z from 'zod'
import { labelSchema, proofFileSchema, targetSchema } from '../bundle/index.js'
import { verificationKeySchema } from '../groth16/index.js'
import { parseJsonAs } from '../schema/index.js'

/**
 * A proof that one account of an epoch was below its requirement, and that no more was taken than the policy
 * lets. Public: nothing in it says whose account it is, what it held, or what moved.
 */
export const liquidationProofSchema = z.strictObject({
  schema: z.literal('plimsoll/liquidation/1'),
  venue: labelSchema,
  epoch: labelSchema,
  /** The gate that takes the proof, where it is not made for the epoch's own target. */
  gate: targetSchema.unwrap().exactOptional(),
  proof: proofFileSchema,
  /** Checked against its pin, not trusted. */
  key: verificationKeySchema,
})

/**
 * A proof of a liquidation as its file holds it: the epoch that it is of, the proof, and its key.
 *
 * @useDeclaredType
 */
export type LiquidationProof = z.infer<typeof liquidationProofSchema>

/**
 * The proof of a liquidation that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const proof = parseLiquidation(await readFile('liquidation.json', 'utf8'), 'liquidation.json')
 */
export function parseLiquidation(text: string, where: string): LiquidationProof {
  return parseJsonAs(text, liquidationProofSchema, where)
}
