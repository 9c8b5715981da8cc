import { ArtifactError } from '../errors/index.js'
import { blindProof, type Proven, verifyProof } from '../groth16/index.js'
import type { DescribedArtifacts } from './artifacts.js'

/**
 * A proof that was verified and then made another with fresh randomness, so that nothing is left in it of the
 * randomness of whatever made it.
 *
 * @throws {ArtifactError} `KEY_MISMATCH` when it does not verify, `NO_RANDOMNESS`
 */
export async function seal(artifacts: DescribedArtifacts, { proof, publicSignals }: Proven): Promise<Proven> {
  const { verificationKey } = artifacts
  if (!(await verifyProof(verificationKey, publicSignals, proof))) throw keyMismatch(artifacts)
  return { proof: await blindProof(verificationKey, proof), publicSignals }
}

export function keyMismatch(artifacts: DescribedArtifacts, cause?: unknown): ArtifactError {
  return new ArtifactError('KEY_MISMATCH', 'the proving key does not fit the circuit', {
    cause,
    where: artifacts.directory,
    hint: `Delete the folder and run \`plimsoll setup ${artifacts.instance.name}\`.`,
  })
}
