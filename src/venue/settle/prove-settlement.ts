import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { areProofsOf, proofFileSchema } from '../../bundle/index.js'
import {
  batchFolders,
  EPOCH_PATHS,
  externalOf,
  parseSettlement,
  recoveredText,
  type Settlement,
} from '../../epoch/index.js'
import { InputError, StatementError } from '../../errors/index.js'
import { type HeldLock, inFolders, readJsonFile, readTextFile, writeJson } from '../../files/index.js'
import { type Artifacts, type ProofPool, type Prover, poolOf } from '../../proving/index.js'
import {
  byReason,
  disclosureInputs,
  disclosureInstance,
  type Instance,
  type SettlementWitness,
  settlementContext,
  settlementInputs,
  settlementModel,
  settlementWitness,
  treeOf,
  weighInputs,
} from '../../statements/index.js'
import { type BatchEvent, BatchLog } from '../batch-log.js'
import { eachOf } from '../each-of.js'
import { keyHashes, writeKey } from '../epoch-keys.js'
import { withLock } from '../epoch-lock.js'
import { EpochSecret } from '../epoch-secret.js'
import { FinishedProofs } from '../finished-proofs.js'
import type { FoldStep } from '../fold-ledger.js'
import { assertApart, assertOwnFolder, epochLayout, privateLayout, removeLeftovers } from '../folders.js'
import { planCandidates } from '../plan/candidates.js'
import { recordedPlan } from '../private-record.js'
import { proveInto } from '../prove-into.js'
import type { Balance, SettlementBooks } from './balance.js'
import {
  activityHashes,
  fundOf,
  hasLoss,
  judge,
  type SettledFund,
  type SettledReserves,
  type SettlementFiles,
  type SettlementFinding,
  withSettlementBooks,
} from './check-settlement.js'
import type { EpochBooks } from './epochs.js'
import { chunkRuns, type FoldedSettlement, foldedChunks, foldSettlement } from './fold-settlement.js'
import { interestWitness } from './interest.js'
import { type PlannedSettlement, type SettlementPlan, SettlementPlanner } from './plan-settlement.js'
import {
  recordedSettlementPlan,
  type SettlementPrivate,
  settlementPlanRecord,
  settlementPrivateSchema,
} from './settlement-record.js'
import { liquidationBatches } from './weigh-trees.js'

export interface ProveSettlementOptions extends SettlementFiles {
  /** What solvency of both epochs was proven with. */
  reserves: SettledReserves
  /** Instances to choose among; default: all but the tiny ones, and `own`. */
  instances?: readonly string[]
  /** Instances of the project's own sizes: see `readOwnInstances`. */
  own?: readonly Instance[]
  artifacts: (instance: string) => Promise<Artifacts>
  /** What makes the proofs: a prover in this process, or a pool of many. */
  prover: Prover | ProofPool
  /** Threads that fold; default: one for each processor, none for a small ledger. */
  foldThreads?: number
  /** Gets the plan before anything is folded, how far the fold is, and each chunk as it is done. */
  onPlan?: (plan: PlannedSettlement) => void
  onFold?: (step: FoldStep) => void
  onChunk?: (event: BatchEvent) => void
}

/** A settlement that is proven, and how the keys that prove it were made. */
export interface ProvenSettlement {
  settlement: Settlement
  plan: PlannedSettlement
  keyKind: Artifacts['keyKind']
}

/**
 * Proves that an epoch follows from the one before it, customer by customer, into the folder `settlement` of
 * the later one. Run again after an interruption, it verifies and keeps what was finished and goes on to the
 * same chain of states.
 *
 * @example
 * const { settlement, plan } = await proveSettlement({
 *   before: { folder: 'epoch-1', privateFolder: 'epoch-1.private', accounts: 'accounts-1.csv' },
 *   after: { folder: 'epoch-2', privateFolder: 'epoch-2.private', accounts: 'accounts-2.csv' },
 *   activity: 'activity',
 *   reserves: {
 *     before: (table) => readReserves('reserves-1.json', table),
 *     after: (table) => readReserves('reserves-2.json', table),
 *   },
 *   artifacts: ensureArtifacts,
 *   prover: wasmProver,
 * })
 * console.log(plan.chunks, settlement.loss === 1)
 *
 * @throws {StatementError} `SETTLEMENT_UNBALANCED` when it does not follow, or indices pay more than they
 * charge: nothing is proven then
 * @throws {InputError} `SETTLEMENT_DONE` when it is proven already, `SETTLEMENT_OTHER_RUN` when it was begun
 * with other rows, `SETTLEMENT_PLAN` when no instance fits, `DISCLOSE_RESERVES` for other reserves,
 * `EPOCH_BUSY`, and what `checkSettlement` throws
 */
