import { type ChainConnection, type DeployedVerifier, deployVerifier, verifyOnChain } from '../chain/index.js'
import type { VerifiedEpoch } from '../epoch/index.js'
import { ArtifactError } from '../errors/index.js'
import type { Proven } from '../groth16/index.js'
import type { Artifacts } from '../proving/index.js'

/** The answers of verifier contracts about an epoch's proofs. */
export interface OnChainResult {
  /** Whether every proof of the epoch was accepted, alone or in its batch. */
  valid: boolean
  chainId: number
  /** Execution gas by call; for a deployment, of the whole transaction. */
  gas: Record<string, number>
}

/**
 * Deploys a verifier for each instance of an epoch that was verified here, and has it check every proof: the
 * batches of one instance all together in one call, and the first one also alone.
 *
 * @param keys the artifacts of at least the epoch's instances
 * @param onDeployed told of each verifier
 * @throws {ArtifactError} `KEY_MISSING` when a proof is of an instance that is not among them
 */
export async function verifyEpochOnChain(
  chain: ChainConnection,
  { proofs }: Pick<VerifiedEpoch, 'proofs'>,
  keys: readonly Artifacts[],
  update: (detail: string) => void,
  onDeployed: (instance: string, verifier: DeployedVerifier) => void = () => {},
): Promise<OnChainResult> {
  const byInstance = new Map<string, [Proven, ...Proven[]]>()
  for (const proof of proofs) {
    const others = byInstance.get(proof.instance)
    if (others) others.push(proof)
    else byInstance.set(proof.instance, [proof])
  }
  const gas: Record<string, number> = {}
  const verdicts: boolean[] = []
  for (const [name, proofs] of byInstance) {
    const key = keys.find(({ instance }) => instance.name === name)
    if (!key)
      throw new ArtifactError('KEY_MISSING', 'there is no key to make the verifier of', { where: name })
    update(`deploying the verifier of ${name}`)
    const verifier = await deployVerifier(chain, key)
    onDeployed(name, verifier)
    gas[`deploy ${name}`] = Number(verifier.gasUsed)
    update(`verifying ${proofs.length === 1 ? 'one proof' : `${proofs.length} proofs`} of ${name}`)
    const single = await verifyOnChain(chain, verifier, proofs[0])
    gas[`verify ${name}`] = Number(single.gas)
    verdicts.push(single.valid)
    if (proofs.length > 1) {
      const batch = await verifyOnChain(chain, verifier, proofs)
      gas[`verifyBatch ${name}, ${proofs.length} proofs`] = Number(batch.gas)
      verdicts.push(batch.valid)
    }
  }
  const valid = verdicts.length > 0 && verdicts.every((verdict) => verdict)
  return { valid, chainId: chain.chainId, gas }
}
