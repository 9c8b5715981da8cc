import { fileURLToPath } from 'node:url'
import { FIELD_ORDER, powField } from '../../src/field/index.js'
import type { Proven } from '../../src/groth16/index.js'
import { type Artifacts, ensureArtifacts, snarkjsProver } from '../../src/proving/index.js'

const CONTRACTS = fileURLToPath(new URL('../../test/contracts', import.meta.url))

/** The folder that the contract tests make anew and git ignores: keys, proofs, verifiers. */
export const GENERATED = `${CONTRACTS}/generated`

/** A key for one of the test circuits, made here once and kept under its circuit's address. */
export function testKey(
  instance: `squares-${1 | 2 | 3 | 10}` | 'cubes-3' | `fifths-${2 | 3 | 6 | 7 | 10}` | `sevenths-${2 | 6}`,
): Promise<Artifacts> {
  return ensureArtifacts(instance, { circuitsDir: `${CONTRACTS}/circuits`, cacheDir: `${GENERATED}/keys` })
}

/** A proof that each signal is a square (or a cube) of the root in its place. */
export function provePowers(key: Artifacts, roots: readonly bigint[]): Promise<Proven> {
  const power = roots.map((root) => root ** BigInt(key.instance.params.EXPONENT!))
  return snarkjsProver.prove(key, { power, root: roots })
}

/**
 * A proof with signals of the caller's choice: for an exponent that shares no factor with the order of the
 * field's multiplicative group, such as 5 or 7, every element is a power.
 */
export function proveSignals(key: Artifacts, signals: readonly bigint[]): Promise<Proven> {
  const exponent = BigInt(key.instance.params.EXPONENT!)
  const group = FIELD_ORDER - 1n
  let multiple = group + 1n
  while (multiple % exponent !== 0n) multiple += group
  const root = signals.map((signal) => powField(signal, multiple / exponent))
  return snarkjsProver.prove(key, { power: signals, root })
}
