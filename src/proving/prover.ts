import { ArtifactError } from '../errors/index.js'
import type { CircuitInputs } from '../field/index.js'
import type { Artifacts } from './artifacts.js'
import type { G2, Groth16Proof } from './proof.js'
import { verifyProof } from './verify.js'
import { calculateWitness } from './witness.js'

export interface Proven {
  proof: Groth16Proof
  /** In the order of the instance's public signals. */
  publicSignals: bigint[]
}

/** Makes proofs. Every prover gives the same kind of proof, so that a faster one can take a slower one's place. */
export interface Prover {
  name: string
  /**
   * @throws {InputError} `WITNESS_INPUTS`
   * @throws {StatementError} `WITNESS_REJECTED` when there is nothing true to prove.
   * @throws {ArtifactError} `KEY_MISMATCH` when the key does not belong to the circuit, `NO_RANDOMNESS`.
   */
  prove(artifacts: Artifacts, inputs: CircuitInputs): Promise<Proven>
}

/** snarkjs on every core. The witness stays in memory; a proof is verified before it is returned. */
export const snarkjsProver: Prover = {
  name: 'snarkjs',
  async prove(artifacts, inputs) {
    assertRandomness()
    const { groth16 } = await import('snarkjs')
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
    const publicSignals = made.publicSignals.map(BigInt)
    if (!(await verifyProof(artifacts.verificationKey, publicSignals, proof))) throw mismatch(artifacts)
    return { proof, publicSignals }
  },
}

/** Without Web Crypto, snarkjs in a browser falls back on numbers that can be guessed, and a proof would give its witness away. */
function assertRandomness(): void {
  if (typeof globalThis.crypto?.getRandomValues === 'function') return
  throw new ArtifactError('NO_RANDOMNESS', 'there is no source of randomness to blind a proof with', {
    hint: 'Use a platform that has Web Crypto, and do not switch it off.',
  })
}

/** Ends the threads that proving started, so that the process can end. */
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
