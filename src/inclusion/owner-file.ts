import * as z from 'zod'
import { InputError } from '../errors/index.js'
import { ownerCommitment } from '../hash/index.js'
import { fieldElementSchema, parseJsonAs } from '../schema/index.js'

const ownerFile = z.strictObject({
  schema: z.literal('plimsoll/owner/1'),
  secret: fieldElementSchema,
  commitment: fieldElementSchema,
})

/**
 * The secret in an owner file's text.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `OWNER_FILE` when secret and commitment do not belong together, and what
 * `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const commitment = ownerCommitment(parseOwner(await readFile('owner.json', 'utf8'), 'owner.json'))
 */
export function parseOwner(text: string, where: string): bigint {
  const { secret, commitment } = parseJsonAs(text, ownerFile, where)
  if (ownerCommitment(BigInt(secret)) === BigInt(commitment)) return BigInt(secret)
  throw new InputError('OWNER_FILE', 'the commitment is not that of the secret', {
    where,
    hint: 'Use the file as `plimsoll owner new` wrote it.',
  })
}
