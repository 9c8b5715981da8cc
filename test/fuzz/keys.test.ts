import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FIELD_ORDER, readLittleEndian, writeLittleEndian } from '../../src/field/index.js'
import { verifyProof } from '../../src/groth16/index.js'
import { type Artifacts, calculateWitness, ensureArtifacts } from '../../src/proving/index.js'
import { Groth16Prover } from '../../src/proving/wasm/prover.js'
import { openProvingKey } from '../../src/proving/wasm/proving-key.js'
import { witnessBytes } from '../../src/proving/witness.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../helpers/proving-circuits.js'
import { memorySource } from '../helpers/proving-key.js'
import { uniform } from '../helpers/random.js'

const prover = new Groth16Prover(undefined, 0)
let folder: string
let artifacts: Artifacts
let key: Uint8Array
let witness: Uint8Array
beforeAll(async () => {
  folder = await temporaryFolder()
  const circuitsDir = await writeCircuits(join(folder, 'circuits'))
  artifacts = await ensureArtifacts('product-tiny', { circuitsDir, cacheDir: join(folder, 'cache') })
  key = new Uint8Array(readFileSync(artifacts.zkey))
  witness = witnessBytes(await calculateWitness(artifacts, INPUTS))
})
afterAll(() => rm(folder, { recursive: true }))

/** Whether a proof under a key is one that the honest verification key takes; or the code of the error. */
async function proven(zkey: Uint8Array, wires = witness): Promise<boolean | string> {
  try {
    const { proof, publicSignals } = await prover.prove(
      await openProvingKey(memorySource(zkey)),
      wires.slice(),
    )
    return await verifyProof(artifacts.verificationKey, publicSignals, proof)
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

describe('keys and witnesses with faults in them (proof.19)', () => {
  test('control: without a fault there is a proof', async () => {
    expect(await proven(key)).toBe(true)
  })

  test('a key that is cut short anywhere is no key', async () => {
    const next = uniform(11)
    for (let i = 0; i < 60; i++) {
      const short = key.slice(0, Math.floor(next() * key.length))
      // The last section says who contributed, which no proof depends on.
      expect([true, 'ARTIFACT_FORMAT'], `${short.length} bytes`).toContain(await proven(short))
      if (short.length < key.length / 2) expect(await proven(short)).toBe('ARTIFACT_FORMAT')
    }
  })

  test('a key with bits flipped gives an error, or nothing that verifies, or what the bit does not touch', async () => {
    const next = uniform(12)
    const seen = new Map<boolean | string, number>()
    for (let i = 0; i < 150; i++) {
      const flipped = key.slice()
      flipped[Math.floor(next() * key.length)]! ^= 1 << Math.floor(next() * 8)
      const verdict = await proven(flipped)
      seen.set(verdict, (seen.get(verdict) ?? 0) + 1)
    }
    const codes = [...seen.keys()]
    expect(codes.filter((code) => typeof code === 'string' && !KNOWN.has(code))).toEqual([])
    expect(seen.get(false)).toBeGreaterThan(50)
  })

  test('a witness with a wire changed never verifies', async () => {
    const next = uniform(13)
    for (let wire = 1; wire < witness.length / 32; wire++) {
      const changed = witness.slice()
      const value = readLittleEndian(changed, 32 * wire)
      const other = (value + BigInt(1 + Math.floor(next() * 2 ** 40))) % FIELD_ORDER
      writeLittleEndian(other, changed, 32 * wire)
      expect(await proven(key, changed), `wire ${wire}`).toBe(false)
    }
  })

  test('a witness of another length is of another circuit', async () => {
    expect(await proven(key, witness.slice(32))).toBe('KEY_MISMATCH')
    expect(await proven(key, new Uint8Array(witness.length + 32))).toBe('KEY_MISMATCH')
  })
})

const KNOWN = new Set(['ARTIFACT_FORMAT', 'KEY_MISMATCH', 'PROVER_FAILED'])
