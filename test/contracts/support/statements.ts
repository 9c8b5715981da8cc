import { fileURLToPath } from 'node:url'
import { type Artifacts, ensureArtifacts, type Proven, snarkjsProver } from '../../../src/proving/index.js'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What the contract tests make anew and git ignores: keys, proofs, verifiers. */
export const GENERATED = here('../generated')

/** A key for one of the test circuits, made here once and kept under its circuit's address. */
export function testKey(instance: 'squares-1' | 'squares-3' | 'squares-16' | 'cubes-3'): Promise<Artifacts> {
  return ensureArtifacts(instance, { circuitsDir: here('../circuits'), cacheDir: `${GENERATED}/keys` })
}

/** A proof that each signal is a square (or a cube) of the root in its place. */
export function provePowers(key: Artifacts, roots: readonly bigint[]): Promise<Proven> {
  const power = roots.map((root) => root ** BigInt(key.instance.params.EXPONENT!))
  return snarkjsProver.prove(key, { power, root: roots })
}
