import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseTarget, riskTableHash, type Source } from '../bundle/index.js'
import { batchFolders, type Manifest, manifestSchema } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { type HeldLock, inFolders, readJsonFile, writeFileAtomic, writeJson } from '../files/index.js'
import type { Ledger } from '../ledger/index.js'
import { type Artifacts, loadInstances, type ProofPool, type Prover, poolOf } from '../proving/index.js'
import { formatRiskTable, type RiskTable, riskDigests } from '../risk/index.js'
import { ledgerInputs } from '../statements/index.js'
import { type BatchEvent, BatchLog } from './batch-log.js'
import { eachOf } from './each-of.js'
import { keyHashes, writeKey } from './epoch-keys.js'
import { withLock } from './epoch-lock.js'
import { EpochSecret } from './epoch-secret.js'
import { FinishedProofs } from './finished-proofs.js'
import { type FoldOptions, type FoldStep, foldedBatches, foldLedger } from './fold-ledger.js'
import { assertApart, assertOwnFolder, epochLayout, privateLayout, removeLeftovers } from './folders.js'
import { planCandidates } from './plan/candidates.js'
import { type LedgerInstance, type LedgerPlan, type PlanOptions, planLedger } from './plan-ledger.js'
import { previousOf } from './previous-epoch.js'
import { choiceRecord, type EpochPrivate, planRecord, privateSchema, recordedPlan } from './private-record.js'
import { proveInto } from './prove-into.js'
import { stateOpening } from './state-opening.js'

export interface ProveLedgerOptions extends PlanOptions {
  folder: string
  /** The venue's own folder: salts, blinding factors, the opening of the last state. */
  privateFolder: string
  venue: string
  epoch: string
  /** A chain and a contract that the solvency proof is meant for. */
  target?: Manifest['target']
  /** The epoch that the venue published before this one; none for the first of a history. */
  previous?: Source
  table: RiskTable
  ledger: Ledger
  artifacts: (instance: string) => Promise<Artifacts>
  /** What makes the proofs: a prover in this process, or a pool of many. */
  prover: Prover | ProofPool
  /**
   * Gets the plan before anything is folded, how far the fold is, and each batch as it is done, in any
   * order.
   */
  onPlan?: (plan: LedgerPlan) => void
  onFold?: (step: FoldStep) => void
  onBatch?: (event: BatchEvent) => void
}

/** An epoch whose ledger is proven, and how the keys that prove it were made. */
export interface ProvenLedger {
  manifest: Manifest
  plan: LedgerPlan
  keyKind: Artifacts['keyKind']
}

/**
 * Folds a whole ledger and proves each batch into `folder`. Run again after an interruption, it verifies
 * and keeps what was finished and goes on to the same chain of states.
 *
 * @throws {InputError} `EPOCH_TARGET`; `EPOCH_PREVIOUS` when no epoch can follow the one before, or not this
 * one; `EPOCH_OTHER_RUN` when the folder was begun with other files,
 * `EPOCH_DONE` when its solvency is proven for another ledger than this comes to, or under other keys:
 * nothing of it is then overwritten
 * @example
 * const table = await readRiskTable('risk.json')
 * const ledger = await readLedger('accounts.csv', table)
 * try {
 *   await proveLedger({
 *     folder: 'epoch',
 *     privateFolder: 'private',
 *     venue: 'Example Venue',
 *     epoch: '2026-01',
 *     table,
 *     ledger,
 *     instances: ['ledger-tiny', 'ledger-tiny-wide'], // the smallest that fit when left out
 *     artifacts: ensureArtifacts,
 *     prover: wasmProver,
 *   })
 * } finally {
 *   await ledger.close()
 * }
 */
export async function proveLedger(given: ProveLedgerOptions): Promise<ProvenLedger> {
  const options = {
    ...given,
    target: parseTarget(given.target ?? null),
    before: given.previous === undefined ? {} : { previous: await previousOf(given.previous, given) },
  }
  const at = epochLayout(options.folder)
  const own = privateLayout(options.privateFolder)
  assertApart(options.folder, options.privateFolder)
  await assertOwnFolder(options.folder)
  const folders = [{ path: at.ledger }, { path: at.keys }, { path: own.folder, mode: 0o700 }]
  return inFolders(folders, () => withLock(own.lock, (lock) => foldAndProve(options, lock)))
}

/** Options with what was read of them. */
interface LedgerRunOptions extends ProveLedgerOptions {
  /** As the manifest names the epoch before. */
  before: Pick<Manifest, 'previous'>
}

