import type { Curve } from 'ffjavascript'
import { BASE_FIELD_ORDER, readLittleEndian } from '../../field/index.js'

/** Bytes of an affine point, as files hold it: little-endian coordinates in Montgomery form. */
export const POINT_BYTES = { g1: 64, g2: 128 } as const
/** Whether the product of e(a, b) over all pairs is one. A pair with infinity in it counts nothing. */
export async function productIsOne(
  curve: Curve,
  pairs: readonly (readonly [g1: Uint8Array, g2: Uint8Array])[],
): Promise<boolean> {
  const counting = pairs.filter(([a, b]) => !curve.G1.isZero(a) && !curve.G2.isZero(b))
  return counting.length === 0 || curve.pairingEq(...counting.flat())
}

/** Whether e(a, b) = e(c, d). */
export function samePairing(
  curve: Curve,
  [a, b]: readonly [Uint8Array, Uint8Array],
  [c, d]: readonly [Uint8Array, Uint8Array],
): Promise<boolean> {
  return productIsOne(curve, [
    [a, b],
    [curve.G1.neg(c), d],
  ])
}

/** Whether affine bytes are a point of a curve other than infinity, written as every tool writes it. */
export function isPoint(group: Curve['G1'] | Curve['G2'], point: Uint8Array): boolean {
  return isCanonical(point, 0, point.length) && !group.isZero(point) && group.isValid(point)
}

/** The highest four bytes of the base field's order. */
const ORDER_TOP = Number(BASE_FIELD_ORDER >> 224n)

export function isCanonical(bytes: Uint8Array, at: number, size: number): boolean {
  for (let c = at; c < at + size; c += 32) {
    const top = (bytes[c + 31]! << 24) | (bytes[c + 30]! << 16) | (bytes[c + 29]! << 8) | bytes[c + 28]!
    if (top >>> 0 < ORDER_TOP) continue
    if (readLittleEndian(bytes, c) >= BASE_FIELD_ORDER) return false
  }
  return true
}

/** Whether a point of the twist is of order r, or infinity. */
export function hasGroupOrder({ G2, r }: Curve, point: Uint8Array): boolean {
  return G2.isZero(point) || G2.isZero(G2.timesScalar(point, r))
}
