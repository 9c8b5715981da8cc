import type { Curve } from 'ffjavascript'
import { ArtifactError } from '../errors/index.js'
import { BASE_FIELD_ORDER, ELEMENT_BYTES, FIELD_ORDER, readLittleEndian } from '../field/index.js'
import {
  curveEngine,
  type G1,
  type G2,
  g1Point,
  pairs,
  type VerificationKey,
  verificationKeyHash,
} from '../groth16/index.js'
import { domainSizeOf } from '../statements/index.js'
import { formatError } from './format-error.js'
import type { R1cs } from './r1cs.js'
import { readBytes, readSections, type Section } from './section-file.js'
import { ZKEY_SECTION } from './zkey-section.js'

const G1_BYTES = 64
const G2_BYTES = 128
/** Size and order of both fields, then the numbers of wires, public signals and rows. */
const HEADER_FIXED = 2 * (4 + 32) + 3 * 4
const HEADER_BYTES = HEADER_FIXED + 3 * G1_BYTES + 3 * G2_BYTES

/** Header of a proving key. */
interface Header {
  wires: number
  publicSignals: number
  domainSize: number
  alpha: G1
  /** β in both groups, and δ: a prover blinds with these, and a verifier sees those of the twist alone. */
  beta1: G1
  beta: G2
  gamma: G2
  delta1: G1
  delta: G2
}

/**
 * The verification key inside a Groth16 proving key.
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT` when the file is not such a key.
 */
export async function readVerificationKey(path: string): Promise<VerificationKey> {
  const sections = readSections(path, 'zkey')
  const { alpha, beta, gamma, delta } = await readHeader(path, sections)
  const ic = sections.get(ZKEY_SECTION.ic)
  if (!ic?.length || ic.length % G1_BYTES) throw formatError(path)
  const points = new Uint8Array(readBytes(path, ic.at, ic.length).buffer)
  const { G1 } = await curveEngine()
  return {
    alpha,
    beta,
    gamma,
    delta,
    ic: Array.from({ length: ic.length / G1_BYTES }, (_, i) => g1At(G1, points, i * G1_BYTES)),
  }
}

/**
 * Refuses a proving key that is not the other half of a verification key for a circuit of this size, or whose
 * blinding points are none: δ₁ and β₁ have to be points of the curve other than infinity, with e(δ₁, g₂) =
 * e(g₁, δ₂) and e(β₁, g₂) = e(g₁, β₂). With δ₁ at infinity (and β₁ and the query of B in G1 with it) proofs
 * verify all the same, and are not blinded. Whether the key's other points belong to the circuit is not
 * checked here: a proof under a key whose points do not fails to verify, and is dropped.
 *
 * @param key a sound verification key (see `assertSoundKey`), by which proofs are to be checked
 * @throws {ArtifactError} `ARTIFACT_FORMAT`, `KEY_MISMATCH`, `KEY_UNSOUND`
 */
export async function assertProvingKey(path: string, key: VerificationKey, r1cs: R1cs): Promise<void> {
  const sections = readSections(path, 'zkey')
  const header = await readHeader(path, sections)
  const { wires, publicSignals, domainSize } = header
  const domain = domainSizeOf(r1cs.constraints, r1cs.publicSignals)
  if (wires !== r1cs.wires || publicSignals !== r1cs.publicSignals || domainSize !== domain) {
    throw keyFault('KEY_MISMATCH', path, 'is a proving key for a circuit of another size')
  }
  const lengths = {
    ic: (publicSignals + 1) * G1_BYTES,
    a: wires * G1_BYTES,
    b1: wires * G1_BYTES,
    b2: wires * G2_BYTES,
    c: (wires - publicSignals - 1) * G1_BYTES,
    h: domainSize * G1_BYTES,
  }
  for (const [name, length] of Object.entries(lengths)) {
    if (sections.get(ZKEY_SECTION[name as keyof typeof lengths])?.length !== length) throw formatError(path)
  }
  if (verificationKeyHash(await readVerificationKey(path)) !== verificationKeyHash(key)) {
    throw keyFault('KEY_MISMATCH', path, 'is the proving key of another verification key')
  }
  const curve = await curveEngine()
  for (const name of ['beta', 'delta'] as const) {
    const point = g1Point(curve, header[`${name}1`])
    if (!point) throw keyFault('KEY_UNSOUND', path, `${name} in G1 is at infinity or off the curve`)
    const twist = curve.G2.fromObject(pairs(header[name]))
    if (!(await curve.pairingEq(curve.G1.neg(point), curve.G2.g, curve.G1.g, twist))) {
      throw keyFault('KEY_UNSOUND', path, `${name} in G1 is another than in G2`)
    }
  }
}

async function readHeader(path: string, sections: ReadonlyMap<number, Section>): Promise<Header> {
  const header = sections.get(ZKEY_SECTION.header)
  if (header?.length !== HEADER_BYTES) throw formatError(path)
  const view = readBytes(path, header.at, header.length)
  const [base, scalar] = [0, 36].map((at) => ({
    bytes: view.getUint32(at, true),
    order: readLittleEndian(new Uint8Array(view.buffer), at + 4),
  }))
  if (base?.bytes !== ELEMENT_BYTES || base.order !== BASE_FIELD_ORDER) throw formatError(path)
  if (scalar?.bytes !== ELEMENT_BYTES || scalar.order !== FIELD_ORDER) throw formatError(path)
  const points = new Uint8Array(view.buffer, HEADER_FIXED)
  const { G1, G2 } = await curveEngine()
  const twists = 2 * G1_BYTES
  return {
    wires: view.getUint32(72, true),
    publicSignals: view.getUint32(76, true),
    domainSize: view.getUint32(80, true),
    alpha: g1At(G1, points, 0),
    beta1: g1At(G1, points, G1_BYTES),
    beta: g2At(G2, points, twists),
    gamma: g2At(G2, points, twists + G2_BYTES),
    delta1: g1At(G1, points, twists + 2 * G2_BYTES),
    delta: g2At(G2, points, twists + 2 * G2_BYTES + G1_BYTES),
  }
}

function g1At(group: Curve['G1'], bytes: Uint8Array, at: number): G1 {
  const [x, y] = group.toObject(bytes.slice(at, at + G1_BYTES))
  return [x.toString(), y.toString()]
}

function g2At(group: Curve['G2'], bytes: Uint8Array, at: number): G2 {
  const [x, y] = group.toObject(bytes.slice(at, at + G2_BYTES))
  return [
    [x[0].toString(), x[1].toString()],
    [y[0].toString(), y[1].toString()],
  ]
}

function keyFault(code: string, path: string, why: string): ArtifactError {
  return new ArtifactError(code, why, {
    where: path,
    hint: 'Delete its folder and make a key with `plimsoll setup`. Do not prove with keys whose maker you do not know.',
  })
}
