import { join } from 'node:path'
import { readTextFile } from '../files/index.js'
import {
  type Addresses,
  parseAddresses,
  parseChallenge,
  RESERVES_PATHS,
  type ReadChallenge,
} from '../reserves/index.js'

/**
 * Reads a folder that `makeChallenge` made.
 *
 * @throws {InputError} `FILE_ACCESS`, and what `parseChallenge` and `parseAddresses` throw
 */
export async function readChallengeFolder(
  folder: string,
): Promise<{ read: ReadChallenge; addresses: Addresses }> {
  const [challenge, list] = [join(folder, RESERVES_PATHS.challenge), join(folder, RESERVES_PATHS.addresses)]
  const read = parseChallenge(await readTextFile(challenge), challenge)
  const { addresses } = parseAddresses(await readTextFile(list), list)
  return { read, addresses }
}
