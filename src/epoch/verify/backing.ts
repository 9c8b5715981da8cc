import { type Found, fail, proofFileSchema, readJsonFrom } from '../../bundle/index.js'
import type { VerificationKey } from '../../groth16/index.js'
import { evidenceDigest } from '../../reserves/index.js'
import type { RiskTable } from '../../risk/index.js'
import {
  type BACKING_SIGNALS,
  backingContext,
  SOLVENCY_SIGNALS,
  shownForSizes,
} from '../../statements/index.js'
import type { Backing } from '../backing-words.js'
import { checkEvidence, type EpochEvidence, evidenceFaults } from '../evidence.js'
import type { BackingPart } from '../manifest-schema.js'
import { EPOCH_PATHS } from '../paths.js'
import { type EpochProof, verifyProofOf } from './proof.js'
import type { Verification } from './verification.js'

/** What addresses show, and the proof that it is at least what is committed. */
export interface FoundBacking {
  backing?: Backing | 'refused'
  /** The evidence, as far as it holds, whatever the proof does. */
  evidence?: EpochEvidence
  proof?: EpochProof
}

/**
 * The evidence of an epoch and the proof that what it shows is at least what the proof of solvency is about;
 * nothing where the manifest names none.
 *
 * @param solvency the epoch's proof of solvency, as far as it holds
 */
export async function verifyBacking(
  verification: Verification,
  keys: ReadonlyMap<string, VerificationKey>,
  table: RiskTable | undefined,
  solvency: EpochProof | undefined,
): Promise<FoundBacking> {
  const { source, manifest, checks, options } = verification
  const part = manifest.parts.backing
  if (part === undefined) {
    // Who names a block or a challenge asks for evidence that is of it.
    const { blocks, challenge } = options.evidence ?? {}
    if (blocks !== undefined || challenge !== undefined) {
      await checks.run('evidence', () =>
        fail('the manifest names no evidence, and a block or challenge of it was named'),
      )
    }
    return {}
  }
  const evidence = await checks.run('evidence', () => verifyEvidence(verification, part, table))
  const proof = await checks.run('backing', async () => {
    const { instance } = part
    const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
    if (solvency === undefined) fail('not checked: no proof of solvency holds that it could be about')
    const signalOf = (name: (typeof SOLVENCY_SIGNALS)[number]) =>
      solvency.publicSignals[SOLVENCY_SIGNALS.indexOf(name)]!
    const expected: Record<(typeof BACKING_SIGNALS)[number], bigint> = {
      reservesCommitment: signalOf('reservesCommitment'),
      evidence: BigInt(part.evidence),
      context: backingContext({
        solvency: signalOf('context'),
        accountsRoot: signalOf('accountsRoot'),
        evidenceHash: part.evidenceHash,
      }),
    }
    const file = await readJsonFrom(source, EPOCH_PATHS.backing, proofFileSchema)
    const { keys: named } = manifest
    return verifyProofOf(file, { statement: 'backing', instance, named, key, expected })
  })
  return {
    backing: evidence && proof ? evidence.backing : 'refused',
    ...(evidence && { evidence }),
    ...(proof && { proof }),
  }
}

/** Checks the evidence, and that the manifest says of it what it comes to. */
async function verifyEvidence(
  { source, manifest, options }: Verification,
  part: BackingPart,
  table: RiskTable | undefined,
): Promise<Found<EpochEvidence>> {
  if (!table) fail('not checked: there is no risk table to count by')
  const { classes } = part
  const { report, evidence } = await checkEvidence(source, { manifest, table, classes }, options.evidence)
  if (evidence === undefined) {
    fail(evidenceFaults(report), {
      todo:
        report.checks.find(({ valid }) => !valid)?.todo ??
        'Ask the venue for the evidence as it was published.',
    })
  }
  const { backing } = evidence
  if (backing.evidenceHash !== part.evidenceHash) fail('its files are not those that the manifest names')
  const { sizes } = manifest
  const shown = shownForSizes(evidence.shown, table, sizes)
  if (evidenceDigest(shown, sizes.spots).toString() !== part.evidence) {
    fail('it shows other amounts than the manifest says')
  }
  const { counted, listed } = backing.accounts
  return {
    found: evidence,
    detail: `${counted} of ${listed} addresses show something, ${backing.verdict}; what counts: ${classes.join(', ')}`,
  }
}
