import { type Groth16Proof, type Proven, type VerificationKey, verifyProofs } from '../groth16/index.js'
import {
  BACKING_SIGNALS,
  DISCLOSURE_SIGNALS,
  type Instance,
  LEDGER_SIGNALS,
  LIQUIDATION_SIGNALS,
  MARGIN_SIGNALS,
  SETTLEMENT_SIGNALS,
  SOLVENCY_SIGNALS,
  WEIGH_SIGNALS,
} from '../statements/index.js'
import type { ProofFile, SolvencyPurpose } from './schema.js'

/** The public part of the artifacts that a proof is made with. */
export interface ProvenWith {
  instance: Instance
  keyHash: string
  verificationKey: VerificationKey
}

/** Names of a statement's public signals, in the circuit's order. */
export const SIGNALS = {
  ledger: LEDGER_SIGNALS,
  solvency: SOLVENCY_SIGNALS,
  margin: MARGIN_SIGNALS,
  backing: BACKING_SIGNALS,
  disclosure: DISCLOSURE_SIGNALS,
  liquidation: LIQUIDATION_SIGNALS,
  weigh: WEIGH_SIGNALS,
  settlement: SETTLEMENT_SIGNALS,
} as const

/**
 * A proof as it is published.
 *
 * @param purpose what a solvency proof was made for
 */
export function proofFile(
  artifacts: Pick<ProvenWith, 'instance' | 'keyHash'>,
  { proof, publicSignals }: { proof: Groth16Proof; publicSignals: readonly bigint[] },
  purpose?: SolvencyPurpose,
): ProofFile {
  const { instance } = artifacts
  const statement = instance.statement as ProofFile['statement']
  return {
    schema: 'plimsoll/proof/3',
    statement,
    instance: instance.name,
    keyHash: artifacts.keyHash,
    signals: Object.fromEntries(SIGNALS[statement].map((name, i) => [name, publicSignals[i]!.toString()])),
    ...(purpose === undefined ? {} : { for: purpose }),
    proof,
  }
}

/** Which files are proofs of these signals by these artifacts: those of one key are verified together. */
export async function areProofsOf(
  claims: readonly { file: ProofFile; artifacts: ProvenWith; signals: Record<string, bigint> }[],
): Promise<boolean[]> {
  const fit = claims.filter(
    ({ file, artifacts: { instance, keyHash } }) =>
      file.instance === instance.name && file.statement === instance.statement && file.keyHash === keyHash,
  )
  const verdicts = await verifyFiledProofs(
    fit.map(({ file, artifacts, signals }) => ({ file, key: artifacts.verificationKey, expected: signals })),
  )
  const valid = new Set(fit.filter((_, i) => verdicts[i]!.valid))
  return claims.map((claim) => valid.has(claim))
}

/** Signals in the circuit's order, or `undefined` when the names are not the statement's. */
export function orderedSignals(file: ProofFile): bigint[] | undefined {
  const names: readonly string[] = SIGNALS[file.statement]
  if (Object.keys(file.signals).length !== names.length) return undefined
  const values = names.map((name) => (Object.hasOwn(file.signals, name) ? file.signals[name] : undefined))
  return values.every((value) => value !== undefined) ? values.map((value) => BigInt(value!)) : undefined
}

/** A proof file, the key to check it against, and what its signals have to be. */
export interface FiledClaim {
  file: ProofFile
  key: VerificationKey
  /** Some or all signals by name; other signals may have any value. */
  expected?: Record<string, bigint>
}

/** Whether a proof file holds, in words. */
export interface FiledVerdict {
  valid: boolean
  detail: string
}

/** Checks many proof files, those of one key together, for which they are handed over as one object. */
export async function verifyFiledProofs(claims: readonly FiledClaim[]): Promise<FiledVerdict[]> {
  const verdicts: FiledVerdict[] = []
  const ofKey = new Map<VerificationKey, { at: number; proven: Proven }[]>()
  for (const [at, { file, key, expected = {} }] of claims.entries()) {
    const publicSignals = orderedSignals(file)
    const wrong = Object.keys(expected).filter((name) => file.signals[name] !== expected[name]!.toString())
    if (!publicSignals) {
      verdicts[at] = { valid: false, detail: `the signals are not those of ${file.statement}` }
    } else if (wrong.length > 0) {
      verdicts[at] = { valid: false, detail: `not the epoch's: ${wrong.join(', ')}` }
    } else {
      const all = ofKey.get(key) ?? []
      ofKey.set(key, all)
      all.push({ at, proven: { publicSignals, proof: file.proof } })
    }
  }
  for (const [key, all] of ofKey) {
    const valid = await verifyProofs(
      key,
      all.map(({ proven }) => proven),
    )
    for (const [i, { at }] of all.entries()) {
      const detail = valid[i] ? 'the proof verifies' : 'the proof does not verify'
      verdicts[at] = { valid: valid[i]!, detail }
    }
  }
  return verdicts
}

/** Checks one proof file, as `verifyFiledProofs` does many. */
export async function verifyFiledProof(
  file: ProofFile,
  key: VerificationKey,
  expected: Record<string, bigint> = {},
): Promise<FiledVerdict> {
  return (await verifyFiledProofs([{ file, key, expected }]))[0]!
}