export async function proveSettlement(options: ProveSettlementOptions): Promise<ProvenSettlement> {
  const { after } = options
  const at = epochLayout(after.folder)
  const own = privateLayout(after.privateFolder)
  assertApart(after.folder, after.privateFolder)
  const planner = new SettlementPlanner(planCandidates(options), options)
  const misfit = () => ({
    misfit: (shape: Parameters<SettlementPlanner['misfit']>[0]) => planner.misfit(shape),
  })
  return withSettlementBooks(options, misfit, (books) => {
    const folders = [{ path: at.settlement }, { path: at.settlementKeys }]
    return inFolders(folders, () =>
      withLock(own.lock, (lock) => foldAndProve(options, { books, planner, lock })),
    )
  })
}

interface Run {
  books: SettlementBooks
  planner: SettlementPlanner
  lock: HeldLock
}

async function foldAndProve(
  options: ProveSettlementOptions,
  { books, planner, lock }: Run,
): Promise<ProvenSettlement> {
  const { after } = books
  const at = epochLayout(after.folder)
  const own = privateLayout(after.privateFolder)
  const { artifacts: artifactsOf } = options
  // What cannot be proven is found before anything is made.
  const fund = await fundOf(books, options.reserves)
  const balance = await assertFollows(books, fund)
  const begun = await begunRecord(books, options)
  const plan = begun ? recordedSettlementPlan(begun) : planner.plan(needsOf(books))
  await assertOwnFolders(after, plan)
  const record = begun ?? (await begin(books, options, plan))
  const folders = [...batchFolders(plan.chunks, EPOCH_PATHS.chunks)].map(({ folder }) =>
    join(after.folder, folder),
  )
  for (const folder of folders) await mkdir(folder, { recursive: true })
  for (const folder of [at.settlement, at.settlementKeys, own.folder, ...folders]) {
    await removeLeftovers(folder)
  }
  options.onPlan?.(plan)

  const secret = EpochSecret.fromHex(record.seed)
  const folded = await foldSettlement({
    ...{ books, plan, secret, balance },
    ...(options.foldThreads === undefined ? {} : { threads: options.foldThreads }),
    ...(options.onFold ? { progress: options.onFold } : {}),
  })
  const closing = closingWitness(books, folded, fund)
  const verdict = settlementModel(closing)
  if (!verdict.valid) {
    throw new StatementError('SETTLEMENT_UNBALANCED', verdict.reasons.join('; '), { hint: UNBALANCED_HINT })
  }
  const interest = interestWitness(books)
  const keys: Settlement['keys'] = {}
  let keyKind: Artifacts['keyKind'] = 'ceremony'
  const chunks = chunkRuns(plan)
  const closings = [
    {
      path: at.settlementProof,
      name: plan.instance,
      signals: closing.signals,
      inputs: () => settlementInputs(closing),
    },
    ...(interest === undefined
      ? []
      : [
          {
            path: at.settlementInterest,
            name: disclosureInstance(after.manifest.sizes),
            signals: interest.signals,
            inputs: () => disclosureInputs(interest),
          },
        ]),
  ]
  const names = [...new Set([...chunks.map(({ instance }) => instance), ...closings.map(({ name }) => name)])]
  for (const name of names) {
    const artifacts = await artifactsOf(name)
    keys[name] = keyHashes(artifacts)
    if (artifacts.keyKind === 'development') keyKind = artifacts.keyKind
  }
  const settlement = settlementOf(books, folded, {
    plan,
    keys,
    ...(interest && { interest: closings[1]!.name }),
  })
  if (existsSync(at.settlementFile)) {
    const done = parseSettlement(await readTextFile(at.settlementFile), at.settlementFile)
    if (!isDeepStrictEqual(done, settlement)) throw doneError(after.folder)
  }

  const pool = poolOf(options.prover)
  const log = new BatchLog(logPlan(plan))
  const run = secret.runName()
  const finished = new FinishedProofs(at.chunk, {
    batches: chunks,
    states: folded.states,
    artifacts: artifactsOf,
  })
  const instanceOf = (name: string) => instanceOfLog(plan, name)
  const isKept = async (index: number, name: string) => {
    const kept = await finished.holds(index)
    if (kept) options.onChunk?.(log.kept(index, instanceOf(name)))
    return kept
  }
  await eachOf(
    foldedChunks(folded, secret, isKept),
    () => pool.room,
    async ({ index, instance, witness }) => {
      const artifacts = await artifactsOf(instance)
      const made = await proveInto(
        at.chunk(index),
        { pool, lock },
        {
          name: secret.proofName(index),
          ...{ run, index, artifacts },
          inputs: weighInputs(witness),
          signals: witness.signals,
        },
      )
      options.onChunk?.(log.proven(index, instanceOf(instance), made))
    },
  )
  for (const [i, { path, name, signals, inputs }] of closings.entries()) {
    const artifacts = await artifactsOf(name)
    if (await isClosed(path, artifacts, signals)) continue
    await proveInto(
      path,
      { pool, lock },
      {
        // Of copies of the epoch for several targets, each has closing proofs of its own.
        name: secret.rows(after.manifestSha256).proofName(plan.chunks + i),
        ...{ run, index: plan.chunks + i, artifacts, inputs: inputs(), signals },
      },
    )
  }
  await pool.finish(run)
  for (const name of names) {
    await lock.assertHeld()
    await writeKey(at.settlementKey(name), await artifactsOf(name))
  }
  const shown = externalOf(settlement, books.table, folded.flows, folded.externalBlind)
  await lock.assertHeld()
  await writeJson(own.external, shown, { mode: 0o600 })
  // The one file that names all others comes last: without it there is no settlement.
  await lock.assertHeld()
  await writeJson(at.settlementFile, settlement)
  return { settlement, plan, keyKind }
}

