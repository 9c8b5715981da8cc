import { randomBytes } from 'node:crypto'
import {
  BASE_FIELD_ORDER,
  ELEMENT_BYTES,
  FIELD_ORDER,
  powField,
  toField,
  writeLittleEndian,
} from '../field/index.js'
import { domainSizeOf } from '../statements/index.js'
import type { Progress } from './compile.js'
import { curveCode } from './curve-code.js'
import { CurveMemory } from './curve-memory.js'
import { FixedBasePool } from './fixed-base-pool.js'
import { evaluateQap, type QapScalars, type Trapdoor } from './qap.js'
import { openR1cs, type R1cs } from './r1cs.js'
import { SectionWriter, uint32 } from './section-file.js'
import { ZKEY_SECTION } from './zkey-section.js'

/** Stands where a ceremony's transcript begins, so that the file itself says what it is. */
const DEVELOPMENT_MARK = 'development key: insecure, its maker could forge any proof'

export interface DevelopmentKeyOptions {
  /** Fresh randomness, unless a test wants to know it. */
  trapdoor?: Trapdoor
  onProgress?: Progress
}

/**
 * Makes a Groth16 proving key for a circuit, in snarkjs's format, from randomness that this process knows.
 * **Insecure by construction**: whoever knows that randomness can prove anything. It is never written
 * anywhere, and what was derived from it is overwritten; numbers that JavaScript keeps are gone only with the
 * process, so artifacts are made with `makeDevelopmentKey`.
 *
 * @throws {ArtifactError} `ARTIFACT_FORMAT` when the circuit's file is broken.
 */
export async function writeDevelopmentKey(
  r1csPath: string,
  zkeyPath: string,
  { trapdoor, onProgress }: DevelopmentKeyOptions = {},
): Promise<void> {
  const r1cs = openR1cs(r1csPath)
  const secrets = trapdoor ?? freshTrapdoor(domainSizeOf(r1cs.constraints, r1cs.publicSignals))
  const file = new SectionWriter(zkeyPath, 'zkey', 1, 10)
  try {
    onProgress?.(`evaluating ${r1cs.constraints} constraints`)
    file.begin(ZKEY_SECTION.protocol)
    file.writeUint32(1)
    file.end()
    file.begin(ZKEY_SECTION.coefficients)
    file.writeUint32(0)
    let coefficients = 0
    const memory = new CurveMemory(await curveCode())
    const qap = evaluateQap(memory, r1cs, secrets, (side, row, wire, value) => {
      coefficients++
      file.writeUint32(side)
      file.writeUint32(row)
      file.writeUint32(wire)
      file.write(value)
    })
    file.overwrite(0, uint32(coefficients))
    file.end()
    onProgress?.(`multiplying ${3 * r1cs.wires + qap.domainSize} points in G1 and ${r1cs.wires} in G2`)
    await writePoints(file, r1cs, qap, secrets)
    memory.wipe()
    file.begin(ZKEY_SECTION.contributions)
    file.write(new TextEncoder().encode(DEVELOPMENT_MARK.padEnd(64)))
    file.writeUint32(0)
    file.end()
  } finally {
    file.close()
  }
}

async function writePoints(
  file: SectionWriter,
  r1cs: R1cs,
  qap: QapScalars,
  { alpha, beta, delta }: Trapdoor,
): Promise<void> {
  const publicBytes = (r1cs.publicSignals + 1) * ELEMENT_BYTES
  const pool = await FixedBasePool.start({ g1: 3 * r1cs.wires + qap.domainSize, g2: r1cs.wires })
  try {
    const [g1, g2, ...sections] = await Promise.all([
      pool.multiply('g1', scalars(alpha, beta, delta)),
      pool.multiply('g2', scalars(beta, 1n, delta)),
      pool.multiply('g1', qap.k.subarray(0, publicBytes)),
      pool.multiply('g1', qap.h),
      pool.multiply('g1', qap.k.subarray(publicBytes)),
      pool.multiply('g1', qap.a),
      pool.multiply('g1', qap.b),
      pool.multiply('g2', qap.b),
    ])
    const [alpha1, beta1, delta1] = inThree(g1)
    const [beta2, gamma2, delta2] = inThree(g2)
    file.begin(ZKEY_SECTION.header)
    for (const order of [BASE_FIELD_ORDER, FIELD_ORDER]) {
      file.writeUint32(ELEMENT_BYTES)
      file.write(scalars(order))
    }
    for (const size of [r1cs.wires, r1cs.publicSignals, qap.domainSize]) file.writeUint32(size)
    for (const point of [alpha1, beta1, beta2, gamma2, delta1, delta2]) file.write(point)
    file.end()
    for (const [i, name] of (['ic', 'h', 'c', 'a', 'b1', 'b2'] as const).entries()) {
      file.begin(ZKEY_SECTION[name])
      for (const points of sections[i]!) file.write(points)
      file.end()
    }
  } finally {
    await pool.close()
  }
}

function scalars(...values: bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * ELEMENT_BYTES)
  for (const [i, value] of values.entries()) writeLittleEndian(value, bytes, i * ELEMENT_BYTES)
  return bytes
}

/** The points of a multiplication by three scalars. */
function inThree(chunks: Uint8Array[]): [Uint8Array, Uint8Array, Uint8Array] {
  const points = chunks[0]!
  const size = points.length / 3
  return [points.subarray(0, size), points.subarray(size, 2 * size), points.subarray(2 * size)]
}

/** Non-zero secrets, τ outside both domains, δ ≠ γ = 1. */
function freshTrapdoor(domainSize: number): Trapdoor {
  const draw = () => toField(BigInt(`0x${randomBytes(64).toString('hex')}`))
  const secrets = { tau: draw(), alpha: draw(), beta: draw(), delta: draw() }
  const unusable = Object.values(secrets).includes(0n) || secrets.delta === 1n
  return unusable || powField(secrets.tau, 2n * BigInt(domainSize)) === 1n
    ? freshTrapdoor(domainSize)
    : secrets
}
