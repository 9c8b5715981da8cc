import { Checks, passed, type Source, vouchedNotes } from '../bundle/index.js'
import { describeIndices, type RiskDigests, type RiskTable } from '../risk/index.js'
import type { PolicyFile } from '../statements/index.js'
import { backingWords } from './backing-words.js'
import { batchCount } from './batches.js'
import type { EpochEvidence } from './evidence.js'
import type { Manifest, ProvenManifest } from './manifest-schema.js'
import { readPublishedManifest } from './read-manifest.js'
import type { EpochSignature } from './signature.js'
import { verifyBacking } from './verify/backing.js'
import { verifyFiles } from './verify/files.js'
import { verifyKeys } from './verify/keys.js'
import { verifyLedger } from './verify/ledger.js'
import type { EpochProof } from './verify/proof.js'
import { verifyScenarios } from './verify/scenarios.js'
import { verifySignature } from './verify/signature.js'
import { verifySolvency } from './verify/solvency.js'
import { verifyTable } from './verify/table.js'
import {
  type EpochReport,
  unknownParts,
  usedInstances,
  type Verification,
  type VerifyEpochOptions,
} from './verify/verification.js'

/** A valid epoch as it was read and verified. Callers use it instead of reading its files again. */
export interface VerifiedEpoch {
  manifest: ProvenManifest
  /** Of the bytes of `manifest.json`, lower-case hex. */
  manifestSha256: string
  table: RiskTable
  policy: PolicyFile
  /** Every proof, batches first, ready for another verifier. */
  proofs: readonly EpochProof[]
  /**
   * The signature over the manifest, if there is one; of a contract that nobody asked, as the file has it.
   */
  signature?: EpochSignature
}

/**
 * What could be read of an epoch, whatever was found of it: for whoever explains a verdict, and for nobody
 * who rests on one.
 */
export interface ReadEpoch {
  manifest: Manifest
  /** Of the bytes of `manifest.json`, lower-case hex. */
  manifestSha256: string
  table?: RiskTable
  /** Of the table at the epoch's sizes. */
  digests?: RiskDigests
  policy?: PolicyFile
  /** What addresses show, where the evidence holds. */
  evidence?: EpochEvidence
  /** Those that verify, batches first. */
  proofs: readonly EpochProof[]
}

/** Report on an epoch, what was read of it, and the epoch itself when it is valid. */
export interface OpenedEpoch {
  report: EpochReport
  read: ReadEpoch
  epoch?: VerifiedEpoch
}

/** An epoch that was opened, and where its files are. */
export interface OpenedPlace {
  source: Source
  opened: OpenedEpoch
}

/** Opens an epoch for whoever goes on to read its place: see `openEpoch`. */
export async function openPlace(source: Source, options: VerifyEpochOptions): Promise<OpenedPlace> {
  return { source, opened: await openEpoch(source, options) }
}

/**
 * Reads and verifies an epoch with nothing but its public files and the pinned keys: the schema of every
 * file, the hash of every key against its pin, every proof, every link of the chain from the first state to
 * the last that solvency opens, and that the proofs were made for this manifest, policy and risk table. Each
 * file is read once. Every check runs, also after others have failed.
 *
 * @param source a folder, an archive, addresses or memory: `openSource`, `zipSource`, `urlSource`,
 * `bytesSource`
 * @example
 * const { report, epoch } = await openEpoch(await openSource('epoch'), { pins })
 * if (epoch) console.log(epoch.manifest.parts.solvency.accountsRoot)
 * else for (const check of report.checks) if (!check.valid) console.error(check.id, check.detail)
 *
 * @throws {InputError} when no manifest can be read.
 */
export async function openEpoch(source: Source, options: VerifyEpochOptions): Promise<OpenedEpoch> {
  const { value: manifest, sha256: manifestSha256 } = await readPublishedManifest(source)
  const { venue, epoch } = manifest
  const { ledger, solvency } = manifest.parts
  const checks = new Checks(options.onCheck)
  const verification: Verification = { source, manifest, manifestSha256, checks, options }

  await checks.run('manifest', () => passed(`${venue}, epoch ${epoch}, ${placeInHistory(manifest)}`))
  await checks.run('files', () => verifyFiles(verification))
  const { signer, unasked, signature } = await verifySignature(verification)
  const { keys, keyKind } = await verifyKeys(verification)
  const risk = await verifyTable(verification)
  const proofs = await verifyLedger(verification, keys)
  const { policy, thresholds, proof } = await verifySolvency(verification, keys, risk)
  const { table, digests, age } = risk
  const shown = await verifyBacking(verification, keys, table, proof)
  const unbounded = await verifyScenarios(verification, table, thresholds)

  const { valid, list, exitCode } = checks
  const vouched = vouchedNotes(usedInstances(manifest), options.pins)
  const notes = [
    ...notVerified(manifest),
    ...(unasked === undefined ? [] : [unaskedNote(unasked)]),
    ...vouched,
    ...(age === undefined ? [] : [age]),
    ...(table === undefined ? [] : describeIndices(table)),
    ...unbounded,
  ]
  const batches = batchCount(ledger.batches)
  const { state } = ledger
  const report = {
    valid,
    venue,
    epoch,
    manifestSha256,
    ...(manifest.previous === undefined ? {} : { previous: manifest.previous }),
    ...(signer === undefined ? {} : { signer }),
    ...(unasked === undefined ? {} : { unasked }),
    keyKind,
    batches,
    state,
    ...(shown.backing === undefined || shown.backing === 'refused' ? {} : { backing: shown.backing }),
    reserves: backingWords(shown.backing),
    checks: list,
    notes,
    exitCode,
  }
  const all = [...proofs, proof, shown.proof].filter((one) => one !== undefined)
  const read: ReadEpoch = {
    manifest,
    manifestSha256,
    ...(table && { table }),
    ...(digests && { digests }),
    ...(policy && { policy }),
    ...(shown.evidence && { evidence: shown.evidence }),
    proofs: all,
  }
  if (!(valid && solvency && table && policy && proof)) return { report, read }
  const proven = { ...manifest, parts: { ...manifest.parts, solvency } }
  const signed = signature && { signature }
  return { report, read, epoch: { manifest: proven, manifestSha256, table, policy, proofs: all, ...signed } }
}

function unaskedNote({ address, chainId }: Required<EpochReport>['unasked']): string {
  return `signature.json is of the contract ${address} on chain ${chainId}, which nobody asked: nobody is known to have signed`
}

function placeInHistory({ previous }: Manifest): string {
  return previous === undefined
    ? 'the first of its history: it names none before it'
    : `after the epoch whose manifest has the SHA-256 ${previous}`
}

/** Parts that only a later version can verify, in words. */
function notVerified(manifest: Manifest): string[] {
  return unknownParts(manifest).map(
    (name) => `the part ${name} is not verified: this version does not know it`,
  )
}

/**
 * Report of `openEpoch`, without the epoch.
 *
 * @example
 * const pins = await readPins('pins.json')
 * const report = await verifyEpoch(await openSource('epoch'), { pins, production: true })
 * if (!report.valid) console.error(report.checks.filter(({ valid }) => !valid))
 *
 * @throws {InputError} when no manifest can be read.
 */
export async function verifyEpoch(source: Source, options: VerifyEpochOptions): Promise<EpochReport> {
  const { report } = await openEpoch(source, options)
  return report
}
