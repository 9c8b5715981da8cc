import { type KeyPins, parsePins } from '../bundle/index.js'
import { readTextFile } from '../files/index.js'

/**
 * Reads a file of pins.
 *
 * @throws {InputError} what `parsePins` and `readJsonFile` throw
 * @example
 * const report = await verifyEpoch(await openSource('epoch'), { pins: await readPins('pins.json') })
 */
export async function readPins(path: string): Promise<KeyPins> {
  return parsePins(await readTextFile(path), path)
}
