import type { Curve } from 'ffjavascript'
import { BASE_FIELD_ORDER, FIELD_ORDER } from '../field/index.js'
import { curveEngine } from './curve-engine.js'
import { type Factor, PairingProduct } from './pairing-product.js'
import { numbers, type Proven, pairs, type VerificationKey } from './proof.js'
import { assertSoundKey, type Claim, equationHolds, readClaim } from './verify.js'

/** Proofs that one product checks: enough that what a product costs by itself is a small part of it. */
const AT_ONCE = 64

/**
 * Which of many proofs under one key show their signals: what `verifyProof` says of each, for a fraction of
 * its cost. The equations of many proofs, each to a power that is drawn once all are read, are checked as
 * one; where that does not hold, each is checked by itself. A proof that shows nothing passes with a
 * probability of 2^−128 at most.
 *
 * @param proven proofs, each with one signal for each public signal of the instance, in its order
 * @throws {InputError} `PROOF_SHAPE` when one of the values is not a proof
 * @throws {ArtifactError} `KEY_SHAPE`, `KEY_UNSOUND`
 * @example
 * const { verificationKey } = await ensureArtifacts('ledger-tiny')
 * const batches = opened.epoch!.proofs.filter(({ instance }) => instance === 'ledger-tiny')
 * const verdicts = await verifyProofs(verificationKey, batches)
 * console.log(verdicts.every(Boolean)) // true
 */
export async function verifyProofs(key: VerificationKey, proven: readonly Proven[]): Promise<boolean[]> {
  await assertSoundKey(key)
  const curve = await curveEngine()
  const verdicts: boolean[] = []
  for (let from = 0; from < proven.length; from += AT_ONCE) {
    const some = proven.slice(from, from + AT_ONCE)
    const claims = some.map((each) => readClaim(curve, key, each))
    const readable = claims.filter((claim) => claim !== undefined)
    const coefficients = freshCoefficients(readable.length)
    if (readable.length > 1 && coefficients && holdTogether(curve, key, readable, coefficients)) {
      verdicts.push(...claims.map((claim) => claim !== undefined))
      continue
    }
    for (const claim of claims) {
      verdicts.push(claim !== undefined && (await equationHolds(curve, key, claim)))
    }
  }
  return verdicts
}

/**
 * Whether the equations of proofs hold as one, each to the power of its coefficient, and their second points
 * are in G2.
 *
 * Of a proof whose equation does not hold, at most one coefficient below the order lets the product be one,
 * whatever the others are. So it says something of the proofs only when each coefficient is drawn for itself
 * and nobody can choose a proof who knows them.
 */
export function holdTogether(
  curve: Curve,
  key: VerificationKey,
  claims: readonly Claim[],
  coefficients: readonly bigint[],
): boolean {
  const sums = key.ic.map(() => 0n)
  const factors: Factor[] = claims.map(({ proof, signals }, i) => {
    const coefficient = coefficients[i]!
    for (const [j, signal] of [1n, ...signals].entries()) sums[j]! += coefficient * signal
    const [x, y] = numbers(proof.a)
    return { p: [[coefficient, [x, BASE_FIELD_ORDER - y]]], q: pairs(proof.b) }
  })
  const ic = key.ic.map((point, j) => [sums[j]! % FIELD_ORDER, numbers(point)] as const)
  const c = claims.map(({ proof }, i) => [coefficients[i]!, numbers(proof.c)] as const)
  product ??= new PairingProduct(curve)
  return product.isOne([
    ...factors,
    { p: ic, q: pairs(key.gamma) },
    { p: c, q: pairs(key.delta) },
    { p: [[sums[0]! % FIELD_ORDER, numbers(key.alpha)]], q: pairs(key.beta) },
  ])
}

let product: PairingProduct | undefined

/**
 * Numbers below 2^128 that nobody can guess, one for each proof; without Web Crypto none, as any others could
 * be foreseen.
 */
function freshCoefficients(count: number): bigint[] | undefined {
  const { crypto } = globalThis
  if (typeof crypto?.getRandomValues !== 'function') return undefined
  const words = crypto.getRandomValues(new BigUint64Array(2 * count))
  return Array.from({ length: count }, (_, i) => (words[2 * i]! << 64n) | words[2 * i + 1]!)
}
