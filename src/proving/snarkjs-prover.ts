import { loadOptional } from '../files/index.js'
import { type G2, type Groth16Proof, randomness } from '../groth16/index.js'
import { calculateWitness } from './circuit-witness.js'
import type { Prover } from './prover.js'
import { keyMismatch, seal } from './seal.js'

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
        throw keyMismatch(artifacts, cause)
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
