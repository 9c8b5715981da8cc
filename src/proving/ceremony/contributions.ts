import { blake2b } from '@noble/hashes/blake2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { ChaCha, type Curve } from 'ffjavascript'
import { ArtifactError } from '../../errors/index.js'
import { beaconSeed, MOST_ITERATIONS } from './beacon.js'
import { joined, sameBytes } from './bytes.js'
import { hasGroupOrder, isPoint, samePairing } from './curve-points.js'

/** One contribution to a key, as snarkjs's format records it. Points are affine, in Montgomery form. */
export interface Contribution {
  deltaAfter: Uint8Array
  /**
   * The proof that the contributor knew the factor x by which δ grew: s, x·s, and x·s' of the challenge s'.
   */
  s: Uint8Array
  sx: Uint8Array
  spx: Uint8Array
  /** The hash that the challenge is made from. */
  transcript: Uint8Array
  /** Of a beacon: what its factor is derived from, and the base-2 logarithm of the hashes that it takes. */
  beacon?: { value: Uint8Array; iterations: number }
  name?: string
}

/** The section of contributions of a key. */
export interface Contributions {
  /** snarkjs's hash of the initial key. */
  circuitHash: Uint8Array
  records: Contribution[]
}

const HASH_BYTES = 64
const FIXED_BYTES = 3 * 64 + 128 + HASH_BYTES + 2 * 4
const TYPE = { contribution: 0, beacon: 1 } as const
const PARAMETER = { name: 1, iterations: 2, beacon: 3 } as const
/** snarkjs cuts names after this many UTF-16 units, so that their bytes fit in a byte's count. */
const NAME_UNITS = 64

/**
 * Reads a section of contributions. Every byte counts: what is read makes the same bytes again.
 *
 * @param where the file, for messages
 * @throws {ArtifactError} `CEREMONY_CONTRIBUTIONS`
 */
export function parseContributions(bytes: Uint8Array, where: string): Contributions {
  const fault = (why: string) => contributionsFault(where, why)
  if (bytes.length < HASH_BYTES + 4) throw fault('the section of contributions is cut short')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = view.getUint32(HASH_BYTES, true)
  const records: Contribution[] = []
  let at = HASH_BYTES + 4
  for (let i = 0; i < count; i++) {
    if (bytes.length - at < FIXED_BYTES) throw fault('the section of contributions is cut short')
    const part = (offset: number, length: number) => bytes.slice(at + offset, at + offset + length)
    const [type, length] = [384, 388].map((offset) => view.getUint32(at + offset, true)) as [number, number]
    const parameters = part(FIXED_BYTES, length)
    if (parameters.length !== length) throw fault('the section of contributions is cut short')
    const record: Contribution = {
      deltaAfter: part(0, 64),
      s: part(64, 64),
      sx: part(128, 64),
      spx: part(192, 128),
      transcript: part(320, HASH_BYTES),
      ...parseParameters(parameters, type, fault),
    }
    if (!sameBytes(recordBytes(record), part(0, FIXED_BYTES + length))) {
      throw fault(`contribution ${i + 1} is written in another way than snarkjs writes it`)
    }
    records.push(record)
    at += FIXED_BYTES + length
  }
  if (at !== bytes.length) throw fault('bytes stand behind the last contribution')
  return { circuitHash: bytes.slice(0, HASH_BYTES), records }
}

function parseParameters(
  bytes: Uint8Array,
  type: number,
  fault: (why: string) => ArtifactError,
): Pick<Contribution, 'name' | 'beacon'> {
  let name: string | undefined
  let [value, iterations]: [Uint8Array | undefined, number | undefined] = [undefined, undefined]
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at]!
    if (kind === PARAMETER.iterations) {
      iterations = bytes[at + 1]
      at += 2
      continue
    }
    const content = bytes.slice(at + 2, at + 2 + (bytes[at + 1] ?? 0))
    if (kind === PARAMETER.name) name = new TextDecoder().decode(content)
    else if (kind === PARAMETER.beacon) value = content
    else throw fault('a contribution has a parameter that the format does not know')
    at += 2 + content.length
  }
  const isBeacon = type === TYPE.beacon
  const fits = isBeacon === (value !== undefined) && isBeacon === (iterations !== undefined)
  if (!fits || (type !== TYPE.contribution && !isBeacon)) {
    throw fault('a contribution is neither a plain one nor a beacon')
  }
  return {
    ...(name === undefined ? {} : { name }),
    ...(value === undefined || iterations === undefined ? {} : { beacon: { value, iterations } }),
  }
}

/** The section of contributions, as it stands in a key. */
export function contributionsBytes({ circuitHash, records }: Contributions): Uint8Array {
  const count = new Uint8Array(4)
  new DataView(count.buffer).setUint32(0, records.length, true)
  return joined(circuitHash, count, ...records.map(recordBytes))
}

