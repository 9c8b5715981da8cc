import type { Manifest } from '../epoch/index.js'
import { writeJson } from '../files/index.js'
import type { Artifacts } from '../proving/index.js'

/** The entry of a manifest for the key of some artifacts. */
export function keyHashes({ keyHash, circuitHash }: Artifacts): Manifest['keys'][string] {
  return { keyHash, circuitHash }
}

/**
 * Writes the verification key that a proof of the epoch needs. It is checked against its pin, not trusted.
 */
export async function writeKey(path: string, artifacts: Artifacts): Promise<void> {
  await writeJson(path, artifacts.verificationKey)
}
