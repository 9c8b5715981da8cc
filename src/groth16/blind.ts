import type { Curve } from 'ffjavascript'
import { ArtifactError } from '../errors/index.js'
import { FIELD_ORDER, invertField, readLittleEndian } from '../field/index.js'
import { curveEngine } from './curve-engine.js'
import { type Groth16Proof, numbers, pairs, proofOf, type VerificationKey } from './proof.js'

/**
 * Re-randomises a proof: the result proves the same signals with fresh randomness. Of a proof that verifies,
 * what comes out has the one distribution that the signals and the key fix: `a` uniform but for infinity, `b`
 * uniform, `c` what the equation then leaves. So it tells nothing of the witness, nor of how, with which
 * proving key or with what randomness the proof was made.
 *
 * @param proof one that verifies under `key`
 * @throws {ArtifactError} `NO_RANDOMNESS`
 */
export async function blindProof(key: VerificationKey, proof: Groth16Proof): Promise<Groth16Proof> {
  const curve = await curveEngine()
  const { G1, G2 } = curve
  const [a, b] = [G1.fromObject(numbers(proof.a)), G2.fromObject(pairs(proof.b))]
  const c = G1.fromObject(numbers(proof.c))
  return blindPoints(curve, { a, b, c }, G2.fromObject(pairs(key.delta)))
}

/**
 * The same of a proof's points, and of δ in G2. They may be those that the witness alone makes, without any
 * randomness.
 *
 * @throws {ArtifactError} `NO_RANDOMNESS`
 */
export function blindPoints(
  curve: Curve,
  { a, b, c }: Record<'a' | 'b' | 'c', Uint8Array>,
  delta: Uint8Array,
): Groth16Proof {
  const { G1, G2 } = curve
  const [t, u] = [freshFactor(), freshScalar()]
  // e(a/t, t·(b + u·δ)) = e(a, b)·e(u·a, δ)
  return proofOf(
    curve,
    G1.timesScalar(a, invertField(t)),
    G2.timesScalar(G2.add(b, G2.timesScalar(delta, u)), t),
    G1.add(c, G1.timesScalar(a, u)),
  )
}

/** A scalar other than zero: see `freshScalar`. */
function freshFactor(): bigint {
  for (;;) {
    const scalar = freshScalar()
    if (scalar !== 0n) return scalar
  }
}

/**
 * A scalar from the platform's generator, drawn again until it is below the order: no value is likelier, and
 * none is left out.
 *
 * @throws {ArtifactError} `NO_RANDOMNESS`
 */
export function freshScalar(): bigint {
  const bytes = new Uint8Array(32)
  for (;;) {
    randomness().getRandomValues(bytes)
    bytes[31]! &= 0x3f
    const scalar = readLittleEndian(bytes)
    if (scalar < FIELD_ORDER) return scalar
  }
}

/**
 * Web Crypto. Without it, a proof could only be blinded with numbers that can be guessed, and would give its
 * witness away.
 *
 * @throws {ArtifactError} `NO_RANDOMNESS`
 */
export function randomness(): Pick<typeof globalThis.crypto, 'getRandomValues'> {
  const { crypto } = globalThis
  if (typeof crypto?.getRandomValues === 'function') return crypto
  throw new ArtifactError('NO_RANDOMNESS', 'there is no source of randomness to blind a proof with', {
    hint: 'Use a platform that has Web Crypto, and do not switch it off.',
  })
}
