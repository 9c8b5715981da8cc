import type { Curve } from 'ffjavascript'
import { ArtifactError, InputError } from '../errors/index.js'
import { isFieldElement } from '../field/index.js'
import { bySchema, type SchemaFault } from '../schema/index.js'
import { curveEngine } from './curve-engine.js'
import {
  type G1,
  type G2,
  type Groth16Proof,
  groth16ProofSchema,
  numbers,
  pairs,
  type VerificationKey,
  verificationKeyHash,
  verificationKeySchema,
} from './proof.js'
import { isInSubgroup } from './subgroup.js'

/**
 * Whether a proof shows the public signals under a key. Whatever is wrong with the values (too few signals, a
 * signal outside the field, a point off the curve or outside its subgroup, infinity), the answer is `false`.
 *
 * @param signals one for each public signal of the instance, in its order
 * @throws {InputError} `PROOF_SHAPE` when the value is not a proof: a part is missing, or is no canonical
 * decimal string.
 * @throws {ArtifactError} `KEY_SHAPE`, `KEY_UNSOUND`
 * @example
 * const { verificationKey } = await ensureArtifacts('solvency-tiny')
 * const { publicSignals, proof } = opened.epoch!.proofs.at(-1)!
 * if (!(await verifyProof(verificationKey, publicSignals, proof))) console.error('rejected')
 */
export async function verifyProof(
  key: VerificationKey,
  signals: readonly bigint[],
  proof: Groth16Proof,
): Promise<boolean> {
  await assertSoundKey(key)
  const curve = await curveEngine()
  const claim = readClaim(curve, key, { publicSignals: signals, proof })
  return claim !== undefined && (await equationHolds(curve, key, claim))
}

/** Whether a proof's second point is in G2 and its equation holds: e(a, b) = e(α, β)·e(ic, γ)·e(c, δ). */
export async function equationHolds(
  curve: Curve,
  key: VerificationKey,
  { proof, signals }: Claim,
): Promise<boolean> {
  const { G1, G2 } = curve
  const b = G2.fromObject(pairs(proof.b))
  if (!isInSubgroup(curve, b)) return false
  const ic = key.ic.map((point) => G1.fromObject(numbers(point)))
  const sum = signals.reduce((acc, signal, i) => G1.add(acc, G1.timesScalar(ic[i + 1]!, signal)), ic[0]!)
  return curve.pairingEq(
    G1.neg(G1.fromObject(numbers(proof.a))),
    b,
    G1.toAffine(sum),
    G2.fromObject(pairs(key.gamma)),
    G1.fromObject(numbers(proof.c)),
    G2.fromObject(pairs(key.delta)),
    G1.fromObject(numbers(key.alpha)),
    G2.fromObject(pairs(key.beta)),
  )
}

/**
 * A proof whose points are on their curves and not infinity, and its signals, which are of the field. Whether
 * its second point is in G2 is still to be seen.
 */
export interface Claim {
  proof: Groth16Proof
  signals: readonly bigint[]
}

/**
 * A proof and its signals as far as they can be read by themselves; `undefined` when they show nothing under
 * any key of as many signals.
 *
 * @throws {InputError} `PROOF_SHAPE`
 */
export function readClaim(
  curve: Curve,
  key: VerificationKey,
  { publicSignals: signals, proof }: { publicSignals: readonly bigint[]; proof: Groth16Proof },
): Claim | undefined {
  const parsed = parseProof(proof)
  if (signals.length !== key.ic.length - 1 || !signals.every(isSignal)) return undefined
  const { a, b, c } = parsed
  if (!g1Point(curve, a) || !twistPoint(curve, b) || !g1Point(curve, c)) return undefined
  return { proof: parsed, signals }
}

/**
 * Refuses a key whose own points show how to forge: one at infinity, off the curve or outside its subgroup,
 * or β, γ, δ or the generator a small multiple of another of them (γ alone may be the generator), either
 * sign, up to `SMALL`; δ = γ is what a set-up has that nobody contributed to. It finds what anyone can find,
 * and vouches for nothing more: that whoever made a key did not keep its secrets, and that it is for a
 * circuit, no look at the key can tell. Pins say it.
 *
 * @throws {ArtifactError} `KEY_SHAPE`, `KEY_UNSOUND`
 */