/**
 * What all accounts and rows come to, where the later epoch follows.
 *
 * @throws {StatementError} `SETTLEMENT_UNBALANCED` with instruments and numbers of accounts, and no amount
 */
async function assertFollows(books: SettlementBooks, fund: SettledFund): Promise<Balance> {
  const errors: SettlementFinding[] = []
  const { balance } = await judge(books, fund, (finding) => {
    if (finding.severity === 'error') errors.push({ ...finding, amounts: {} })
  })
  if (errors.length === 0) return balance
  const counts = new Map<string, number>()
  const others: string[] = []
  for (const { account, instrument, reason } of errors) {
    if (account === undefined) others.push(instrument === undefined ? reason : `${instrument}: ${reason}`)
    else counts.set(instrument!, (counts.get(instrument!) ?? 0) + 1)
  }
  const accounts = [...counts].map(
    ([symbol, count]) => `${symbol} does not balance for ${count === 1 ? '1 account' : `${count} accounts`}`,
  )
  throw new StatementError('SETTLEMENT_UNBALANCED', [...accounts, ...others].join('; '), {
    hint: UNBALANCED_HINT,
  })
}

const UNBALANCED_HINT =
  'No proof was made. `plimsoll settlement check` names every account and amount, on your screen alone.'

function needsOf({ before, after, activity, liquidations }: SettlementBooks) {
  const ledgers = [recordedPlan(before.record), recordedPlan(after.record)] as const
  return { ledgers, activity, liquidations, spots: after.manifest.sizes.spots }
}

function closingWitness(
  books: SettlementBooks,
  { weighed, flows, externalBlind, flowsBlind, blind }: FoldedSettlement,
  fund: SettledFund,
): SettlementWitness {
  const { before, after } = books
  return settlementWitness({
    ...{ flows, externalBlind, flowsBlind, blind, roots: weighed.roots },
    ...fund,
    accountsBefore: weighed.accountsBefore,
    accountsAfter: weighed.accountsAfter,
    loss: hasLoss(books),
    context: settlementContext(before.manifestSha256, after.manifestSha256),
  })
}

function settlementOf(
  books: SettlementBooks,
  { weighed, external, states }: FoldedSettlement,
  { plan, ...named }: { plan: SettlementPlan } & Pick<Settlement, 'keys' | 'interest'>,
): Settlement {
  const { before, after, liquidations, recovered } = books
  const runs = plan.trees.find(({ tree }) => tree === LIQUIDATIONS)?.runs ?? []
  return {
    schema: 'plimsoll/settlement/1',
    venue: after.manifest.venue,
    epoch: after.manifest.epoch,
    manifest: after.manifestSha256,
    previous: { epoch: before.manifest.epoch, manifest: before.manifestSha256 },
    roots: byReason((reason) => weighed.roots[reason].toString()),
    liquidations: liquidationBatches(runs, liquidations).map((batch) =>
      batch.map(({ nullifier }) => nullifier.toString()),
    ),
    chunks: chunkRuns(plan),
    firstState: states[0]!.toString(),
    state: states.at(-1)!.toString(),
    external: external.toString(),
    loss: hasLoss(books) ? 1 : 0,
    ...named,
    instance: plan.instance,
    ...(recovered.size > 0 && { recovered: recoveredText(recovered) }),
  }
}

const LIQUIDATIONS = treeOf('liquidations')

