import { rm } from 'node:fs/promises'
import { placeOf, proofFile, proofFileSchema, readJsonFrom, type Source } from '../bundle/index.js'
import {
  type Backing,
  checkEvidence,
  EPOCH_PATHS,
  type EpochEvidence,
  evidenceFaults,
  evidencePaths,
  type KnownOfEvidence,
  type Manifest,
  readManifest,
} from '../epoch/index.js'
import { InputError, StatementError } from '../errors/index.js'
import { formatDecimal } from '../field/index.js'
import { writeJson } from '../files/index.js'
import { folderSource } from '../inputs/index.js'
import { type Artifacts, type Prover, proveSignals } from '../proving/index.js'
import type { EvidenceClass, Reserves } from '../reserves/index.js'
import { type RiskTable, rowsByKind } from '../risk/index.js'
import {
  type BackingWitness,
  backedFigures,
  backingContext,
  backingInputs,
  backingInstance,
  backingModel,
  backingWitness,
} from '../statements/index.js'
import { committedReserves } from './committed-reserves.js'
import { keyHashes, writeKey } from './epoch-keys.js'
import { withLock } from './epoch-lock.js'
import { epochLayout, privateLayout } from './folders.js'
import { assertPrivate, readPrivate } from './private-record.js'
import { readOwnTable } from './prove-solvency.js'
import { provenSolvency } from './proven-solvency.js'

export interface ProveBackingOptions {
  /** The epoch: its evidence lies in its folder `reserves`. */
  folder: string
  privateFolder: string
  /** The reserves that solvency was proven with. */
  reserves: (table: RiskTable) => Promise<Reserves>
  /** The classes of evidence to count (default: what is proven alone). */
  classes?: readonly EvidenceClass[]
  /** What whoever proves knows of chains and tokens, as readers do, from elsewhere than the evidence. */
  known?: KnownOfEvidence
  artifacts: (instance: string) => Promise<Artifacts>
  prover: Prover
  /** Whether a proof that the epoch has already may be overwritten. */
  force?: boolean
}

/** A completed epoch, and what its evidence comes to. */
export interface ProvenBacking {
  manifest: Manifest
  keyKind: Artifacts['keyKind']
  backing: Backing
}

/** Of one instrument, what is held beyond what addresses show: shown to the venue alone. */
export interface Unshown {
  symbol: string
  /** Exact, in whole units. */
  missing: string
}

/**
 * Reserves of which addresses show less than solvency was proven with: how much less goes to the venue's own
 * screen, in `shortages`, and into no log.
 *
 * @example
 * try {
 *   await proveBacking({
 *     folder: 'epoch',
 *     privateFolder: 'private',
 *     reserves: (table) => readReserves('reserves.json', table),
 *     artifacts: ensureArtifacts,
 *     prover: wasmProver,
 *   })
 * } catch (error) {
 *   if (error instanceof BackingShortError) console.error(error.shortages) // for the venue alone
 * }
 */
export class BackingShortError extends StatementError {
  readonly shortages: Unshown[]
  constructor(shortages: Unshown[]) {
    super('BACKING_SHORT', 'addresses show less than is committed', {
      hint: 'No proof was made. Collect evidence of more addresses, count more classes, or prove solvency with less.',
    })
    this.shortages = shortages
  }
}

/**
 * Proves that the addresses in an epoch's evidence show at least the reserves that its solvency was proven
 * with, and completes its manifest. Nothing is written unless they do.
 *
 * @throws {StatementError} `BACKING_SHORT`, with `shortages` by instrument; `EVIDENCE_REFUSED` for evidence
 * that does not hold
 * @throws {InputError} `EPOCH_UNFINISHED` when solvency is not proven yet, `EVIDENCE_MISSING`,
 * `DISCLOSE_RESERVES` for other reserves than those of the proof, `EPOCH_DONE` when it is proven already, and
 * what `proveSolvency` throws of folders
 * @example
 * const { manifest } = await proveBacking({
 *   folder: 'epoch',
 *   privateFolder: 'private',
 *   reserves: (table) => readReserves('reserves.json', table),
 *   artifacts: ensureArtifacts,
 *   prover: wasmProver,
 * })
 */
