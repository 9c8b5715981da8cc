import type { Source } from '../bundle/index.js'
import { type Manifest, readPublishedManifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'

/**
 * The digest by which an epoch names the one before it.
 *
 * @throws {InputError} `EPOCH_PREVIOUS` for an epoch of another venue, of the same name, or whose solvency is
 * not proven yet: its manifest is not final; and what `readPublishedManifest` throws
 */
export async function previousOf(source: Source, own: Pick<Manifest, 'venue' | 'epoch'>): Promise<string> {
  const { value: manifest, sha256 } = await readPublishedManifest(source)
  const fault =
    manifest.venue !== own.venue
      ? 'is of another venue'
      : manifest.epoch === own.epoch
        ? 'has the name of the epoch that it is to stand before'
        : manifest.parts.solvency === undefined
          ? 'is not finished: its solvency is not proven'
          : undefined
  if (fault === undefined) return sha256
  throw new InputError('EPOCH_PREVIOUS', fault, {
    where: source.name,
    hint: 'Name with --previous the epoch of this venue that was published last.',
  })
}
