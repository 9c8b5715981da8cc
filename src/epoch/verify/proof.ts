import {
  type FiledClaim,
  type FiledVerdict,
  type Found,
  fail,
  orderedSignals,
  type ProofFile,
  verifyFiledProofs,
} from '../../bundle/index.js'
import type { Proven, VerificationKey } from '../../groth16/index.js'
import type { Manifest } from '../manifest-schema.js'

/** A proof that holds, ready for another verifier, and its instance. */
export type EpochProof = Proven & { instance: string }

/** What a proof of an epoch must match. */
interface Expected {
  statement: 'ledger' | 'solvency' | 'backing' | 'disclosure' | 'weigh' | 'settlement'
  instance: string
  /** Keys as whatever names the proof has them. */
  named: Manifest['keys']
  key: VerificationKey
  /** Signals by name. */
  expected: Record<string, bigint>
}

/** The claim that a proof of an epoch makes; it fails when the file is not one of what has to be there. */
export function claimOf(file: ProofFile, against: Expected): FiledClaim {
  const { statement, instance, named, key, expected } = against
  if (file.statement !== statement) fail(`is not a proof of ${statement}`)
  if (file.instance !== instance || file.keyHash !== named[instance]?.keyHash) {
    fail('was made for another instance or key')
  }
  if (statement !== 'solvency' && file.for !== undefined)
    fail('says whom it is for, which is for solvency alone')
  return { file, key, expected }
}

/** The proof of a claim that was verified; it fails when the claim does not hold. */
export function proofOf({ file }: FiledClaim, { valid, detail }: FiledVerdict): Found<EpochProof> {
  if (!valid) fail(detail)
  const { instance, statement, proof } = file
  const found = { instance, proof, publicSignals: orderedSignals(file)! }
  return { found, detail: `${statement} proof by ${instance}` }
}

/** Verifies one proof of an epoch under its key, and that it is about what it has to be. */
export async function verifyProofOf(file: ProofFile, against: Expected): Promise<Found<EpochProof>> {
  const claim = claimOf(file, against)
  const [verdict] = await verifyFiledProofs([claim])
  return proofOf(claim, verdict!)
}
