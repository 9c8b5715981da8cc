import { createHash } from 'node:crypto'
import { curveCode } from '../curve-code.js'
import { CurveMemory } from '../curve-memory.js'
import { POINT_BYTES } from './curve-points.js'
import type { WholeKey } from './key-parts.js'
import { bytesAt, chunksOf, type PointRun } from './points.js'
import type { Powers } from './powers.js'
import type { HeaderPoints } from './turn-format.js'

/** Points that snarkjs hashes together. */
const SNARKJS_CHUNK = 1 << 14

/**
 * snarkjs's hash of an initial key, which every contribution's transcript begins with: over the header, IC,
 * the differences of powers of tau, K, A, B1 and B2. For domains above 2^14 it hashes a whole last chunk of
 * the differences, one more than there are, which reads behind the row where the file has exactly the
 * circuit's power. So the hash names the file of powers, too; nothing of a key's soundness rests on it.
 *
 * @param chunk points that are hashed together: another number only for tests
 */
export async function circuitHashOf(
  key: WholeKey,
  powers: Powers,
  chunk = SNARKJS_CHUNK,
): Promise<Uint8Array> {
  const memory = new CurveMemory(await curveCode())
  const at = memory.alloc(2 * chunk * POINT_BYTES.g2 + chunk * 96, chunk * 64)
  const hash = createHash('blake2b512')
  const uncompressed = (bytes: Uint8Array, group: PointRun['group']) => {
    memory.bytes(at, bytes.length).set(bytes)
    memory.call[`${group}m_batchLEMtoU`]!(at, bytes.length / POINT_BYTES[group], at)
    hash.update(memory.bytes(at, bytes.length))
  }
  for (const name of ['alpha1', 'beta1', 'beta2', 'gamma2', 'delta1', 'delta2'] as const) {
    uncompressed(key.points[name satisfies keyof HeaderPoints], name.endsWith('1') ? 'g1' : 'g2')
  }
  const whole = (run: PointRun) => {
    hash.update(bigEndian(run.count))
    for (const { bytes } of smallChunksOf(run, chunk)) uncompressed(bytes, run.group)
  }
  whole(key.ic)
  hash.update(bigEndian(key.domain - 1))
  for (let first = 0; first < key.domain - 1; first += chunk) {
    const count = Math.min(key.domain - 1, chunk)
    const from = powers.tau1.at + first * POINT_BYTES.g1
    const [high, low, out] = [at, at + chunk * POINT_BYTES.g1, at + 2 * chunk * POINT_BYTES.g1]
    const length = count * POINT_BYTES.g1
    memory.bytes(high, length).set(bytesAt(powers.path, from + key.domain * POINT_BYTES.g1, length))
    memory.bytes(low, length).set(bytesAt(powers.path, from, length))
    for (let i = 0; i < count; i++) {
      const offset = i * POINT_BYTES.g1
      memory.call.g1m_subAffine!(high + offset, low + offset, out + i * 96)
    }
    memory.call.g1m_batchToAffine!(out, count, out)
    memory.call.g1m_batchLEMtoU!(out, count, out)
    hash.update(memory.bytes(out, length))
  }
  for (const run of [key.k, key.a, key.b1, key.b2]) whole(run)
  return new Uint8Array(hash.digest())
}

function* smallChunksOf(run: PointRun, chunk: number): Generator<{ bytes: Uint8Array }> {
  const size = POINT_BYTES[run.group] * chunk
  for (const { bytes } of chunksOf(run)) {
    for (let from = 0; from < bytes.length; from += size) yield { bytes: bytes.subarray(from, from + size) }
  }
}

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
