import { realpathSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { EPOCH_PATHS, isClutter } from '../epoch/index.js'
import { InputError } from '../errors/index.js'

/** Where everything of an epoch lies in its public folder. */
export function epochLayout(folder: string) {
  const { batch, key, chunk, settlementKey, ...names } = EPOCH_PATHS
  return {
    folder,
    manifest: join(folder, names.manifest),
    signature: join(folder, names.signature),
    risk: join(folder, names.risk),
    policy: join(folder, names.policy),
    solvency: join(folder, names.solvency),
    backing: join(folder, names.backing),
    reserves: join(folder, names.reserves),
    liquidations: join(folder, names.liquidations),
    settlement: join(folder, names.settlement),
    settlementFile: join(folder, names.settlementFile),
    settlementProof: join(folder, names.settlementProof),
    settlementInterest: join(folder, names.settlementInterest),
    chunk: (index: number) => join(folder, chunk(index)),
    settlementKeys: join(folder, names.settlementKeys),
    settlementKey: (instance: string) => join(folder, settlementKey(instance)),
    ledger: join(folder, names.ledger),
    batch: (index: number) => join(folder, batch(index)),
    keys: join(folder, names.keys),
    key: (instance: string) => join(folder, key(instance)),
  }
}

/** Whether a name is that of a file which a killed run may have left half-written. */
function isLeftover(name: string): boolean {
  return name.startsWith('.') && name.endsWith('.tmp')
}

/** Removes files that a killed run may have left half-written. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (isLeftover(name)) await rm(join(folder, name))
  }
}

/** Everything that an epoch's folder may hold. */
const ENTRIES = [
  'backing.json',
  'keys',
  'ledger',
  'liquidations',
  'manifest.json',
  'policy.json',
  'reserves',
  'risk.json',
  'settlement',
  'signature.json',
  'solvency.json',
]

/**
 * Makes sure that a folder, if it is there, holds nothing but an epoch: anything else would make the epoch
 * invalid.
 *
 * @throws {InputError} `EPOCH_FOLDERS`
 */
export async function assertOwnFolder(folder: string, entries: readonly string[] = ENTRIES): Promise<void> {
  const there = await readdir(folder).catch(() => [])
  const foreign = there.find((name) => !entries.includes(name) && !isLeftover(name) && !isClutter(name))
  if (foreign === undefined) return
  throw new InputError('EPOCH_FOLDERS', `holds ${foreign}, which does not belong here`, {
    where: folder,
    hint: 'Name a folder that is new or empty.',
  })
}

/** The venue's own folder beside an epoch. */
export function privateLayout(folder: string) {
  return {
    folder,
    record: join(folder, 'epoch.json'),
    lock: join(folder, 'lock'),
    /** Which inclusion file is whose. */
    inclusionFiles: join(folder, 'inclusion-files.jsonl'),
    /** What opens the movements of liquidations, one file for each proof. */
    liquidations: join(folder, EPOCH_PATHS.liquidations),
    /** What a settlement was begun with. */
    settlement: join(folder, 'settlement.json'),
    /** What opens its deposits, withdrawals and fees. */
    external: join(folder, 'external.json'),
  }
}

/** Where the private folder lies unless it is named: beside the epoch. */
export function defaultPrivateFolder(epochFolder: string): string {
  return `${resolve(epochFolder)}.private`
}

/** Whether a path is a folder or lies in it, by whatever symbolic links either is named. */
export function liesIn(folder: string, path: string): boolean {
  return relative(realOf(folder), realOf(path)).split(sep)[0] !== '..'
}

/** A path without symbolic links, as far as anything is there. */
function realOf(path: string): string {
  const full = resolve(path)
  try {
    return realpathSync(full)
  } catch {
    return full === dirname(full) ? full : join(realOf(dirname(full)), basename(full))
  }
}

/**
 * Makes sure that none of some files or places lies in a folder that is published.
 *
 * @throws {InputError} `EPOCH_FOLDERS`
 */
export function assertUnpublished(publicFolder: string, files: readonly string[]): void {
  const inside = files.find((file) => liesIn(publicFolder, file))
  if (inside === undefined) return
  throw new InputError('EPOCH_FOLDERS', 'lies in the public folder, and would be published with it', {
    where: inside,
    hint: 'Name another place, outside the public folder.',
  })
}

/**
 * Makes sure that neither of an epoch's folders lies in the other, where the private one would be published
 * with it.
 *
 * @throws {InputError} `EPOCH_FOLDERS`
 */
export function assertApart(epochFolder: string, privateFolder: string): void {
  if (liesIn(epochFolder, privateFolder) || liesIn(privateFolder, epochFolder)) {
    throw new InputError('EPOCH_FOLDERS', 'the public and the private folder must not lie in one another', {
      where: epochFolder,
      hint: 'Name another folder with --private.',
    })
  }
}
