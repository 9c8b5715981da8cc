import { rm } from 'node:fs/promises'
import {
  policyHash,
  proofFile,
  purposeContext,
  readPublishedTable,
  solvencyPurpose,
} from '../bundle/index.js'
import type { Manifest } from '../epoch/index.js'
import { EPOCH_PATHS, readManifest } from '../epoch/index.js'
import { InputError, StatementError } from '../errors/index.js'
import { formatDecimal } from '../field/index.js'
import { writeFileAtomic, writeJson } from '../files/index.js'
import { folderSource } from '../inputs/index.js'
import { type Artifacts, findInstance, type Prover, proveSignals } from '../proving/index.js'
import type { Reserves } from '../reserves/index.js'
import { marketScenarios, type RiskTable, rowsByKind } from '../risk/index.js'
import {
  belowFullReserves,
  formatPolicy,
  layersTogether,
  type PolicyFile,
  resolvePolicy,
  resolveWaterfall,
  type SolvencyFigures,
  solvencyFigures,
  solvencyInputs,
  solvencyModel,
  solvencyWitness,
} from '../statements/index.js'
import { keyHashes, writeKey } from './epoch-keys.js'
import { withLock } from './epoch-lock.js'
import { EpochSecret } from './epoch-secret.js'
import { epochLayout, privateLayout } from './folders.js'
import { assertPrivate, batchesOfRecord, readPrivate } from './private-record.js'
import { openLastState } from './state-opening.js'
import { booksOf, type StressLine, stressLines } from './stress-lines.js'

export interface ProveSolvencyOptions {
  folder: string
  privateFolder: string
  reserves: (table: RiskTable) => Promise<Reserves>
  policy: PolicyFile
  artifacts: (instance: string) => Promise<Artifacts>
  prover: Prover
  /** Whether a proof of solvency that the epoch has already may be overwritten. */
  force?: boolean
}

/**
 * A completed epoch, the scenarios that it holds in, and where its policy promises less than full reserves,
 * in words.
 */
export interface ProvenSolvency {
  manifest: Manifest
  /** How the key that proves it was made. */
  keyKind: Artifacts['keyKind']
  scenarios: string[]
  weak: string[]
}

/** One instrument or one scenario that is not covered: shown to the venue alone. */
export type Shortage = {
  /**
   * Exact: whole units of the instrument, or for a scenario of the quote currency. Of a limit of the policy
   * what is beyond it, a number of accounts where it is theirs.
   */
  missing: string
} & ({ symbol: string } | { scenario: string; quote: string; limit?: 'accounts' | 'shortfall' })

/**
 * Proves solvency over the last state of an epoch, and completes its manifest. Nothing is written unless the
 * books hold.
 *
 * @throws {StatementError} `SOLVENCY_SHORT`, with `shortages` by instrument and by scenario.
 * @throws {InputError} `EPOCH_UNFINISHED` when the ledger is not proven yet, `EPOCH_OTHER_RUN` when the
 * folder is not as the ledger left it, `EPOCH_DONE` when solvency is proven already
 * @example
 * const { scenarios, weak } = await proveSolvency({
 *   folder: 'epoch',
 *   privateFolder: 'private',
 *   reserves: (table) => readReserves('reserves.json', table),
 *   policy: FULL_RESERVES,
 *   artifacts: ensureArtifacts,
 *   prover: wasmProver,
 * })
 */
export async function proveSolvency(options: ProveSolvencyOptions): Promise<ProvenSolvency> {
  const at = epochLayout(options.folder)
  const own = privateLayout(options.privateFolder)
  assertPrivate(options.privateFolder)
  return withLock(own.lock, async (lock) => {
    const record = await readPrivate(options.privateFolder)
    const manifest = await readManifest(folderSource(options.folder), batchesOfRecord(record))
    const ledger = openLastState(manifest, record, options.folder)
    const table = await readOwnTable(options.folder, manifest)
    const { sizes } = manifest
    const instance = findInstance(record.plan.solvency)
    const held = await options.reserves(table)
    const policy = resolvePolicy(options.policy, table)
    const waterfall = resolveWaterfall(options.policy, table)
    const purpose = solvencyPurpose(manifest, policyHash(options.policy))
    const { reserves } = held
    const insurance = layersTogether(held, waterfall)
    const witness = solvencyWitness({
      sizes,
      ledger,
      table,
      policy,
      reserves,
      insurance,
      reservesBlind: EpochSecret.fromHex(record.seed).reservesBlind([...reserves, ...insurance]),
      context: purposeContext(purpose),
    })
    const checked = solvencyModel(witness)
    if (!checked.valid) throw shortageError(solvencyFigures(witness), table, checked.reasons)
    const lines = stressLines(booksOf(table, ledger, sizes, held), waterfall).filter(
      ({ uncovered }) => uncovered !== '0',
    )
    if (lines.length > 0) throw cappedError(lines)
    if (manifest.parts.solvency && !options.force) {
      throw new InputError('EPOCH_DONE', 'the solvency of this epoch is proven already', {
        where: options.folder,
        hint: 'Nothing was written. With --force the proof, and the policy that it was made for, are overwritten.',
      })
    }

    const artifacts = await options.artifacts(instance.name)
    const proof = await proveSignals(options.prover, artifacts, solvencyInputs(witness), witness.signals)
    await lock.assertHeld()
    await writeFileAtomic(at.policy, formatPolicy(options.policy))
    await writeKey(at.key(instance.name), artifacts)
    await writeJson(at.solvency, proofFile(artifacts, proof, purpose))
    // What addresses show was proven for the proof that this one replaces.
    const { backing, ...parts } = manifest.parts
    const keys = Object.entries(manifest.keys).filter(([name]) => name !== backing?.instance)
    if (backing !== undefined) {
      await rm(at.backing, { force: true })
      await rm(at.key(backing.instance), { force: true })
    }
    // Their policy may be another, too; what moved stays in the private folder.
    await rm(at.liquidations, { recursive: true, force: true })
    // It is of the manifest that this proof replaces.
    await rm(at.settlement, { recursive: true, force: true })
    const complete: Manifest = {
      ...manifest,
      keys: { ...Object.fromEntries(keys), [instance.name]: keyHashes(artifacts) },
      parts: {
        ...parts,
        solvency: {
          instance: instance.name,
          accountsRoot: witness.signals.accountsRoot.toString(),
          reservesCommitment: witness.signals.reservesCommitment.toString(),
          policy: witness.signals.policy.toString(),
        },
      },
    }
    // Signature and settlement are of one manifest: of another one they would make the epoch invalid.
    await rm(at.signature, { force: true })
    await rm(at.settlement, { recursive: true, force: true })
    await writeJson(at.manifest, complete)
    return {
      manifest: complete,
      keyKind: artifacts.keyKind,
      scenarios: marketScenarios(table).map(({ scenario }) => scenario.name),
      weak: belowFullReserves(policy, table),
    }
  })
}

