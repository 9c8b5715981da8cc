import { freshScalar } from './blind.js'
import { curveEngine } from './curve-engine.js'
import { type Groth16Proof, numbers, type Proven, type VerificationKey } from './proof.js'

/**
 * What anyone can make of a key alone: α, β and −Σ signal·ic, for signals drawn at random. A verifier takes
 * it for a proof when δ of its key is γ, as it is in a set-up that nobody contributed to, or when it takes
 * anything.
 *
 * @throws {ArtifactError} `NO_RANDOMNESS`
 */
export async function forgeryOf({ alpha, beta, ic }: VerificationKey): Promise<Proven> {
  const { G1 } = await curveEngine()
  const [first, ...others] = ic.map((point) => G1.fromObject(numbers(point)))
  const publicSignals = others.map(freshScalar)
  const sum = publicSignals.reduce(
    (total, signal, i) => G1.add(total, G1.timesScalar(others[i]!, signal)),
    first!,
  )
  const [x, y] = G1.toObject(G1.toAffine(G1.neg(sum)))
  const proof: Groth16Proof = { a: alpha, b: beta, c: [`${x}`, `${y}`] }
  return { proof, publicSignals }
}