function recordBytes({ deltaAfter, s, sx, spx, transcript, beacon, name }: Contribution): Uint8Array {
  const cut = new TextEncoder().encode(name?.slice(0, NAME_UNITS) ?? '')
  const parameters = joined(
    ...(cut.length === 0 ? [] : [Uint8Array.of(PARAMETER.name, cut.length), cut]),
    ...(beacon === undefined
      ? []
      : [
          Uint8Array.of(PARAMETER.iterations, beacon.iterations),
          Uint8Array.of(PARAMETER.beacon, beacon.value.length),
          beacon.value,
        ]),
  )
  const numbers = new Uint8Array(8)
  const view = new DataView(numbers.buffer)
  view.setUint32(0, beacon === undefined ? TYPE.contribution : TYPE.beacon, true)
  view.setUint32(4, parameters.length, true)
  return joined(deltaAfter, s, sx, spx, transcript, numbers, parameters)
}

/** The hash by which snarkjs and attestations name a contribution, in lower-case hex. */
export function contributionHash(curve: Curve, record: Contribution): string {
  return bytesToHex(blake2b(hashed(curve, record)))
}

function hashed({ G1, G2 }: Curve, { deltaAfter, s, sx, spx, transcript }: Contribution): Uint8Array {
  return joined(
    ...[deltaAfter, s, sx].map((point) => G1.toUncompressed(point)),
    G2.toUncompressed(spx),
    transcript,
  )
}

/** A contribution's secret: the factor of δ in Montgomery form, and the point that proves its knowledge. */
export interface ContributionKey {
  factor: Uint8Array
  s: Uint8Array
}

/** Derives a contribution's secret from 32 bytes, as snarkjs does for a beacon. */
export function deriveKey({ Fr, G1 }: Curve, seed: Uint8Array): ContributionKey {
  const rng = randomFrom(seed)
  return { factor: Fr.fromRng(rng), s: G1.toAffine(G1.fromRng(rng)) }
}

function randomFrom(seed: Uint8Array): ChaCha {
  const view = new DataView(seed.buffer, seed.byteOffset, seed.byteLength)
  return new ChaCha(Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i)))
}

/** The transcript of a contribution with these proof points, behind those before it. */
function transcriptOf(
  curve: Curve,
  { circuitHash, records }: Contributions,
  { s, sx }: Pick<Contribution, 's' | 'sx'>,
): Uint8Array {
  const { G1 } = curve
  return blake2b(
    joined(
      circuitHash,
      ...records.map((record) => hashed(curve, record)),
      G1.toUncompressed(s),
      G1.toUncompressed(sx),
    ),
  )
}

/** The record of a contribution: its proof of knowledge of the factor, bound to all before it. */
export function makeContribution(
  curve: Curve,
  before: Contributions,
  delta1: Uint8Array,
  { factor, s }: ContributionKey,
  about: Pick<Contribution, 'name' | 'beacon'>,
): Contribution {
  const { G1, G2 } = curve
  const sx = G1.toAffine(G1.timesFr(s, factor))
  const transcript = transcriptOf(curve, before, { s, sx })
  const challenge = G2.fromRng(randomFrom(transcript))
  return {
    deltaAfter: G1.toAffine(G1.timesFr(delta1, factor)),
    s,
    sx,
    spx: G2.toAffine(G2.timesFr(challenge, factor)),
    transcript,
    ...about,
  }
}

/**
 * Why a contribution does not follow from those before it, or `undefined`: its points are on their curves and
 * none is infinity, its transcript is that of all before it, the proof of knowledge holds, δ grew by the
 * proven factor, and that factor is not one.
 *
 * @param deltaBefore δ in G1 before it
 */
export async function contributionFault(
  curve: Curve,
  before: Contributions,
  deltaBefore: Uint8Array,
  record: Contribution,
): Promise<string | undefined> {
  const { G1, G2 } = curve
  const { deltaAfter, s, sx, spx, transcript, beacon } = record
  if (![deltaAfter, s, sx].every((point) => isPoint(G1, point))) return 'a point of it is not in G1'
  if (!isPoint(G2, spx) || !hasGroupOrder(curve, spx)) return 'a point of it is not in G2'
  if (!sameBytes(transcript, transcriptOf(curve, before, record))) {
    return 'its transcript is not that of the contributions before it'
  }
  const challenge = G2.fromRng(randomFrom(transcript))
  if (!(await samePairing(curve, [s, spx], [sx, challenge]))) return 'its proof of knowledge does not hold'
  if (!(await samePairing(curve, [deltaBefore, spx], [deltaAfter, challenge]))) {
    return 'δ did not grow by the factor that it proves'
  }
  if (G1.eq(deltaBefore, deltaAfter)) return 'it leaves δ as it was'
  if (beacon === undefined) return undefined
  if (beacon.iterations > MOST_ITERATIONS) return 'its beacon takes more hashes than any that is accepted'
  const expected = deriveKey(curve, beaconSeed(beacon))
  const same = G1.eq(expected.s, s) && G1.eq(G1.toAffine(G1.timesFr(expected.s, expected.factor)), sx)
  return same ? undefined : 'its factor is not the one that the beacon gives'
}

function contributionsFault(where: string, why: string): ArtifactError {
  return new ArtifactError('CEREMONY_CONTRIBUTIONS', why, { where })
}
