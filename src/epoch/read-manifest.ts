import { type Published, placeOf, readTextIfThere, type Source } from '../bundle/index.js'
import { InputError } from '../errors/index.js'
import { parseJsonAs, sha256Text } from '../schema/index.js'
import { MAX_BATCHES, type Manifest, manifestSchema } from './manifest-schema.js'
import { batchFolders, EPOCH_PATHS } from './paths.js'

/**
 * Reads the manifest of an epoch, and its digest, by which the next epoch names it.
 *
 * @param batches how many batches the whole ledger takes, where that is known: an epoch that was interrupted
 * does not say
 * @throws {InputError} `EPOCH_MISSING` when there is nothing of an epoch, `EPOCH_UNFINISHED` when
 * `ledger prove` has begun and not ended, and what `readTextFrom` and `parseJsonAs`
 * throw
 */
export async function readPublishedManifest(source: Source, batches?: number): Promise<Published<Manifest>> {
  const { manifest: path } = EPOCH_PATHS
  const text = await readTextIfThere(source, path)
  if (text === undefined) throw await unfinished(source, batches)
  return { value: parseJsonAs(text, manifestSchema, placeOf(source, path)), sha256: sha256Text(text) }
}

/**
 * The manifest of `readPublishedManifest`, without its digest.
 *
 * @throws {InputError} what `readPublishedManifest` throws
 */
export async function readManifest(source: Source, batches?: number): Promise<Manifest> {
  return (await readPublishedManifest(source, batches)).value
}

/** Error for a missing manifest. */
async function unfinished(source: Source, batches: number | undefined): Promise<InputError> {
  const ledger = await source.list?.(EPOCH_PATHS.ledger)
  if (ledger === undefined) {
    return new InputError('EPOCH_MISSING', 'there is no epoch: no manifest.json, and no proof of a ledger', {
      where: source.name,
      hint: 'Name the public folder of an epoch, as `plimsoll ledger prove` makes it.',
    })
  }
  const proven = await finished(source)
  const of = batches === undefined ? '' : ` of ${batches}`
  return new InputError(
    'EPOCH_UNFINISHED',
    `its ledger is proven up to batch ${proven}${of}, and no further`,
    {
      where: source.name,
      hint: 'Run `plimsoll ledger prove` again with the same files: it goes on where it stopped.',
    },
  )
}

/** How many proofs of batches there are from the first on. */
async function finished(source: Source): Promise<number> {
  let proven = 0
  for (const { folder, files } of batchFolders(MAX_BATCHES)) {
    const entries = await source.list?.(folder)
    const there = new Set(entries?.map(({ name }) => name))
    for (const name of files) {
      if (!there.has(name)) return proven
      proven++
    }
  }
  return proven
}
