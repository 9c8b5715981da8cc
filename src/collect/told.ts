import { createReadStream } from 'node:fs'
import * as z from 'zod'
import { statFile } from '../files/index.js'
import { accountSchema, assetSchema, balanceSchema, linesOf } from '../reserves/index.js'
import { parseJsonAs } from '../schema/index.js'

const MAX_LINE = 65_536

const toldSchema = z.strictObject({
  account: accountSchema,
  asset: assetSchema,
  amount: z.string().regex(/^(?:0|[1-9][0-9]{0,77})$/, 'must be a whole number of smallest units in quotes'),
  block: z.string().regex(/^[0-9A-Za-z]{1,88}$/, 'must be the hash of a block, or `none`'),
  balance: balanceSchema.refine(
    ({ kind }) => kind === 'observed' || kind === 'attested',
    'must be observed or attested: proofs are collected from nodes',
  ),
})

/**
 * A holding that a node or somebody tells of, on a chain that no proofs are collected of, or on none.
 *
 * @useDeclaredType
 */
export type ToldHolding = z.infer<typeof toldSchema>

/**
 * Reads holdings that are told, one a line of JSON, and puts them in the order of evidence.
 *
 * @throws {InputError} `FILE_ACCESS`, and what `parseJsonAs` throws, with the line
 */
export async function readTold(path: string): Promise<ToldHolding[]> {
  await statFile(path)
  const told: ToldHolding[] = []
  for await (const { text, number } of linesOf(createReadStream(path), MAX_LINE, path)) {
    told.push(parseJsonAs(text, toldSchema, `${path}:${number}`))
  }
  return told.sort((a, b) => (`${a.account} ${a.asset}` < `${b.account} ${b.asset}` ? -1 : 1))
}
