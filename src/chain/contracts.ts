import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ArtifactError } from '../errors/index.js'

/** Folder that the package ships, two levels above this file in `src` and in `dist`. */
const FOLDER = fileURLToPath(new URL('../../contracts', import.meta.url))
const IMPORT = /^import .*"(.+)";$/gm

/** The contracts that are deployed, and their files. */
export const CONTRACTS = {
  SolvencyRegistry: 'SolvencyRegistry.sol',
  RiskRegister: 'RiskRegister.sol',
  CircuitBreaker: 'CircuitBreaker.sol',
  InsuranceFund: 'InsuranceFund.sol',
  BackingRegister: 'BackingRegister.sol',
  MarginGate: 'MarginGate.sol',
  LiquidationGate: 'LiquidationGate.sol',
  OwnedEpochs: 'OwnedEpochs.sol',
  AccessManager: '@openzeppelin/contracts/access/manager/AccessManager.sol',
} as const
export type DeployableContract = keyof typeof CONTRACTS

/** Library that every generated verifier imports. */
export const VERIFIER_IMPORTS = ['interfaces/IGroth16Verifier.sol', 'libraries/Groth16.sol'] as const

/**
 * Solidity files of this package and all that they import, each by the path that imports lead to: below
 * `contracts/` for our own, the package's name first for another package.
 *
 * @throws {ArtifactError} `CONTRACT_SOURCE` when one is missing.
 */
export async function contractSources(paths: readonly string[]): Promise<Record<string, string>> {
  const sources: Record<string, string> = {}
  const add = async (path: string): Promise<void> => {
    if (path in sources) return
    const text = await sourceOf(path)
    sources[path] = text
    for (const [, imported] of text.matchAll(IMPORT)) await add(importedPath(path, imported!))
  }
  for (const path of paths) await add(path)
  return sources
}

/** One of this package's contracts, with all that it imports. */
export async function contractNamed(name: DeployableContract) {
  const path = CONTRACTS[name]
  return { sources: await contractSources([path]), path, name }
}

function importedPath(path: string, imported: string): string {
  return imported.startsWith('.') ? posix.join(posix.dirname(path), imported) : imported
}

async function sourceOf(path: string): Promise<string> {
  try {
    const file = path.startsWith('@') ? createRequire(import.meta.url).resolve(path) : join(FOLDER, path)
    return await readFile(file, 'utf8')
  } catch (cause) {
    const where = path.startsWith('@') ? path : `contracts/${path}`
    throw new ArtifactError('CONTRACT_SOURCE', 'cannot be read', { where, cause })
  }
}
