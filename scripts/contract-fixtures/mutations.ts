import { invertField, BASE_FIELD_ORDER as Q, FIELD_ORDER as R } from '../../src/field/index.js'
import type { Groth16Proof, Proven, VerificationKey } from '../../src/groth16/index.js'
import { curve, fromG1, fromG2, g1, g2, twistPointOutsideGroup } from './points.js'

/** A proof and signals under a name that says what was done to them. */
export interface Case {
  name: string
  proof: Groth16Proof
  signals: bigint[]
}

/** Mutations of a valid proof that anyone can make and that stay valid proofs of the same signals. */
export function malleated({ proof, publicSignals }: Proven, key: VerificationKey, k: bigint): Case[] {
  const { G1, G2 } = curve
  const [a, b, c, delta] = [g1(proof.a), g2(proof.b), g1(proof.c), g2(key.delta)]
  const make = (name: string, changed: Partial<Groth16Proof>): Case => ({
    name,
    proof: { ...proof, ...changed },
    signals: publicSignals,
  })
  return [
    make('scaled', { a: fromG1(G1.timesScalar(a, k)), b: fromG2(G2.timesScalar(b, invertField(k))) }),
    make('negated', { a: fromG1(G1.neg(a)), b: fromG2(G2.timesScalar(b, R - 1n)) }),
    make('shifted', {
      b: fromG2(G2.add(b, G2.timesScalar(delta, k))),
      c: fromG1(G1.add(c, G1.timesScalar(a, k))),
    }),
  ]
}

/** The same proof for other signals: none of these is proven. */
export function wrongSignals({ proof, publicSignals }: Proven): Case[] {
  const changed = (name: string, change: (signals: bigint[]) => void): Case => {
    const signals = [...publicSignals]
    change(signals)
    return { name, proof, signals }
  }
  const set = (i: number, value: bigint) => (signals: bigint[]) => {
    signals[i] = value
  }
  return publicSignals.flatMap((value, i) => {
    const next = publicSignals[i + 1]
    return [
      changed(`signal ${i} + 1`, set(i, (value + 1n) % R)),
      changed(`signal ${i} + r`, set(i, value + R)),
      changed(`signal ${i} negated`, set(i, (R - value) % R)),
      changed(`signal ${i} set to 0`, set(i, 0n)),
      changed(`signal ${i} set to 2^256 - 1`, set(i, 2n ** 256n - 1n)),
      changed(`signals ${i} and ${i + 1} swapped`, (signals) => {
        if (next !== undefined) [signals[i], signals[i + 1]] = [next, value]
      }),
    ].filter(({ signals }) => signals.some((signal, j) => signal !== publicSignals[j]))
  })
}

/** Words of a proof, in the order of `Groth16Proof`. */
const WORDS = ['a.x', 'a.y', 'b.x.c0', 'b.x.c1', 'b.y.c0', 'b.y.c1', 'c.x', 'c.y'] as const

/** Other points for the same signals, `other` being a valid proof of other signals. */
export function wrongPoints({ proof, publicSignals }: Proven, other: Groth16Proof): Case[] {
  const words = [...proof.a, ...proof.b.flat(), ...proof.c].map(BigInt)
  const withWord = (i: number, value: bigint) => proofOf(words.map((word, j) => (j === i ? value : word)))
  const infinity = ['0', '0'] as [string, string]
  const proofs: [string, Groth16Proof][] = [
    ...WORDS.flatMap((name, i): [string, Groth16Proof][] => [
      [`${name} + 1`, withWord(i, words[i]! + 1n)],
      [`${name} + q`, withWord(i, words[i]! + Q)],
      [`${name} set to 0`, withWord(i, 0n)],
      [`${name} set to 2^256 - 1`, withWord(i, 2n ** 256n - 1n)],
    ]),
    ['A at infinity', { ...proof, a: infinity }],
    ['B at infinity', { ...proof, b: [infinity, infinity] }],
    ['C at infinity', { ...proof, c: infinity }],
    ['all at infinity', { a: infinity, b: [infinity, infinity], c: infinity }],
    ['A negated', { ...proof, a: fromG1(curve.G1.neg(g1(proof.a))) }],
    ['A and C swapped', { ...proof, a: proof.c, c: proof.a }],
    ['B outside the group', { ...proof, b: twistPointOutsideGroup() }],
    ["another proof's A", { ...proof, a: other.a }],
    ["another proof's B", { ...proof, b: other.b }],
    ["another proof's C", { ...proof, c: other.c }],
    ['another proof', other],
  ]
  return proofs.map(([name, changed]) => ({ name, proof: changed, signals: publicSignals }))
}

/**
 * Two invalid proofs of valid signals whose errors cancel in an unweighted product: C + P and C' − P.
 * A batch check with equal coefficients takes them for valid.
 */
export function cancellingPair(first: Proven, second: Proven): [Case, Case] {
  const { G1 } = curve
  const shift = (proven: Proven, by: Uint8Array, name: string): Case => ({
    name,
    proof: { ...proven.proof, c: fromG1(G1.add(g1(proven.proof.c), by)) },
    signals: proven.publicSignals,
  })
  return [shift(first, G1.g, 'C + P'), shift(second, G1.neg(G1.g), 'C - P')]
}

/**
 * The batch equation with coefficients of the caller's choice: what a weaker verifier would compute, so that
 * a test can show that its attack succeeds there.
 */
export function weightedBatchAccepts(
  key: VerificationKey,
  batch: readonly Case[],
  weights: readonly bigint[],
): Promise<boolean> {
  const { G1 } = curve
  const sum = (points: Uint8Array[]) => G1.toAffine(points.reduce((total, point) => G1.add(total, point)))
  const times = (point: Uint8Array, scalar: bigint) =>
    G1.toAffine(G1.timesScalar(point, ((scalar % R) + R) % R))
  const inputs = batch.flatMap(({ signals }, i) =>
    key.ic.map((point, j) => times(g1(point), weights[i]! * (j ? signals[j - 1]! : 1n))),
  )
  return curve.pairingEq(
    ...batch.flatMap(({ proof }, i) => [times(g1(proof.a), -weights[i]!), g2(proof.b)]),
    times(
      g1(key.alpha),
      weights.reduce((total, weight) => total + weight),
    ),
    g2(key.beta),
    sum(inputs),
    g2(key.gamma),
    sum(batch.map(({ proof }, i) => times(g1(proof.c), weights[i]!))),
    g2(key.delta),
  )
}

function proofOf(words: readonly bigint[]): Groth16Proof {
  const [ax, ay, bx0, bx1, by0, by1, cx, cy] = words.map(String) as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ]
  return {
    a: [ax, ay],
    b: [
      [bx0, bx1],
      [by0, by1],
    ],
    c: [cx, cy],
  }
}