export async function proveBacking(options: ProveBackingOptions): Promise<ProvenBacking> {
  const { folder, privateFolder, classes = ['proven'] } = options
  const at = epochLayout(folder)
  assertPrivate(privateFolder)
  return withLock(privateLayout(privateFolder).lock, async (lock) => {
    const record = await readPrivate(privateFolder)
    const source = folderSource(folder)
    const manifest = await readManifest(source)
    const solvency = provenSolvency(manifest, folder)
    const table = await readOwnTable(folder, manifest)
    const opening = await committedReserves(
      source,
      { manifest, record, table },
      await options.reserves(table),
    )
    if (manifest.parts.backing && !options.force) {
      throw new InputError('EPOCH_DONE', 'what addresses show is proven already', {
        where: folder,
        hint: 'Nothing was written. With --force the proof is overwritten.',
      })
    }
    const { backing, shown } = await readEvidence(source, { manifest, table, classes }, options.known)
    const witness = backingWitness({
      sizes: manifest.sizes,
      table,
      reserves: opening.reserves,
      insurance: opening.insurance,
      reservesBlind: opening.blind,
      shown,
      context: backingContext({
        // The context of the proof itself, which verification compares with what it was made for.
        solvency: BigInt(
          (await readJsonFrom(source, EPOCH_PATHS.solvency, proofFileSchema)).signals.context!,
        ),
        accountsRoot: BigInt(solvency.accountsRoot),
        evidenceHash: backing.evidenceHash,
      }),
    })
    if (!backingModel(witness).valid) throw new BackingShortError(unshown(witness, table))

    const name = backingInstance(manifest.sizes.spots)
    const artifacts = await options.artifacts(name)
    const proof = await proveSignals(options.prover, artifacts, backingInputs(witness), witness.signals)
    await lock.assertHeld()
    await writeKey(at.key(name), artifacts)
    await writeJson(at.backing, proofFile(artifacts, proof))
    const complete: Manifest = {
      ...manifest,
      keys: { ...manifest.keys, [name]: keyHashes(artifacts) },
      parts: {
        ...manifest.parts,
        backing: {
          instance: name,
          classes: [...classes],
          evidenceHash: backing.evidenceHash,
          evidence: witness.signals.evidence.toString(),
        },
      },
    }
    // Signature and settlement are of one manifest: of another one they would make the epoch invalid.
    await rm(at.signature, { force: true })
    await rm(at.settlement, { recursive: true, force: true })
    await writeJson(at.manifest, complete)
    return { manifest: complete, keyKind: artifacts.keyKind, backing }
  })
}

/**
 * Evidence of an epoch that holds.
 *
 * @throws {InputError} `EVIDENCE_MISSING`
 * @throws {StatementError} `EVIDENCE_REFUSED`
 */
async function readEvidence(
  source: Source,
  epoch: Parameters<typeof checkEvidence>[1],
  known: KnownOfEvidence | undefined,
): Promise<EpochEvidence> {
  const where = placeOf(source, EPOCH_PATHS.reserves)
  if ((await evidencePaths(source)).length === 0) {
    throw new InputError('EVIDENCE_MISSING', 'there is no evidence of reserves', {
      where,
      hint: 'Run `plimsoll reserves collect` first.',
    })
  }
  const { report, evidence } = await checkEvidence(source, epoch, known)
  if (evidence !== undefined) return evidence
  throw new StatementError('EVIDENCE_REFUSED', `the evidence does not hold: ${evidenceFaults(report)}`, {
    where,
    hint: report.checks.find(({ valid }) => !valid)?.todo ?? 'Run `plimsoll reserves check`.',
  })
}

function unshown(witness: BackingWitness, table: RiskTable): Unshown[] {
  const { spots } = rowsByKind(table)
  return backedFigures(witness).flatMap(({ missing }, i) => {
    const row = table.instruments[spots[i] ?? -1]
    return row === undefined || missing === 0n
      ? []
      : [{ symbol: row.symbol, missing: formatDecimal(missing, row.decimals) }]
  })
}
