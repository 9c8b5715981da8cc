import { type ChainConnection, checkOnChain, deployVerifier } from '../chain/index.js'
import { type Manifest, readEpochProofs } from '../epoch/index.js'
import type { Artifacts, Proven } from '../proving/index.js'

/** What verifier contracts said of an epoch's proofs. */
export interface OnChainResult {
  verified: boolean
  chainId: number
  /** Execution gas by call; for a deployment, of the whole transaction. */
  gas: Record<string, number>
}

/**
 * Deploys a verifier for each key and has it check every proof of the epoch: the batches of one instance all together in one
 * call, and the first one also alone.
 */
export async function checkEpochOnChain(
  chain: ChainConnection,
  folder: string,
  manifest: Manifest,
  keys: readonly Artifacts[],
  update: (detail: string) => void,
): Promise<OnChainResult> {
  const proofs = await readEpochProofs(folder, manifest)
  const gas: Record<string, number> = {}
  let verified = true
  for (const key of keys) {
    const { name } = key.instance
    update(`deploying the verifier of ${name}`)
    const { address, gasUsed } = await deployVerifier(chain, key)
    gas[`deploy ${name}`] = Number(gasUsed)
    const mine: Proven[] = proofs.filter((p) => p.instance === name)
    update(`checking ${mine.length} proofs of ${name}`)
    const single = await checkOnChain(chain, address, mine[0]!)
    gas[`verify ${name}`] = Number(single.gas)
    verified &&= single.verified
    if (mine.length > 1) {
      const batch = await checkOnChain(chain, address, mine)
      gas[`verifyBatch ${name}, ${mine.length} proofs`] = Number(batch.gas)
      verified &&= batch.verified
    }
  }
  return { verified, chainId: chain.chainId, gas }
}
