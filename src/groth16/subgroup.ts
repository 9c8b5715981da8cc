import type { Curve } from 'ffjavascript'
import { BASE_FIELD_ORDER } from '../field/index.js'

/** BN254's parameter x, in which the orders of its fields are polynomials. */
const PARAMETER = 4965661367192848881n
/** The multiple that the loop of the optimal ate pairing takes, and the check of a point's order. */
export const LOOP_MULTIPLE = 6n * PARAMETER + 2n

/**
 * Whether a point of the twist, affine and not infinity, is in G2, the subgroup of the scalar field's order
 * r.
 *
 * ψ, the Frobenius map seen from the twist, has ψ² − tψ + p = 0 there, and is multiplication by p on G2. So
 * (6x + 2) + ψ − ψ² + ψ³ is zero on G2, as 6x + 2 + p − p² + p³ is a multiple of r. It is zero on no other
 * point: its norm, which is the number of points that it takes to infinity, is prime to the cofactor 2p − r.
 * (El Housni, Guillevic and Piellard, Co-factor clearing and subgroup membership testing on pairing-friendly
 * curves, https://eprint.iacr.org/2022/352.) That is a multiplication by 65 bits in place of one by 254.
 */
export function isInSubgroup(curve: Curve, point: Uint8Array): boolean {
  const { G2 } = curve
  const psi = frobenius(curve, point)
  const psi2 = frobenius(curve, psi)
  const left = G2.add(G2.timesScalar(point, LOOP_MULTIPLE), G2.add(psi, frobenius(curve, psi2)))
  return G2.eq(left, psi2)
}

/** ψ of an affine point: (x̄·ξ^((p−1)/3), ȳ·ξ^((p−1)/2)) with ξ = 9 + u, whose twist this is. */
function frobenius({ F1, F2 }: Curve, point: Uint8Array): Uint8Array {
  factors ??= [3n, 2n].map((root) => F2.exp(F2.fromObject([9n, 1n]), (BASE_FIELD_ORDER - 1n) / root))
  const image = new Uint8Array(point.length)
  for (const [i, factor] of factors.entries()) {
    const conjugate = point.slice(i * F2.n8, (i + 1) * F2.n8)
    conjugate.set(F1.neg(conjugate.slice(F1.n8)), F1.n8)
    image.set(F2.mul(conjugate, factor), i * F2.n8)
  }
  return image
}

let factors: readonly Uint8Array[] | undefined
