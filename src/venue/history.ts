import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Published, Source } from '../bundle/index.js'
import {
  differentBooks,
  EPOCH_PATHS,
  type Manifest,
  readPublishedManifest,
  targetWords,
} from '../epoch/index.js'
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
 * The one of some epochs that none of them follows; `undefined` when there are none. Copies of one epoch for
 * several targets are one epoch: its next follows the one for its own target.
 *
 * @param folder for messages
 * @param target of the next epoch
 * @throws {InputError} `EPOCH_HISTORY` when there are several: the history has parted, or none of the copies
 * of the last epoch is for the target
 */
export function lastOf(
  epochs: readonly FinishedEpoch[],
  folder: string,
  target: Manifest['target'],
): FinishedEpoch | undefined {
  const followed = new Set(epochs.map(({ value }) => value.previous))
  const before = epochs.filter(({ sha256 }) => followed.has(sha256))
  const last = epochs.filter((one) => !before.some((other) => areCopies(one, other)))
  const [first, ...others] = last
  if (others.length === 0) return first
  const oneEpoch = others.every((other) => areCopies(first!, other))
  const own = last.find(({ value }) => isDeepStrictEqual(value.target, target))
  if (oneEpoch && own !== undefined) return own
  const names = last.map(({ value }) => `${value.epoch} for ${targetWords(value)}`).sort()
  throw new InputError('EPOCH_HISTORY', `no epoch follows ${names.join(', nor ')}: which is the last?`, {
    where: folder,
    hint: oneEpoch
      ? `These are copies of one epoch, and the next is for ${targetWords({ target })}: name the one that it follows with --previous.`
      : 'Name it with --previous, or move away what is not of the history.',
  })
}

/** Whether two are one epoch, be it for two targets. */
function areCopies({ value: one }: FinishedEpoch, { value: other }: FinishedEpoch): boolean {
  return one.epoch === other.epoch && differentBooks(one, other).length === 0
}
