import { existsSync } from 'node:fs'
import { cp, mkdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type KeyPins, kindOfPin, riskTableHash } from '../../bundle/index.js'
import { type KnownOfEvidence, openEpoch, readManifest } from '../../epoch/index.js'
import { EXIT, InputError } from '../../errors/index.js'
import { writeFileAtomic } from '../../files/index.js'
import {
  type Config,
  folderSource,
  openSource,
  readConfig,
  readPins,
  readReserves,
} from '../../inputs/index.js'
import { readLedger } from '../../ledger/index.js'
import { type Artifacts, chooseProver } from '../../proving/index.js'
import { isTiered, type RiskTable } from '../../risk/index.js'
import { FULL_RESERVES, type PolicyFile } from '../../statements/index.js'
import {
  assertApart,
  assertOwnBooks,
  assertOwnEpoch,
  assertUnpublished,
  checkSolvency,
  epochLayout,
  exportAllInclusions,
  finishedEpochs,
  forecastPlan,
  lastOf,
  packEpoch,
  proveBacking,
  proveSolvency,
  readSigningKey,
  readToProve,
  signEpoch,
} from '../../venue/index.js'
import { addPins, artifactSource, pinsOf } from '../artifacts.js'
import { writeInclusionPage } from '../inclusion-page.js'
import { readPlanOptions, readPolicy } from '../options.js'
import { proveWithProgress } from '../prove-with-progress.js'
import { readKnown } from '../reserves-options.js'
import { readRisk } from '../risk-file.js'
import type { Ui } from '../terminal/ui.js'
import { booksView } from '../views/books.js'
import { epochView } from '../views/epoch.js'
import { planView } from '../views/plan.js'
import { type MadeEpoch, madeEpochView } from '../views/proven.js'

/** Inclusion files between two lines on how far they are. */
const FILES_OF_A_STEP = 10_000

export interface EpochRunOptions {
  config: string
  /** Name of the epoch, in the place of the one that the configuration gives it. */
  name?: string
  /** The epoch before, in the place of the last one in the public folder. */
  previous?: string
}

/** Where everything of one epoch goes. */
interface Places {
  name: string
  folder: string
  archive: string
  page: string
  privateFolder: string
  inclusion: string
}

/** What an epoch is made over, and the instances that it may be planned with. */
interface Books {
  table: RiskTable
  policy: PolicyFile
  among: Awaited<ReturnType<typeof planOptions>>
}

/**
 * Makes an epoch from the books to its archive, as the venue's configuration says. What is done already is
 * kept, so that a run that was interrupted goes on where it stopped.
 */