export async function assertSoundKey(key: VerificationKey): Promise<void> {
  const parsed = bySchema(verificationKeySchema, key)
  if (parsed.fault) throw new ArtifactError('KEY_SHAPE', `not a verification key: ${told(parsed.fault)}`)
  const { alpha, beta, gamma, delta, ic } = parsed.data
  const hash = verificationKeyHash(parsed.data)
  if (sound.has(hash)) return
  const curve = await curveEngine()
  const points = Object.entries({
    alpha: g1Point(curve, alpha),
    beta: g2Point(curve, beta),
    gamma: g2Point(curve, gamma),
    delta: g2Point(curve, delta),
    ...Object.fromEntries(ic.map((point, i) => [`ic[${i}]`, g1Point(curve, point)])),
  })
  const bad = points.flatMap(([name, point]) => (point ? [] : [name]))
  if (bad.length) throw unsound(`${bad.join(', ')} at infinity or outside the group`)
  const known = [
    ...relationsIn(curve.G2, { gamma: pairs(gamma), delta: pairs(delta), beta: pairs(beta) }),
    ...relationsIn(curve.G1, { alpha: numbers(alpha) }),
  ]
  if (known.length) throw unsound(`${known[0]}, as nobody makes it who does not want to forge`)
  sound.add(hash)
}

/** Keys that have passed, by hash: the check costs as much as a proof's. */
const sound = new Set<string>()

/**
 * Relations a·x = ±b·y between points are looked for with a and b up to this. With a known one, anyone
 * forges.
 */
const SMALL = 64

/** Which of some points, and of the group's generator, are small multiples of each other. */
function relationsIn<T>(
  group: { g: Uint8Array } & Pick<Curve['G1'], 'add' | 'toAffine'> & {
      fromObject(point: readonly [T, T]): Uint8Array
      toObject(point: Uint8Array): [T, T, T]
    },
  points: Record<string, readonly [T, T]>,
): string[] {
  const seen = new Map<string, string>()
  const found: string[] = []
  for (const [name, point] of [
    ['the generator', group.g] as const,
    ...Object.entries(points).map(([name, point]) => [name, group.fromObject(point)] as const),
  ]) {
    let multiple = point
    for (let k = 1; k <= SMALL; k++) {
      // A point and its negative have one x.
      const x = String(group.toObject(group.toAffine(multiple))[0])
      const other = seen.get(x)
      if (other === undefined) seen.set(x, name)
      else if (other !== name && !(name === 'gamma' && other === 'the generator')) {
        found.push(`${name} is a small multiple of ${other}`)
        break
      }
      multiple = group.add(multiple, point)
    }
  }
  return found
}

/** @throws {InputError} `PROOF_SHAPE` */
export function parseProof(value: unknown): Groth16Proof {
  const parsed = bySchema(groth16ProofSchema, value)
  if (parsed.fault === undefined) return parsed.data
  throw new InputError('PROOF_SHAPE', `not a Groth16 proof: ${told(parsed.fault)}`)
}

function told({ field, message }: SchemaFault): string {
  return `${field || 'the whole'} ${message}`
}

function unsound(why: string): ArtifactError {
  return new ArtifactError('KEY_UNSOUND', `proofs under this key prove nothing: ${why}`, {
    hint: 'Take the verification key from whoever published it, or make a new one with `plimsoll setup`.',
  })
}

function isSignal(value: unknown): value is bigint {
  return typeof value === 'bigint' && isFieldElement(value)
}

/** A point of G1 other than infinity, or `undefined`. G1 has no other subgroup. */
export function g1Point({ G1 }: Curve, point: G1): Uint8Array | undefined {
  const p = G1.fromObject(numbers(point))
  return !G1.isZero(p) && G1.isValid(p) ? p : undefined
}

/** A point of G2 other than infinity, or `undefined`: on the twist, and of the right order. */
function g2Point(curve: Curve, point: G2): Uint8Array | undefined {
  const p = twistPoint(curve, point)
  return p && isInSubgroup(curve, p) ? p : undefined
}

/** A point of the twist other than infinity, or `undefined`. */
function twistPoint({ G2 }: Curve, point: G2): Uint8Array | undefined {
  const p = G2.fromObject(pairs(point))
  return !G2.isZero(p) && G2.isValid(p) ? p : undefined
}
