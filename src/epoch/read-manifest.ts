import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { InputError } from '../errors/index.js'
import { fileError, readJsonFile } from '../files/index.js'
import { type Manifest, manifestSchema } from './manifest-schema.js'
import { batchFile, epochLayout } from './paths.js'

/**
 * Reads the manifest of an epoch.
 *
 * @param batches how many batches the whole ledger takes, where that is known: an epoch that was interrupted does not say
 * @throws {InputError} `EPOCH_MISSING` when there is nothing of an epoch, `EPOCH_UNFINISHED` when `ledger prove` has begun and not ended, and what `readJsonFile` throws
 */
export async function readManifest(folder: string, batches?: number): Promise<Manifest> {
  const at = epochLayout(folder)
  if (existsSync(at.manifest)) return readJsonFile(at.manifest, manifestSchema)
  if (!existsSync(at.ledger)) {
    throw new InputError('EPOCH_MISSING', 'there is no epoch: no manifest.json, and no proof of a ledger', {
      where: folder,
      hint: 'Name the public folder of an epoch, as `plimsoll ledger prove` makes it.',
    })
  }
  const there = new Set(
    await readdir(at.ledger).catch((error: unknown) => {
      throw fileError(at.ledger, error)
    }),
  )
  let proven = 0
  while (there.has(batchFile(proven))) proven++
  const of = batches === undefined ? '' : ` of ${batches}`
  throw new InputError(
    'EPOCH_UNFINISHED',
    `its ledger is proven up to batch ${proven}${of}, and no further`,
    {
      where: folder,
      hint: 'Run `plimsoll ledger prove` again with the same files: it goes on where it stopped.',
    },
  )
}