export async function runEpoch(ui: Ui, options: EpochRunOptions): Promise<void> {
  const config = await readConfig(options.config)
  const { files, folders } = config
  const table = await readRisk(files.risk, ui, files.timestamp)
  const policy = files.policy === undefined ? FULL_RESERVES : await readPolicy(files.policy)
  const at = await placesOf(config, table, options.name)
  assertApart(folders.public, folders.private)
  const { accounts, reserves, key } = files
  assertUnpublished(folders.public, [accounts, reserves, ...(key === undefined ? [] : [key])])
  await mkdir(folders.public, { recursive: true })
  await mkdir(folders.private, { recursive: true, mode: 0o700 })
  await writeFileAtomic(join(folders.private, '.gitignore'), '*\n', { mode: 0o600 })

  const source = artifactSource(ui, await keysToTake(files.pins))
  const finished = await isProven(at.folder)
  if (!finished) {
    const among = await planOptions(config)
    if (!(await checkBooks(ui, config, { table, policy, among }))) return
    await prove(ui, config, { table, policy, at, among, artifacts: source }, options.previous)
  }
  const known = await knownOf(config)
  if (files.evidence !== undefined) await backReserves(ui, config, { at, known, artifacts: source })
  const manifest = await readManifest(folderSource(at.folder))
  const { venue, target } = config
  assertOwnEpoch(manifest, { venue, epoch: at.name, target, riskTable: riskTableHash(table) }, at.folder)
  if (finished) {
    const read = (own: RiskTable) => readReserves(reserves, own)
    await ui.step('comparing the books with those of the finished epoch', () =>
      assertOwnBooks(at.folder, at.privateFolder, { accounts, policy, reserves: read }),
    )
    ui.notes(['this epoch is finished, of these very accounts, reserves, policy and risk table'])
  }
  const signer = key === undefined ? undefined : await readSigningKey(key)
  const signature = epochLayout(at.folder).signature
  if (signer !== undefined && !existsSync(signature)) await signEpoch({ folder: at.folder, key: signer })

  const artifacts: Artifacts[] = []
  for (const name of Object.keys(manifest.keys)) artifacts.push(await source(name))
  const { keys: pins } = pinsOf(artifacts)
  const { report } = await ui.step('verifying the epoch, as anyone can', (update) =>
    openEpoch(folderSource(at.folder), {
      pins,
      policy,
      ...(files.evidence === undefined ? {} : { evidence: known }),
      ...(signer === undefined ? {} : { venue: signer.address }),
      onCheck: ({ id }) => update(id),
    }),
  )
  if (!report.valid) {
    const { exitCode, ...rest } = report
    ui.result(rest, () => epochView(rest))
    process.exitCode = exitCode
    return
  }
  ui.notes(report.notes)
  await addPins(files.pins, artifacts)
  if (!existsSync(at.inclusion)) {
    const ledger = await ui.step('reading the accounts', () => readLedger(files.accounts, table))
    try {
      await ui.step('writing the inclusion files of all customers', (update) =>
        exportAllInclusions({
          folder: at.folder,
          privateFolder: at.privateFolder,
          table,
          ledger,
          out: at.inclusion,
          ...(signer === undefined ? {} : { key: signer }),
          onFile: (done, of) => {
            if (done % FILES_OF_A_STEP === 0) update(`file ${done} of ${of}`)
          },
        }),
      )
    } finally {
      await ledger.close()
    }
  }
  const packed = await ui.step('packing the epoch', () => packEpoch({ folder: at.folder, out: at.archive }))
  if (!existsSync(at.page)) {
    await ui.step('writing the page for customers', async () =>
      writeInclusionPage({
        out: at.page,
        archive: await readFile(at.archive),
        name: basename(at.archive),
        pins: files.pins,
      }),
    )
  }
  ui.warnOfKeys(report.keyKind)
  const result: MadeEpoch = {
    verdict: 'valid',
    venue: config.venue,
    epoch: at.name,
    ...(report.previous === undefined ? {} : { previous: report.previous }),
    folder: at.folder,
    archive: at.archive,
    sha256: packed.sha256,
    page: at.page,
    pins: files.pins,
    inclusion: at.inclusion,
    private: at.privateFolder,
    keyKind: report.keyKind,
    reserves: report.reserves,
    ...(signer === undefined ? {} : { signer: signer.address }),
  }
  ui.result(result, () => madeEpochView(result))
}

/**
 * The keys that proofs are made with: those of a ceremony, and no others, where the pins are of one; else
 * development keys are made.
 */
async function keysToTake(file: string): Promise<KeyPins | undefined> {
  if (!existsSync(file)) return undefined
  const pins = await readPins(file)
  return Object.values(pins).every((pin) => kindOfPin(pin) === 'ceremony') ? pins : undefined
}

async function placesOf(config: Config, table: RiskTable, given: string | undefined): Promise<Places> {
  const { folders } = config
  const name = given ?? (await nameOf(config, table))
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(name)) {
    throw new InputError('USAGE', 'cannot be the name of a folder', {
      where: '--name',
      hint: 'Write letters, digits, - and _, such as 2026-11-30.',
    })
  }
  return {
    name,
    folder: join(folders.public, name),
    archive: join(folders.public, `${name}.zip`),
    page: join(folders.public, `${name}.html`),
    privateFolder: join(folders.private, name),
    inclusion: join(folders.private, `${name}.inclusion`),
  }
}

/**
 * The name of the epoch of a risk table: the day of its marks, or a number. The last epoch with this very
 * table is the one that is meant.
 */
async function nameOf({ naming, folders, venue, target }: Config, table: RiskTable): Promise<string> {
  if (naming === 'date') return new Date(1000 * table.timestamp).toISOString().slice(0, 10)
  const last = lastOf(await finishedEpochs(folders.public, venue), folders.public, target)?.value
  if (last === undefined) return '1'
  if (last.riskTable === riskTableHash(table)) return last.epoch
  if (/^[0-9]{1,18}$/.test(last.epoch)) return (BigInt(last.epoch) + 1n).toString()
  throw new InputError('EPOCH_NUMBER', 'the last epoch has no number for a name', {
    where: folders.public,
    hint: 'Name the next one with --name.',
  })
}

