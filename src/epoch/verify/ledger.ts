import { fail } from '../../bundle/index.js'
import type { VerificationKey } from '../../groth16/index.js'
import { EPOCH_PATHS } from '../paths.js'
import { verifyChain } from './chain.js'
import { claimOf, type EpochProof } from './proof.js'
import type { Verification } from './verification.js'

/** The proof of every batch, and the chain that their states are: the proofs that hold, in order. */
export async function verifyLedger(
  { source, manifest, checks }: Verification,
  keys: ReadonlyMap<string, VerificationKey>,
): Promise<EpochProof[]> {
  const { batches, firstState, state } = manifest.parts.ledger
  const proofs: EpochProof[] = []
  await verifyChain({
    ...{ source, checks, runs: batches, firstState, state, saidBy: "the manifest's" },
    names: ['batch', 'batches'],
    id: 'chain',
    pathOf: EPOCH_PATHS.batch,
    claimOf: (file, instance) => {
      const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
      return claimOf(file, { statement: 'ledger', instance, named: manifest.keys, key, expected: {} })
    },
    keep: (proof) => proofs.push(proof),
  })
  return proofs
}
