import { InputError } from '../errors/index.js'
import { isFieldElement } from '../field/index.js'

/**
 * A published root, in decimal or as 32 bytes in hex; `undefined` for what is none. No root has fewer than 40
 * digits but by a chance below 2^-120: such a number is the name of a folder, as 20261130.
 *
 * @param where names it in messages
 * @throws {InputError} `USAGE` for a number that is beyond the field
 */
export function parseRoot(text: string, where: string): bigint | undefined {
  if (!/^[1-9][0-9]{39,77}$|^0x[0-9a-fA-F]{64}$/.test(text)) return undefined
  if (isFieldElement(BigInt(text))) return BigInt(text)
  throw new InputError('USAGE', 'not a root: it is beyond the field', { where })
}
