import { readTextFile } from '../files/index.js'
import { type MarginProof, parseMarginProof } from '../margin/index.js'

/**
 * Reads a margin proof.
 *
 * @throws {InputError} what `parseMarginProof` and `readJsonFile` throw
 * @example
 * const { requirement, times } = await readMarginProof('proof.json')
 */
export async function readMarginProof(path: string): Promise<MarginProof> {
  return parseMarginProof(await readTextFile(path), path)
}
