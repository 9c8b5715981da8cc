import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Published, Source } from '../bundle/index.js'
import { EPOCH_PATHS, type Manifest, readPublishedManifest } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { epochPlaces, openSource } from '../inputs/index.js'

/** An epoch that is finished. */
export interface FinishedEpoch extends Published<Manifest> {
  source: Source
}

/**
 * The finished epochs of a venue that lie in one folder, as folders or as archives; copies of one manifest
 * are one epoch.
 *
 * @param folder may be missing: it has none then
 * @throws {InputError} what `readPublishedManifest` and `openSource` throw
 */
export async function finishedEpochs(folder: string, venue: string): Promise<FinishedEpoch[]> {
  const { folders, archives } = existsSync(folder) ? await epochPlaces(folder) : { folders: [], archives: [] }
  const found: FinishedEpoch[] = []
  const seen = new Set<string>()
  for (const name of [...folders, ...archives]) {
    const source = await openSource(join(folder, name))
    const files = await source.list!('')
    if (!files?.some((file) => file.name === EPOCH_PATHS.manifest)) continue
    const manifest = await readPublishedManifest(source)
    const { parts, venue: own } = manifest.value
    if (seen.has(manifest.sha256)) continue
    seen.add(manifest.sha256)
    if (own === venue && parts.solvency !== undefined) found.push({ ...manifest, source })
  }
  return found
}

/**
 * The one of some epochs that none of them follows; `undefined` when there are none.
 *
 * @param folder for messages
 * @throws {InputError} `EPOCH_HISTORY` when there are several: the history has parted
 */
export function lastOf(epochs: readonly FinishedEpoch[], folder: string): FinishedEpoch | undefined {
  const followed = new Set(epochs.map(({ value }) => value.previous))
  const last = epochs.filter(({ sha256 }) => !followed.has(sha256))
  if (last.length < 2) return last[0]
  const names = last.map(({ value }) => value.epoch).sort()
  throw new InputError('EPOCH_HISTORY', `no epoch follows ${names.join(', nor ')}: which is the last?`, {
    where: folder,
    hint: 'Name it with --previous, or move away what is not of the history.',
  })
}
