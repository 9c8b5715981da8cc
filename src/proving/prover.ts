import { ArtifactError } from '../errors/index.js'
import type { CircuitInputs } from '../field/index.js'
import type { Proven } from '../groth16/index.js'
import type { Artifacts, DescribedArtifacts } from './artifacts.js'
import { seal } from './seal.js'

/**
 * Makes proofs. Every prover gives the same kind of proof, so that a faster one can take a slower one's
 * place.
 *
 * @typeParam A artifacts that it takes: files on disk, or what a browser has instead
 */
export interface Prover<A extends DescribedArtifacts = Artifacts> {
  name: string
  /**
   * @throws {InputError} `WITNESS_INPUTS`, `PACKAGE_MISSING`
   * @throws {StatementError} `WITNESS_REJECTED` when there is nothing true to prove.
   * @throws {ArtifactError} `KEY_MISMATCH` when the key does not belong to the circuit, `NO_RANDOMNESS`.
   */
  prove(artifacts: A, inputs: CircuitInputs): Promise<Proven>
}

/**
 * A proof that may be shown to anyone: of exactly the signals that the model computed, verified, and
 * randomised again, so that it reveals nothing else, independent of who made the artifacts and of the
 * prover's randomness.
 *
 * @param signals what the model computed, by name: all of the instance's public signals
 * @throws {ArtifactError} `CIRCUIT_SIGNALS` when the circuit's public signals are others: they may be
 * anything private, so they are dropped with the proof, and the message has none of them. `KEY_MISMATCH`,
 * `NO_RANDOMNESS`
 * @throws what the prover throws
 * @example
 * const { proof } = await proveSignals(wasmProver, artifacts, ledgerInputs(witness), witness.signals)
 */
export async function proveSignals<A extends DescribedArtifacts>(
  prover: Prover<A>,
  artifacts: A,
  inputs: CircuitInputs,
  signals: Readonly<Record<string, bigint>>,
): Promise<Proven> {
  const { name, public: names } = artifacts.instance
  const expected = names.map((signal) => signals[signal])
  const made = await prover.prove(artifacts, inputs)
  if (
    made.publicSignals.length !== names.length ||
    Object.keys(signals).length !== names.length ||
    made.publicSignals.some((value, i) => value !== expected[i])
  ) {
    throw new ArtifactError('CIRCUIT_SIGNALS', `the circuit of ${name} says something else than its model`, {
      where: artifacts.directory,
      hint: `No proof was kept. Delete the folder and run \`plimsoll setup ${name}\`.`,
    })
  }
  return seal(artifacts, made)
}
