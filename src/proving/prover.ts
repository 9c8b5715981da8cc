import { ArtifactError } from '../errors/index.js'
import type { CircuitInputs } from '../field/index.js'
import { loadOptional } from '../files/index.js'
import type { G2, Groth16Proof, Proven } from '../groth16/index.js'
import { blindProof, randomness, verifyProof } from '../groth16/index.js'
import type { Artifacts } from './artifacts.js'
import { calculateWitness } from './witness.js'

/**
 * Makes proofs. Every prover gives the same kind of proof, so that a faster one can take a slower one's
 * place.
 */
export interface Prover {
  name: string
  /**
   * @throws {InputError} `WITNESS_INPUTS`, `PACKAGE_MISSING`
   * @throws {StatementError} `WITNESS_REJECTED` when there is nothing true to prove.
   * @throws {ArtifactError} `KEY_MISMATCH` when the key does not belong to the circuit, `NO_RANDOMNESS`.
   */
  prove(artifacts: Artifacts, inputs: CircuitInputs): Promise<Proven>
}

/**
 * snarkjs on every core. The witness stays in memory. A proof is verified, and then made another with fresh
 * randomness, before it is returned: nothing of snarkjs's own randomness, which is one stream for a whole
 * process, is left in it.
 *
 * @example
 * // Among the options of proveLedger, proveSolvency and proveMargin:
 * const options = { artifacts: ensureArtifacts, prover: snarkjsProver }
 */
export const snarkjsProver: Prover = {
  name: 'snarkjs',
  async prove(artifacts, inputs) {
    randomness()
    const { groth16 } = await loadOptional('snarkjs', () => import('snarkjs'))
    const witness = await calculateWitness(artifacts, inputs)
    const made = await groth16
      .prove(artifacts.zkey, { type: 'mem', data: witness })
      .catch((cause: unknown) => {
        throw mismatch(artifacts, cause)
      })
    const { pi_a, pi_b, pi_c } = made.proof
    const proof: Groth16Proof = {
      a: [pi_a[0], pi_a[1]],
      b: [pi_b[0], pi_b[1]] satisfies G2,
      c: [pi_c[0], pi_c[1]],
    }
    return seal(artifacts, { proof, publicSignals: made.publicSignals.map(BigInt) })
  },
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
 * const { proof } = await proveSignals(snarkjsProver, artifacts, ledgerInputs(witness), witness.signals)
 */
export async function proveSignals(
  prover: Prover,
  artifacts: Artifacts,
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

/** Verified and randomised again. */
async function seal(artifacts: Artifacts, { proof, publicSignals }: Proven): Promise<Proven> {
  const { verificationKey } = artifacts
  if (!(await verifyProof(verificationKey, publicSignals, proof))) throw mismatch(artifacts)
  return { proof: await blindProof(verificationKey, proof), publicSignals }
}

/**
 * Ends the threads that proving started, so that the process can end.
 *
 * @example
 * await terminateProving()
 */
export async function terminateProving(): Promise<void> {
  await globalThis.curve_bn128?.terminate()
}

function mismatch(artifacts: Artifacts, cause?: unknown): ArtifactError {
  return new ArtifactError('KEY_MISMATCH', 'the proving key does not fit the circuit', {
    cause,
    where: artifacts.directory,
    hint: `Delete the folder and run \`plimsoll setup ${artifacts.instance.name}\`.`,
  })
}