/** Whether the solvency of an epoch is proven: all that is left is to publish it. */
async function isProven(folder: string): Promise<boolean> {
  if (!existsSync(epochLayout(folder).manifest)) return false
  return (await readManifest(folderSource(folder))).parts.solvency !== undefined
}

/** Whether the books hold; else what does not is the result. */
async function checkBooks(ui: Ui, config: Config, { table, policy, among }: Books): Promise<boolean> {
  const { accounts, reserves } = config.files
  const { own } = among
  const check = await ui.step('checking the books', async (progress) =>
    checkSolvency({
      accounts,
      table,
      reserves: await readReserves(reserves, table),
      policy,
      ...(own === undefined ? {} : { own }),
      progress,
    }),
  )
  ui.notes(check.notes)
  if (check.valid) return true
  ui.result(check, () => booksView(check, table, isTiered(table)))
  process.exitCode = EXIT.invalid
  return false
}

/** Plans and proves the ledger, then solvency. */
async function prove(
  ui: Ui,
  config: Config,
  made: Books & { at: Places; artifacts: ReturnType<typeof artifactSource> },
  given: string | undefined,
): Promise<void> {
  const { table, policy, at, among, artifacts } = made
  const { files, venue, target, plan: settings } = config
  const { prover = 'wasm', workers } = settings
  const previous = given === undefined ? await sourceBefore(config, at.name) : await openSource(given)
  if (previous === undefined) ui.notes(['this epoch is the first of its history: it names none before it'])
  const started = performance.now()
  const { ledger, planner } = await ui.step('reading the accounts', () =>
    readToProve(files.accounts, table, among),
  )
  try {
    ui.notes(ledger.notes)
    if (!existsSync(at.folder) && !ui.json) {
      const reading = (performance.now() - started) / 1000
      const forecast = await ui.step('measuring this machine', () =>
        forecastPlan(planner.plan(ledger.shapes), table, ledger, reading),
      )
      ui.show(planView(forecast))
    }
    await proveWithProgress(
      ui,
      { prover, ...(workers === undefined ? {} : { workers }) },
      {
        folder: at.folder,
        privateFolder: at.privateFolder,
        venue,
        epoch: at.name,
        ...(target === null ? {} : { target }),
        ...(previous === undefined ? {} : { previous }),
        table,
        ledger,
        ...among,
        artifacts,
      },
    )
  } finally {
    await ledger.close()
  }
  await ui.step('proving solvency', () =>
    proveSolvency({
      folder: at.folder,
      privateFolder: at.privateFolder,
      reserves: (own) => readReserves(files.reserves, own),
      policy,
      artifacts,
      prover: chooseProver(prover),
    }),
  )
}

/** Takes the evidence into an epoch that is not published yet, and proves what it shows. */
async function backReserves(
  ui: Ui,
  { files, plan: { prover = 'wasm' } }: Config,
  {
    at,
    known,
    artifacts,
  }: { at: Places; known: KnownOfEvidence; artifacts: ReturnType<typeof artifactSource> },
): Promise<void> {
  const { parts } = await readManifest(folderSource(at.folder))
  if (parts.backing !== undefined || existsSync(at.archive)) return
  await cp(files.evidence!, epochLayout(at.folder).reserves, { recursive: true })
  await ui.step('proving what addresses show', () =>
    proveBacking({
      folder: at.folder,
      privateFolder: at.privateFolder,
      reserves: (own) => readReserves(files.reserves, own),
      known,
      artifacts,
      prover: chooseProver(prover),
    }),
  )
}

/** What the venue knows of chains and tokens, from elsewhere than its evidence. */
function knownOf({ known: { blocks, checkpoints, assets, ...files } }: Config): Promise<KnownOfEvidence> {
  return readKnown({
    ...files,
    ...(blocks === undefined ? {} : { block: blocks }),
    ...(checkpoints === undefined ? {} : { checkpoint: checkpoints }),
    ...(assets === undefined ? {} : { asset: assets }),
  })
}

/** The last finished epoch but the one that is being made. */
async function sourceBefore({ folders, venue, target }: Config, name: string) {
  const others = (await finishedEpochs(folders.public, venue)).filter(({ value }) => value.epoch !== name)
  return lastOf(others, folders.public, target)?.source
}

function planOptions({ plan: { instances, ownInstances, allStressed } }: Config) {
  return readPlanOptions({
    ...(instances === undefined ? {} : { instance: instances }),
    ...(ownInstances === undefined ? {} : { ownInstances }),
    ...(allStressed === undefined ? {} : { allStressed }),
  })
}
