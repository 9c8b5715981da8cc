import {
  type Found,
  fail,
  type ProofFile,
  passed,
  proofFileSchema,
  readJsonFrom,
} from '../../bundle/index.js'
import type { VerificationKey } from '../../groth16/index.js'
import { batchCount, batchInstances } from '../batches.js'
import type { Manifest } from '../manifest-schema.js'
import { EPOCH_PATHS } from '../paths.js'
import { type EpochProof, verifyProofOf } from './proof.js'
import type { Verification } from './verification.js'

/** The proof of every batch, and the chain that their states are: the proofs that hold, in order. */
export async function verifyLedger(
  { source, manifest, checks }: Verification,
  keys: ReadonlyMap<string, VerificationKey>,
): Promise<EpochProof[]> {
  const { batches } = manifest.parts.ledger
  const proofs: EpochProof[] = []
  const links: Link[] = []
  let index = 0
  for (const instance of batchInstances(batches)) {
    const path = EPOCH_PATHS.batch(index)
    const found = await checks.run(`batch:${index.toString().padStart(7, '0')}`, async () => {
      const file = await readJsonFrom(source, path, proofFileSchema)
      links[index] = linkOf(file)
      const key = keys.get(instance) ?? fail(`not checked: its key, ${instance}, is not one to check with`)
      return verifyProofOf(file, { statement: 'ledger', instance, manifest, key, expected: {} })
    })
    if (found !== undefined) proofs.push(found)
    index++
  }
  await checks.run('chain', () => verifyChain(manifest, links))
  return proofs
}

/** The states that a proof is between, as its file says. */
type Link = readonly [before: string | undefined, after: string | undefined]

function linkOf({ signals }: ProofFile): Link {
  return [signals.stateBefore, signals.stateAfter]
}

/**
 * One chain of states from the first to the last, which solvency opens.
 *
 * @param links of each batch by its index, none where its proof cannot be read
 */
function verifyChain({ parts: { ledger } }: Manifest, links: readonly (Link | undefined)[]): Found<true> {
  const count = batchCount(ledger.batches)
  const passedThrough = new Set([ledger.firstState])
  let state = ledger.firstState
  for (let index = 0; index < count; index++) {
    const [before, after] = links[index] ?? fail(`the proof of batch ${index} cannot be read`)
    if (before !== state) {
      fail(
        `batch ${index} does not start ${index === 0 ? 'at the first state' : 'where the one before it ends'}`,
      )
    }
    state = after ?? fail(`the proof of batch ${index} names no state after it`)
    if (passedThrough.has(state)) fail('passes through one state twice')
    passedThrough.add(state)
  }
  if (state !== ledger.state) fail("does not end at the manifest's last state")
  return passed(`${count} batches from the first state to the last`)
}
