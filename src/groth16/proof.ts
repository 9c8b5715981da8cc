import type { Curve } from 'ffjavascript'
import * as z from 'zod'
import { BASE_FIELD_ORDER } from '../field/index.js'
import { canonicalSchema, sha256Text } from '../schema/index.js'

const coordinate = canonicalSchema(BASE_FIELD_ORDER, 'a coordinate')
const g1Schema = z.tuple([coordinate, coordinate])
const g2Schema = z.tuple([g1Schema, g1Schema])

/** A Groth16 proof. G1 points are [x, y]; G2 points [x, y] of [c0, c1], each c0 + c1·u. */
export const groth16ProofSchema = z.strictObject({ a: g1Schema, b: g2Schema, c: g1Schema })

/** Verification key of one instance: `ic` has a point for the one and for each public signal, in order. */
export const verificationKeySchema = z.strictObject({
  alpha: g1Schema,
  beta: g2Schema,
  gamma: g2Schema,
  delta: g2Schema,
  ic: z.array(g1Schema).min(2),
})

export type G1 = z.infer<typeof g1Schema>
export type G2 = z.infer<typeof g2Schema>
/**
 * A Groth16 proof. G1 points are [x, y]; G2 points [x, y] of [c0, c1], each c0 + c1·u.
 *
 * @useDeclaredType
 */
export type Groth16Proof = z.infer<typeof groth16ProofSchema>
/**
 * The verification key of one instance: `ic` has a point for the constant one and for each public signal, in
 * order.
 *
 * @useDeclaredType
 */
export type VerificationKey = z.infer<typeof verificationKeySchema>

/** A proof and what it shows. */
export interface Proven {
  proof: Groth16Proof
  /** In the order of the instance's public signals. */
  publicSignals: bigint[]
}

/**
 * SHA-256 of a verification key's canonical JSON: the name by which a key is pinned.
 *
 * @example
 * const { verificationKey, keyHash } = await ensureArtifacts('ledger-tiny')
 * console.log(verificationKeyHash(verificationKey) === keyHash) // true
 */
export function verificationKeyHash({ alpha, beta, gamma, delta, ic }: VerificationKey): string {
  return sha256Text(JSON.stringify({ alpha, beta, gamma, delta, ic }))
}

/** A point's coordinates as numbers. */
export function numbers([x, y]: G1): [bigint, bigint] {
  return [BigInt(x), BigInt(y)]
}

/** A twist point's coordinates as pairs of numbers. */
export function pairs([x, y]: G2): [[bigint, bigint], [bigint, bigint]] {
  return [numbers(x), numbers(y)]
}

/** The proof with these points, in any form of the engine's. */
export function proofOf({ G1, G2 }: Curve, a: Uint8Array, b: Uint8Array, c: Uint8Array): Groth16Proof {
  const [pointA, pointB, pointC] = [
    G1.toObject(G1.toAffine(a)),
    G2.toObject(G2.toAffine(b)),
    G1.toObject(G1.toAffine(c)),
  ]
  return {
    a: [`${pointA[0]}`, `${pointA[1]}`],
    b: [
      [`${pointB[0][0]}`, `${pointB[0][1]}`],
      [`${pointB[1][0]}`, `${pointB[1][1]}`],
    ],
    c: [`${pointC[0]}`, `${pointC[1]}`],
  }
}
