import { buildBn128 } from 'ffjavascript'
import { BASE_FIELD_ORDER as Q } from '../../src/field/index.js'
import type { VerificationKey } from '../../src/groth16/index.js'

/** Group arithmetic on the points of proofs and keys, as the decimal strings that they are made of. */
export type G1Point = VerificationKey['alpha']
export type G2Point = VerificationKey['beta']

export const curve = await buildBn128(true)

export const g1 = ([x, y]: G1Point) => curve.G1.fromObject([BigInt(x), BigInt(y)])
export const g2 = ([x, y]: G2Point) =>
  curve.G2.fromObject([
    [BigInt(x[0]), BigInt(x[1])],
    [BigInt(y[0]), BigInt(y[1])],
  ])

export function fromG1(point: Uint8Array): G1Point {
  const [x, y] = curve.G1.toObject(curve.G1.toAffine(point))
  return [`${x}`, `${y}`]
}

export function fromG2(point: Uint8Array): G2Point {
  const [x, y] = curve.G2.toObject(curve.G2.toAffine(point))
  return [
    [`${x[0]}`, `${x[1]}`],
    [`${y[0]}`, `${y[1]}`],
  ]
}

const mod = (x: bigint) => ((x % Q) + Q) % Q

function pow(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b)
  return result
}

/** A square root in the base field (its order is 3 mod 4), or `undefined`. */
function root(x: bigint): bigint | undefined {
  const candidate = pow(x, (Q + 1n) / 4n)
  return mod(candidate * candidate) === mod(x) ? candidate : undefined
}

/**
 * A point on the twist y² = x³ + 3/(9 + u) that is not in the group of order r: nearly every point is such,
 * since the twist has about q² points. x = n + u for the first n that has a y.
 */
export function twistPointOutsideGroup(): G2Point {
  const inverse82 = pow(82n, Q - 2n)
  // 3/(9 + u) = 3·(9 − u)/82
  const [b0, b1] = [mod(27n * inverse82), mod(-3n * inverse82)]
  for (let n = 1n; ; n++) {
    // (n + u)³ = n³ − 3n + (3n² − 1)·u
    const y2: [bigint, bigint] = [mod(n ** 3n - 3n * n + b0), mod(3n * n * n - 1n + b1)]
    const norm = root(y2[0] * y2[0] + y2[1] * y2[1])
    if (norm === undefined) continue
    for (const s of [norm, -norm]) {
      const y0 = root((y2[0] + s) * pow(2n, Q - 2n))
      if (y0 === undefined || y0 === 0n) continue
      const y1 = mod(y2[1] * pow(2n * y0, Q - 2n))
      const point: G2Point = [
        [`${n}`, '1'],
        [`${y0}`, `${y1}`],
      ]
      const { G2 } = curve
      if (G2.isValid(g2(point)) && !G2.isZero(G2.timesScalar(g2(point), curve.r))) return point
    }
  }
}
