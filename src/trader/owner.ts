import { randomBytes } from 'node:crypto'
import { SALT_BITS } from '../field/index.js'
import { readTextFile, writeNewPrivate } from '../files/index.js'
import { ownerCommitment } from '../hash/index.js'
import { parseOwner } from '../inclusion/index.js'

/**
 * Makes an owner's secret: 248 random bits, in a new file for its owner alone to read. Only the commitment is
 * returned; it is what the customer gives to a venue for the `owner` column of its accounts.
 *
 * @example
 * const commitment = await createOwner('owner-2.json')
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

/**
 * Reads the secret of an owner file.
 *
 * @throws {InputError} `OWNER_FILE` when secret and commitment do not belong together, and what
 * `readJsonFile` throws
 * @example
 * const commitment = ownerCommitment(await readOwner('owner.json'))
 */
export async function readOwner(path: string): Promise<bigint> {
  return parseOwner(await readTextFile(path), path)
}
