import type { Abi } from 'viem'
import type { VerifiedEpoch } from '../../epoch/index.js'
import { BACKING_REGISTER_ABI, SOLVENCY_REGISTRY_ABI } from '../generated/abi.js'
import { keyOf, NO_HASH } from '../registry-calls.js'
import { proofWords } from '../verifier-source.js'

/** What a register answers to: the errors of the registry, too, which it asks for keys. */
export const BACKING_ABI: Abi = [
  ...BACKING_REGISTER_ABI,
  ...SOLVENCY_REGISTRY_ABI.filter(({ type }) => type === 'error'),
]

/** Arguments of `bring`, for an epoch whose manifest names evidence; nothing for one that names none. */
export function backingOf(epoch: VerifiedEpoch, number: bigint): readonly unknown[] | undefined {
  const { venue, riskTable, previous, parts } = epoch.manifest
  const { backing, solvency } = parts
  const proof = epoch.proofs.find(({ instance }) => instance === backing?.instance)
  if (backing === undefined || proof === undefined) return undefined
  const claim = {
    ...{ venue, epoch: number, reservesCommitment: solvency.reservesCommitment, evidence: backing.evidence },
    evidenceHash: `0x${backing.evidenceHash}`,
    accountsRoot: solvency.accountsRoot,
    riskTable: `0x${riskTable}`,
    previous: previous === undefined ? NO_HASH : `0x${previous}`,
  }
  return [keyOf(epoch, backing.instance), proofWords(proof.proof), claim]
}
