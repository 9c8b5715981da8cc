import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ArtifactError } from '../errors/index.js'

/** Folder that the package ships, two levels above this file in `src` and in `dist`. */
const CONTRACTS = fileURLToPath(new URL('../../contracts', import.meta.url))

/** Library that every generated verifier imports. */
export const VERIFIER_IMPORTS = ['interfaces/IGroth16Verifier.sol', 'libraries/Groth16.sol'] as const

/** The gate for margin proofs, and what it imports. */
export const GATE_SOURCES = [
  'interfaces/IGroth16Verifier.sol',
  'interfaces/IMarginGate.sol',
  'types/MarginSignal.sol',
  'TwoStepOwner.sol',
  'MarginGate.sol',
] as const

/**
 * Solidity files of this package, by their path below `contracts/`.
 *
 * @throws {ArtifactError} `CONTRACT_SOURCE` when one is missing.
 */
export async function contractSources(paths: readonly string[]): Promise<Record<string, string>> {
  const read = async (path: string) => {
    const text = await readFile(join(CONTRACTS, path), 'utf8').catch((cause: unknown) => {
      throw new ArtifactError('CONTRACT_SOURCE', 'cannot be read', { where: `contracts/${path}`, cause })
    })
    return [path, text] as const
  }
  return Object.fromEntries(await Promise.all(paths.map(read)))
}