/**
 * Reads the epoch's risk table, and makes sure that it is the one that its ledger was proven with.
 *
 * @throws {InputError} `EPOCH_OTHER_RUN`, and what `readPublishedTable` throws
 */
export async function readOwnTable(folder: string, manifest: Manifest): Promise<RiskTable> {
  const at = epochLayout(folder)
  const { value, sha256 } = await readPublishedTable(folderSource(folder), EPOCH_PATHS.risk)
  if (sha256 === manifest.riskTable) return value
  throw new InputError('EPOCH_OTHER_RUN', 'is not the risk table that the ledger was proven with', {
    where: at.risk,
    hint: 'Take the epoch as `plimsoll ledger prove` left it.',
  })
}

/**
 * Books that do not hold: what is missing goes to the venue's own screen, in `shortages`, and into no log.
 *
 * @example
 * try {
 *   await proveSolvency({
 *     folder: 'epoch',
 *     privateFolder: 'private',
 *     reserves: (table) => readReserves('reserves.json', table),
 *     policy: FULL_RESERVES,
 *     artifacts: ensureArtifacts,
 *     prover: wasmProver,
 *   })
 * } catch (error) {
 *   if (error instanceof SolvencyShortError) console.error(error.shortages) // for the venue alone
 * }
 */
export class SolvencyShortError extends StatementError {
  readonly shortages: Shortage[]
  constructor(shortages: Shortage[], reasons: string[]) {
    super('SOLVENCY_SHORT', reasons.join('; '), {
      hint: 'No proof was made. Add reserves, or publish a policy that the books meet.',
    })
    this.shortages = shortages
  }
}

/** The reason when the rules about scenarios and caps fail; no rule of the circuit concerns caps. */
export function cappedReason({ scenario }: StressLine): string {
  return `scenario ${scenario}: the layers, none of them above its cap, leave shortfalls uncovered`
}

function cappedError(lines: readonly StressLine[]): SolvencyShortError {
  const missing = lines.map(({ scenario, quote, uncovered }) => ({ scenario, quote, missing: uncovered }))
  return new SolvencyShortError(missing, lines.map(cappedReason))
}

function shortageError(figures: SolvencyFigures, table: RiskTable, reasons: string[]): SolvencyShortError {
  const { instruments, scenarios, quote, valueDecimals } = table
  const { spots } = rowsByKind(table)
  const byInstrument = spots.map((row, i) => {
    const { symbol, decimals } = instruments[row]!
    return { symbol, missing: formatDecimal(figures.spots[i]!.missing, decimals) }
  })
  const byScenario = scenarios.flatMap(({ name }, s) => {
    const { shortfall, accounts } = figures.beyond[s]!
    const named = { scenario: name, quote }
    return [
      { ...named, missing: formatDecimal(figures.missingByScenario[s]!, valueDecimals) },
      { ...named, limit: 'shortfall' as const, missing: formatDecimal(shortfall, valueDecimals) },
      { ...named, limit: 'accounts' as const, missing: accounts.toString() },
    ]
  })
  return new SolvencyShortError(
    [...byInstrument, ...byScenario].filter(({ missing }) => missing !== '0'),
    namedReasons(reasons, table),
  )
}

/** The reasons of a model, with symbols and names in place of its numbers. */
export function namedReasons(reasons: readonly string[], table: RiskTable): string[] {
  const rows = rowsByKind(table)
  const symbolOf = (rows: readonly number[], i: string) => table.instruments[rows[Number(i)]!]?.symbol
  return reasons.map((reason) =>
    reason
      .replace(/^spot (\d+)/, (name, i) => symbolOf(rows.spots, i) ?? name)
      .replace(/^derivative (\d+)/, (name, i) => symbolOf(rows.derivatives, i) ?? name)
      .replace(/^scenario (\d+)/, (name, s) => {
        const scenario = table.scenarios[Number(s)]
        return scenario ? `scenario ${scenario.name}` : name
      }),
  )
}
