import { randomBytes } from 'node:crypto'
import { SALT_BITS } from '../field/index.js'
import { ownerCommitment } from '../hash/index.js'
import { writeNewPrivate } from './write.js'

/**
 * Makes an owner's secret: 248 random bits, in a new file for its owner alone to read. Only the commitment is returned;
 * it is what the customer gives to a venue for the `owner` column of its accounts.
 *
 * @example
 * const commitment = await createOwner('owner.json')
 *
 * @throws {InputError} `FILE_EXISTS`: a secret is never overwritten.
 */
export async function createOwner(path: string): Promise<bigint> {
  const secret = BigInt(`0x${randomBytes(SALT_BITS / 8).toString('hex')}`)
  const commitment = ownerCommitment(secret)
  await writeNewPrivate(path, {
    schema: 'plimsoll/owner/1',
    secret: secret.toString(),
    commitment: commitment.toString(),
  })
  return commitment
}