async function foldAndProve(options: LedgerRunOptions, lock: HeldLock): Promise<ProvenLedger> {
  const at = epochLayout(options.folder)
  const own = privateLayout(options.privateFolder)
  const { table, ledger, artifacts: artifactsOf } = options
  const plan =
    (await begunPlan(options)) ?? planLedger(planCandidates(options), table, ledger.shapes, options)
  // Faults that would make the epoch invalid are found before anything is proven.
  await assertOwnFolders(at, plan)
  const digests = riskDigests(table, plan.solvency.sizes)
  const riskRoot = digests.riskRoot.toString()
  const riskTable = riskTableHash(table)
  const record = await beginOrResume(options, plan, { riskTable, riskRoot })
  const before = existsSync(at.manifest) ? await readJsonFile(at.manifest, manifestSchema) : undefined
  const done = before?.parts.solvency ? before : undefined
  if (done && done.riskTable !== riskTable) throw doneError(options.folder)
  const folders = [...batchFolders(plan.batches)].map(({ folder }) => join(at.folder, folder))
  for (const folder of folders) await mkdir(folder, { recursive: true })
  for (const folder of [at.folder, at.ledger, at.keys, own.folder, ...folders]) await removeLeftovers(folder)
  await writeFileAtomic(at.risk, formatRiskTable(table))
  options.onPlan?.(plan)

  const fold: FoldOptions = { plan, table, digests, ledger, secret: EpochSecret.fromHex(record.seed) }
  const folded = await foldLedger({ ...fold, ...(options.onFold ? { progress: options.onFold } : {}) })
  const keys: Manifest['keys'] = {}
  let keyKind: Artifacts['keyKind'] | undefined
  for (const { instance } of plan.runs) {
    const artifacts = await artifactsOf(instance.name)
    keys[instance.name] = keyHashes(artifacts)
    keyKind = artifacts.keyKind
  }
  const manifest: Manifest = {
    schema: 'plimsoll/epoch/4',
    venue: options.venue,
    epoch: options.epoch,
    ...options.before,
    target: options.target ?? null,
    riskTable,
    riskRoot,
    sizes: plan.solvency.sizes,
    keys,
    parts: {
      ledger: {
        firstState: folded.states[0]!.toString(),
        state: folded.states.at(-1)!.toString(),
        batches: plan.runs.map(({ instance, batches }) => ({ instance: instance.name, count: batches })),
      },
    },
  }
  // A finished proof of solvency rests on these very keys and states: other proofs of the same batches may
  // replace some, and no others.
  if (done && !isCompletion(done, manifest)) throw doneError(options.folder)

  const pool = poolOf(options.prover)
  const log = new BatchLog(plan)
  const run = fold.secret.runName()
  const { batches } = manifest.parts.ledger
  const finished = new FinishedProofs(at.batch, { batches, states: folded.states, artifacts: artifactsOf })
  const isKept = async (index: number, instance: LedgerInstance) => {
    const kept = await finished.holds(index)
    if (kept) options.onBatch?.(log.kept(index, instance))
    return kept
  }
  await eachOf(
    foldedBatches(fold, folded, isKept),
    () => pool.room,
    async ({ index, instance, witness }) => {
      const artifacts = await artifactsOf(instance.name)
      const made = await proveInto(
        at.batch(index),
        { pool, lock },
        {
          name: fold.secret.proofName(index),
          ...{ run, index, artifacts },
          inputs: ledgerInputs(witness),
          signals: witness.signals,
        },
      )
      options.onBatch?.(log.proven(index, instance, made))
    },
  )
  await pool.finish(run)
  await lock.assertHeld()
  for (const { instance } of plan.runs) {
    await writeKey(at.key(instance.name), await artifactsOf(instance.name))
  }
  if (done) return { manifest: done, plan, keyKind: keyKind! }
  await lock.assertHeld()
  await writeJson(own.record, { ...record, opening: stateOpening(folded.opening) }, { mode: 0o600 })
  await writeJson(at.manifest, manifest)
  return { manifest, plan, keyKind: keyKind! }
}

/** @throws {InputError} `EPOCH_FOLDERS` when a folder has what does not belong to an epoch of this plan */
async function assertOwnFolders(at: ReturnType<typeof epochLayout>, plan: LedgerPlan): Promise<void> {
  const folders = [...batchFolders(plan.batches)]
  await assertOwnFolder(
    at.ledger,
    folders.map(({ folder }) => basename(folder)),
  )
  for (const { folder, files } of folders) await assertOwnFolder(join(at.folder, folder), files)
  const solvency = loadInstances().filter(({ statement }) => statement === 'solvency')
  const proving = [...plan.runs.map(({ instance }) => instance), ...solvency, plan.solvency]
  await assertOwnFolder(
    at.keys,
    proving.map(({ name }) => `${name}.json`),
  )
}