/** Whether the closing proof of an earlier run holds; one that cannot be read is made again. */
async function isClosed(
  path: string,
  artifacts: Artifacts,
  signals: Record<string, bigint>,
): Promise<boolean> {
  if (!existsSync(path)) return false
  const file = await readJsonFile(path, proofFileSchema).catch(() => undefined)
  return file !== undefined && (await areProofsOf([{ file, artifacts, signals }]))[0] === true
}

/** The record of a run that was begun with the same rows and the same choice of instances. */
async function begunRecord(
  books: SettlementBooks,
  { instances, after }: ProveSettlementOptions,
): Promise<SettlementPrivate | undefined> {
  const { settlement: path } = privateLayout(after.privateFolder)
  if (!existsSync(path)) return undefined
  const record = await readJsonFile(path, settlementPrivateSchema)
  const wanted = wantedOf(books, instances)
  for (const field of Object.keys(RUN_FIELDS) as (keyof typeof RUN_FIELDS)[]) {
    if (isDeepStrictEqual(record[field], wanted[field])) continue
    throw new InputError('SETTLEMENT_OTHER_RUN', `was begun with ${RUN_FIELDS[field]}`, {
      where: path,
      hint: 'Run it again with what it was begun with; or remove this file, and the folder settlement of the epoch, to begin anew.',
    })
  }
  return record
}

const RUN_FIELDS = {
  venue: 'another venue',
  epoch: 'another epoch id',
  previous: 'another previous epoch',
  activity: 'other rows of activity',
  liquidations: 'other liquidations',
  choice: 'another choice of instances',
} as const

function wantedOf(
  books: SettlementBooks,
  instances: readonly string[] | undefined,
): Pick<SettlementPrivate, keyof typeof RUN_FIELDS> {
  const { after, before, liquidations } = books
  return {
    venue: after.manifest.venue,
    epoch: after.manifest.epoch,
    previous: before.manifestSha256,
    activity: activityHashes(books),
    liquidations: liquidations.map(({ nullifier }) => nullifier.toString()),
    choice: instances === undefined ? null : [...new Set(instances)].sort(),
  }
}

async function begin(
  books: SettlementBooks,
  { instances, after }: ProveSettlementOptions,
  plan: SettlementPlan,
): Promise<SettlementPrivate> {
  const own = privateLayout(after.privateFolder)
  const { settlementFile } = epochLayout(after.folder)
  if (existsSync(settlementFile)) throw doneError(after.folder)
  const wanted = wantedOf(books, instances)
  const made = settlementPlanRecord(plan)
  const leaves = JSON.stringify([wanted.previous, wanted.activity, wanted.liquidations, made])
  const record: SettlementPrivate = {
    schema: 'plimsoll/settlement-private/1',
    ...wanted,
    seed: EpochSecret.fromHex(books.after.record.seed).settlement(leaves).toHex(),
    plan: made,
  }
  await writeJson(own.settlement, record, { mode: 0o600 })
  return record
}

function doneError(folder: string): InputError {
  return new InputError('SETTLEMENT_DONE', 'is settled already, with other rows or under other keys', {
    where: folder,
    hint: 'A finished settlement is not overwritten: remove its folder settlement first, and settlement.json of the private folder.',
  })
}

/** @throws {InputError} `EPOCH_FOLDERS` when the folder has what does not belong to this settlement */
async function assertOwnFolders({ folder, manifest }: EpochBooks, plan: SettlementPlan): Promise<void> {
  const at = epochLayout(folder)
  const weigh = [...batchFolders(plan.chunks, EPOCH_PATHS.chunks)]
  await assertOwnFolder(at.settlement, ['settlement.json', 'proof.json', 'interest.json', 'weigh', 'keys'])
  await assertOwnFolder(
    join(at.settlement, 'weigh'),
    weigh.map((each) => basename(each.folder)),
  )
  for (const each of weigh) await assertOwnFolder(join(folder, each.folder), each.files)
  const closing = [plan.instance, disclosureInstance(manifest.sizes)]
  const names = [...chunkRuns(plan).map(({ instance }) => instance), ...closing]
  await assertOwnFolder(
    at.settlementKeys,
    names.map((name) => `${name}.json`),
  )
}

/** A plan as the log of batches takes it: each chunk is one of its batches. */
function logPlan(plan: SettlementPlan): ConstructorParameters<typeof BatchLog>[0] {
  return {
    runs: chunkRuns(plan).map(({ instance, count }) => ({
      instance: instanceOfLog(plan, instance),
      batches: count,
    })),
    batches: plan.chunks,
  }
}

function instanceOfLog({ trees }: SettlementPlan, name: string) {
  const { sizes } = trees.flatMap(({ runs }) => runs).find(({ instance }) => instance.name === name)!.instance
  return { name, sizes: { accounts: sizes.leaves, slots: sizes.slots, scenarios: 0, pledged: 0 } }
}
