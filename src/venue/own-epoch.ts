import { isDeepStrictEqual } from 'node:util'
import type { Manifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'

/** What an epoch has to be of, and how messages call it. */
const FIELDS = {
  venue: 'venue',
  epoch: 'name',
  target: 'chain or contract',
  riskTable: 'risk table',
} as const satisfies Partial<Record<keyof Manifest, string>>

/**
 * Makes sure that a finished epoch is the one that is meant: nothing of another one is signed, or told as
 * made.
 *
 * @param folder for messages
 * @throws {InputError} `EPOCH_OTHER_RUN`
 */
export function assertOwnEpoch(
  manifest: Pick<Manifest, keyof typeof FIELDS>,
  wanted: Pick<Manifest, keyof typeof FIELDS>,
  folder: string,
): void {
  for (const field of Object.keys(FIELDS) as (keyof typeof FIELDS)[]) {
    if (isDeepStrictEqual(manifest[field], wanted[field])) continue
    throw new InputError('EPOCH_OTHER_RUN', `holds a finished epoch of another ${FIELDS[field]}`, {
      where: folder,
      hint: 'Name the epoch otherwise with --name, or run it with what the finished one was made of.',
    })
  }
}
