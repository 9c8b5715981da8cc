import { type Found, fail, passed, proofFileSchema, readJsonFrom } from '../../bundle/index.js'
import type { VerificationKey } from '../../groth16/index.js'
import { firstState, stateCommitment } from '../../statements/index.js'
import type { Manifest } from '../manifest-schema.js'
import { EPOCH_PATHS } from '../paths.js'
import { type EpochProof, verifyProofOf } from './proof.js'
import type { Verification } from './verification.js'

/** The chain of states and the proof of every link: the proofs that hold, in order. */
export async function verifyLedger(
  { source, manifest, checks }: Verification,
  keys: ReadonlyMap<string, VerificationKey>,
): Promise<EpochProof[]> {
  await checks.run('chain', () => verifyChain(manifest))
  const proofs: EpochProof[] = []
  for (const [index, instance] of manifest.batches.entries()) {
    const found = await checks.run(`batch:${index.toString().padStart(5, '0')}`, async () => {
      const expected = {
        stateBefore: BigInt(manifest.states[index] ?? fail('the chain has no state before this batch')),
        stateAfter: BigInt(manifest.states[index + 1] ?? fail('the chain has no state after this batch')),
        riskRoot: BigInt(manifest.riskRoot),
      }
      const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
      const file = await readJsonFrom(source, EPOCH_PATHS.batch(index), proofFileSchema)
      return verifyProofOf(file, { statement: 'ledger', instance, manifest, key, expected })
    })
    if (found !== undefined) proofs.push(found)
  }
  return proofs
}

function verifyChain(manifest: Manifest): Found<true> {
  const { states, batches } = manifest
  if (batches.length === 0) fail('has no batch')
  if (states.length !== batches.length + 1) fail('must have exactly one more state than batches')
  if (states[0] !== stateCommitment(firstState(manifest)).toString()) {
    fail('does not start at the constant first state')
  }
  if (new Set(states).size !== states.length) fail('passes through one state twice')
  return passed(`${batches.length} batches from the constant first state`)
}
