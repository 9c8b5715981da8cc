import { readTextFile } from '../files/index.js'
import { type Inclusion, parseInclusion } from '../inclusion/index.js'

/**
 * Reads a customer's inclusion file.
 *
 * @throws {InputError} what `parseInclusion` and `readJsonFile` throw
 * @example
 * const { account } = await readInclusion('inclusion.json')
 */
export async function readInclusion(path: string): Promise<Inclusion> {
  return parseInclusion(await readTextFile(path), path)
}
