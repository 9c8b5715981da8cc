import type { Manifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'

/**
 * The solvency part of a finished epoch. Without it the manifest is not final: nothing is signed, packed or
 * shown of it.
 *
 * @param where for messages
 * @throws {InputError} `EPOCH_UNFINISHED`
 */
export function provenSolvency(
  { parts: { solvency } }: Pick<Manifest, 'parts'>,
  where?: string,
): NonNullable<Manifest['parts']['solvency']> {
  if (solvency !== undefined) return solvency
  throw new InputError('EPOCH_UNFINISHED', 'its solvency is not proven, and its manifest not final', {
    ...(where === undefined ? {} : { where }),
    hint: 'Run `plimsoll solvency prove` first.',
  })
}
