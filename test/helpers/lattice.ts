import { FIELD_ORDER, invertField, toField } from '../../src/field/index.js'

const dot = (x: readonly bigint[], y: readonly bigint[]) => x.reduce((sum, v, i) => sum + v * y[i]!, 0n)
const abs = (n: bigint) => (n < 0n ? -n : n)
const rounded = (n: bigint, d: bigint) => {
  const by = (2n * abs(n) + d) / (2n * d)
  return n < 0n ? -by : by
}

/**
 * Short integers x with Σ c·x = 0 in the field, that `wanted` takes: combinations of a basis of that lattice,
 * reduced pair by pair.
 */
export function shortRelation(
  coefficients: readonly bigint[],
  wanted: (x: readonly bigint[]) => boolean,
): bigint[] {
  const [first, ...rest] = coefficients
  const inverse = invertField(toField(first!))
  const basis = [
    [FIELD_ORDER, ...rest.map(() => 0n)],
    ...rest.map((c, i) => [toField(-c * inverse), ...rest.map((_, j) => (i === j ? 1n : 0n))]),
  ]
  for (let changed = true; changed; ) {
    changed = false
    for (const [i, x] of basis.entries()) {
      for (const [j, y] of basis.entries()) {
        const by = i === j ? 0n : rounded(dot(x, y), dot(y, y))
        if (by === 0n) continue
        for (let k = 0; k < x.length; k++) x[k]! -= by * y[k]!
        changed = true
      }
    }
  }
  for (const by of combinations(basis.length, 3)) {
    const x = basis[0]!.map((_, k) => basis.reduce((sum, vector, i) => sum + by[i]! * vector[k]!, 0n))
    if (wanted(x)) return x
  }
  throw new Error('no relation is short enough')
}

/** All lists of so many integers within ±limit. */
function* combinations(count: number, limit: number): Generator<bigint[]> {
  if (count === 0) {
    yield []
    return
  }
  for (const rest of combinations(count - 1, limit)) {
    for (let n = -limit; n <= limit; n++) yield [BigInt(n), ...rest]
  }
}
