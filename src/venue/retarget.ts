import { constants } from 'node:fs'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseTarget, readPublishedPolicy } from '../bundle/index.js'
import {
  batchFolders,
  EPOCH_PATHS,
  evidencePaths,
  type KnownOfEvidence,
  type Manifest,
  readManifest,
} from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { type HeldLock, writeJson, writeNewFolder } from '../files/index.js'
import { folderSource } from '../inputs/index.js'
import type { PolicyFile } from '../statements/index.js'
import { committedReserves } from './committed-reserves.js'
import { withLock } from './epoch-lock.js'
import { assertApart, assertOwnFolder, epochLayout, liesIn, privateLayout } from './folders.js'
import { assertPrivate, type EpochPrivate, readPrivate, targetsOf } from './private-record.js'
import { proveBacking } from './prove-backing.js'
import {
  type ProvenSolvency,
  type ProveSolvencyOptions,
  proveSolvency,
  readOwnTable,
} from './prove-solvency.js'
import { openLastState } from './state-opening.js'

export interface RetargetOptions
  extends Pick<ProveSolvencyOptions, 'privateFolder' | 'reserves' | 'artifacts' | 'prover' | 'force'> {
  /** A finished epoch of the same books. */
  from: string
  /** Where the epoch for the other target is made. */
  folder: string
  target: Manifest['target']
  /** What whoever proves knows of chains and tokens, where the epoch has evidence. */
  known?: KnownOfEvidence
}

/**
 * Makes an epoch of the same books for another target: the same proofs of the ledger, and a proof of solvency
 * of its own, with the same commitment to the same reserves. Where evidence backs the epoch, it backs this
 * one as well. Nobody has signed it yet. Run again after an interruption, it goes on.
 *
 * @throws {InputError} `EPOCH_TARGET`, `DISCLOSE_RESERVES` for other reserves than those of the proof,
 * `EPOCH_OTHER_RUN` when the private folder is of another epoch or `folder` holds another one, `EPOCH_DONE`
 * when it is made already, or `from` is for this very target, `EPOCH_FOLDERS`, `EPOCH_UNFINISHED`
 * @throws {StatementError} what `proveSolvency` and `proveBacking` throw
 * @example
 * const { manifest } = await retargetEpoch({
 *   from: 'epoch',
 *   folder: 'epoch-10',
 *   target: { chainId: '10', contract: '0x5fbdb2315678afecb367f032d93f642f64180aa3' },
 *   privateFolder: 'private',
 *   reserves: (table) => readReserves('reserves.json', table),
 *   artifacts: ensureArtifacts,
 *   prover: wasmProver,
 * })
 */
export async function retargetEpoch(options: RetargetOptions): Promise<ProvenSolvency> {
  const { from, folder, privateFolder, target: given, known, ...proving } = options
  const target = parseTarget(given)
  assertPrivate(privateFolder)
  assertApart(folder, privateFolder)
  if (liesIn(from, folder) || liesIn(folder, from)) {
    throw new InputError('EPOCH_FOLDERS', 'the epoch and the one that is made must not lie in one another', {
      where: folder,
      hint: 'Name another folder with --out.',
    })
  }
  await assertOwnFolder(folder)
  const work = (lock: HeldLock) => begin({ ...options, target }, lock)
  const { policy, backing } = await withLock(privateLayout(privateFolder).lock, work)
  const solvency = await proveSolvency({ ...proving, folder, privateFolder, policy, force: true })
  if (backing === undefined) return solvency
  const { manifest } = await proveBacking({
    ...{ ...proving, folder, privateFolder, classes: backing.classes, force: true },
    ...(known && { known }),
  })
  return { ...solvency, manifest }
}

/** Everything that needs no proof: what cannot be finished is not begun. */
async function begin(
  { from, folder, privateFolder, target, reserves, force = false }: RetargetOptions,
  lock: HeldLock,
): Promise<{ policy: PolicyFile; backing: Manifest['parts']['backing'] }> {
  const record = await readPrivate(privateFolder)
  const source = folderSource(from)
  const manifest = await readManifest(source)
  openLastState(manifest, record, from)
  const table = await readOwnTable(from, manifest)
  await committedReserves(source, { manifest, record, table }, await reserves(table))
  const { value: policy } = await readPublishedPolicy(source, EPOCH_PATHS.policy)
  if (isDeepStrictEqual(target, manifest.target)) {
    throw new InputError('EPOCH_DONE', 'the epoch is for this target already', {
      where: from,
      hint: 'Name another chain or another contract.',
    })
  }
  const made = { ...ledgerOf(manifest), target }
  const { backing } = manifest.parts
  const there = await readManifest(folderSource(folder)).catch((error: unknown) => {
    if (error instanceof InputError && error.code === 'EPOCH_MISSING') return undefined
    throw error
  })
  if (there !== undefined) {
    if (!isDeepStrictEqual(ledgerOf(there), made)) {
      throw new InputError('EPOCH_OTHER_RUN', 'holds an epoch of other books, or for another target', {
        where: folder,
        hint: 'Name another folder with --out.',
      })
    }
    const isDone =
      there.parts.solvency !== undefined && (backing === undefined || there.parts.backing !== undefined)
    if (isDone && !force) {
      throw new InputError('EPOCH_DONE', 'is the epoch for this target already', {
        where: folder,
        hint: 'Nothing was written. With --force its proofs are made again.',
      })
    }
  }
  await lock.assertHeld()
  await writeJson(privateLayout(privateFolder).record, withTarget(record, target), { mode: 0o600 })
  if (there === undefined) {
    await writeNewFolder(folder, async (making) => {
      await copyFiles(from, making, ledgerFiles(manifest))
      await writeJson(epochLayout(making).manifest, made)
    })
  }
  await rm(epochLayout(folder).reserves, { recursive: true, force: true })
  if (backing !== undefined) {
    const evidence = await evidencePaths(source)
    await copyFiles(
      from,
      folder,
      evidence.map((path) => `${EPOCH_PATHS.reserves}/${path}`),
    )
  }
  return { policy, backing }
}

/** A manifest as it is while solvency is not proven. */
function ledgerOf({ keys, parts: { ledger }, ...rest }: Manifest): Manifest {
  const names = ledger.batches.map(({ instance }) => instance)
  const own = Object.entries(keys).filter(([name]) => names.includes(name))
  return { ...rest, keys: Object.fromEntries(own), parts: { ledger } }
}

/** Files of an epoch that say nothing of its target. */
function ledgerFiles({ parts: { ledger } }: Manifest): string[] {
  const batches = ledger.batches.reduce((sum, { count }) => sum + count, 0)
  return [
    EPOCH_PATHS.risk,
    ...new Set(ledger.batches.map(({ instance }) => EPOCH_PATHS.key(instance))),
    ...[...batchFolders(batches)].flatMap(({ folder, files }) => files.map((file) => `${folder}/${file}`)),
  ]
}

async function copyFiles(from: string, to: string, paths: readonly string[]): Promise<void> {
  for (const folder of new Set(paths.map(dirname))) await mkdir(join(to, folder), { recursive: true })
  for (const path of paths) await copyFile(join(from, path), join(to, path), constants.COPYFILE_FICLONE)
}

/** A record that knows a target: the folders of an epoch have no others. */
function withTarget(record: EpochPrivate, target: Manifest['target']): EpochPrivate {
  if (targetsOf(record).some((known) => isDeepStrictEqual(known, target))) return record
  return { ...record, otherTargets: [...(record.otherTargets ?? []), target] }
}
