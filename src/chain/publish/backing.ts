import { parseAbi } from 'viem'
import type { VerifiedEpoch } from '../../epoch/index.js'
import { keyOf, NO_HASH } from '../registry-calls.js'
import { proofWords } from '../verifier-source.js'

/** The part of the ABI of `IBackingRegister.sol` that is used here, and its errors. */
export const BACKING_ABI = parseAbi([
  'struct Claim { string venue; uint48 epoch; uint256 reservesCommitment; uint256 evidence; bytes32 evidenceHash; uint256 accountsRoot; bytes32 riskTable; bytes32 previous; }',
  'function bring(bytes32 key, uint256[8] proof, Claim claim)',
  'function backedUnder(uint256 context, uint256 accountsRoot, uint256 reservesCommitment) view returns (bytes32)',
  'error EpochFinal(bytes32 venue, uint48 epoch)',
  'error NothingNew(uint256 context)',
  'error ProofRejected()',
  'error KeyNotActive(bytes32 key, uint8 statement)',
])

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