function doneError(folder: string): InputError {
  return new InputError(
    'EPOCH_DONE',
    'holds an epoch whose solvency is proven, for another ledger or under other keys',
    {
      where: folder,
      hint: 'A finished epoch is not overwritten: write to a new folder, or remove its manifest.json first.',
    },
  )
}

/**
 * The plan of a run that was begun with the same files and the same choice of instances. It is not made
 * again: since then some of them may have been compiled, and cost other than was estimated.
 */
async function begunPlan(options: ProveLedgerOptions): Promise<LedgerPlan | undefined> {
  const { record: path } = privateLayout(options.privateFolder)
  if (!existsSync(path)) return undefined
  const record = await readJsonFile(path, privateSchema)
  const same =
    record.accountsSha256 === options.ledger.sha256 &&
    record.riskTable === riskTableHash(options.table) &&
    isDeepStrictEqual(record.choice, choiceRecord(options))
  return same ? recordedPlan(record) : undefined
}

/** The record of a run that was begun with the same files, or a fresh one. */
async function beginOrResume(
  options: LedgerRunOptions,
  plan: LedgerPlan,
  risk: Pick<EpochPrivate, 'riskTable' | 'riskRoot'>,
): Promise<EpochPrivate> {
  const own = privateLayout(options.privateFolder)
  const wanted = {
    venue: options.venue,
    epoch: options.epoch,
    target: options.target ?? null,
    ...options.before,
    accountsSha256: options.ledger.sha256,
    ...risk,
    plan: planRecord(plan),
  }
  const exists = (await readdir(own.folder)).includes('epoch.json')
  if (!exists) {
    // A run writes its risk table before anything else, and others may still be at work on theirs.
    const begun = ['manifest.json', 'risk.json']
    if ((await readdir(options.folder)).some((name) => begun.includes(name))) {
      throw new InputError('EPOCH_OTHER_RUN', 'holds an epoch whose private folder is not here', {
        where: options.folder,
        hint: 'Name the private folder with --private, or write to a new folder.',
      })
    }
    const record: EpochPrivate = {
      schema: 'plimsoll/epoch-private/3',
      ...wanted,
      choice: choiceRecord(options),
      seed: EpochSecret.random().toHex(),
      opening: null,
    }
    await writeWarnings(own.folder)
    await writeJson(own.record, record, { mode: 0o600 })
    return record
  }
  const record = await readJsonFile(own.record, privateSchema)
  for (const field of Object.keys(RUN_FIELDS) as (keyof typeof RUN_FIELDS)[]) {
    if (JSON.stringify(record[field]) !== JSON.stringify(wanted[field])) {
      throw new InputError('EPOCH_OTHER_RUN', `was begun with another ${RUN_FIELDS[field]}`, {
        where: options.folder,
        hint: 'Run it again with what it was begun with, or write to a new folder: salts are never used twice.',
      })
    }
  }
  return record
}

/** Keeps the private folder out of a repository, and explains it to whoever finds it. */
async function writeWarnings(folder: string): Promise<void> {
  await writeFileAtomic(join(folder, '.gitignore'), '*\n', { mode: 0o600 })
  await writeFileAtomic(join(folder, 'README.txt'), PRIVATE_NOTE, { mode: 0o600 })
}

const PRIVATE_NOTE = `PRIVATE. This folder stays with the venue.

The seed in epoch.json opens the leaf of every account of the epoch: whoever has it and guesses identifiers and
balances can tell whether they are right. The totals of the ledger stand beside it.

Publish neither this folder nor a folder that it lies in. Who destroys it destroys every link from a leaf to its
account but those that customers hold; no inclusion file can then be exported any more.
`

const RUN_FIELDS = {
  venue: 'venue',
  epoch: 'epoch id',
  target: 'target',
  previous: 'previous epoch',
  accountsSha256: 'accounts file',
  riskTable: 'risk table',
  riskRoot: 'risk table',
  plan: 'choice of instances',
} as const

/** Whether an epoch is the ledger of `manifest` with its solvency proven. */
function isCompletion(epoch: Manifest, manifest: Manifest): boolean {
  const { ledger: part, solvency } = epoch.parts
  if (!solvency) return false
  const { [solvency.instance]: _, ...keys } = epoch.keys
  const ledger = { ...epoch, keys, parts: { ledger: part } }
  return JSON.stringify(sortKeys(ledger)) === JSON.stringify(sortKeys(manifest))
}

function sortKeys(manifest: Manifest): unknown {
  const keys = Object.entries(manifest.keys).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.entries({ ...manifest, keys }).sort(([a], [b]) => (a < b ? -1 : 1))
}
