import { curveEngine } from './curve-engine.js'
import type { VerificationKey } from './proof.js'
import { formatError, readBytes, readSections } from './section-file.js'

/** Sections of a Groth16 proving key in snarkjs's `zkey` format, version 1. */
export const ZKEY_SECTION = {
  protocol: 1,
  header: 2,
  ic: 3,
  coefficients: 4,
  a: 5,
  b1: 6,
  b2: 7,
  c: 8,
  h: 9,
  contributions: 10,
} as const

const G1_BYTES = 64
const G2_BYTES = 128
/** Size and order of both fields, then the numbers of wires, public signals and rows. */
const HEADER_FIXED = 2 * (4 + 32) + 3 * 4
const HEADER_BYTES = HEADER_FIXED + 3 * G1_BYTES + 3 * G2_BYTES

/**
 * The verification key inside a Groth16 proving key.
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT` when the file is no such key.
 */
export async function readVerificationKey(path: string): Promise<VerificationKey> {
  const sections = readSections(path, 'zkey')
  const [header, ic] = [sections.get(ZKEY_SECTION.header), sections.get(ZKEY_SECTION.ic)]
  if (header?.length !== HEADER_BYTES || !ic?.length || ic.length % G1_BYTES) throw formatError(path)
  const { G1, G2 } = await curveEngine()
  const headerBytes = new Uint8Array(readBytes(path, header.at, header.length).buffer, HEADER_FIXED)
  const icBytes = new Uint8Array(readBytes(path, ic.at, ic.length).buffer)
  const g1 = (bytes: Uint8Array, at: number): [string, string] => {
    const [x, y] = G1.toObject(bytes.slice(at, at + G1_BYTES))
    return [x.toString(), y.toString()]
  }
  const g2 = (at: number): [[string, string], [string, string]] => {
    const [x, y] = G2.toObject(headerBytes.slice(at, at + G2_BYTES))
    return [
      [x[0].toString(), x[1].toString()],
      [y[0].toString(), y[1].toString()],
    ]
  }
  const twists = 2 * G1_BYTES
  return {
    alpha: g1(headerBytes, 0),
    beta: g2(twists),
    gamma: g2(twists + G2_BYTES),
    delta: g2(twists + 2 * G2_BYTES + G1_BYTES),
    ic: Array.from({ length: ic.length / G1_BYTES }, (_, i) => g1(icBytes, i * G1_BYTES)),
  }
}
