import { readFileSync } from 'node:fs'
import { copyFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyProof } from '../../../src/groth16/index.js'
import {
  type Artifacts,
  calculateWitness,
  ensureArtifacts,
  snarkjsProver,
  terminateProving,
  wasmProver,
} from '../../../src/proving/index.js'
import { Groth16Prover } from '../../../src/proving/wasm/prover.js'
import { openProvingKey } from '../../../src/proving/wasm/proving-key.js'
import type { Reply, StartThread } from '../../../src/proving/wasm/threads.js'
import { witnessBytes } from '../../../src/proving/witness.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../../helpers/proving-circuits.js'
import { keyBytes, memorySource } from '../../helpers/proving-key.js'

let folder: string
let artifacts: Artifacts
beforeAll(async () => {
  folder = await temporaryFolder()
  const circuitsDir = await writeCircuits(join(folder, 'circuits'))
  artifacts = await ensureArtifacts('product-tiny', { circuitsDir, cacheDir: join(folder, 'cache') })
})
afterAll(async () => {
  await terminateProving()
  await rm(folder, { recursive: true })
})

describe("Plimsoll's own prover (proof.18)", () => {
  test('says what snarkjs says, in a proof that verifies, another one each time', async () => {
    const [one, two] = [await wasmProver.prove(artifacts, INPUTS), await wasmProver.prove(artifacts, INPUTS)]
    const other = await snarkjsProver.prove(artifacts, INPUTS)
    expect(one.publicSignals).toEqual(other.publicSignals)
    for (const { proof, publicSignals } of [one, two]) {
      expect(await verifyProof(artifacts.verificationKey, publicSignals, proof)).toBe(true)
    }
    expect(two.proof.a).not.toEqual(one.proof.a)
  })

  test('proves without any thread, in memory that is its own', async () => {
    const here = new Groth16Prover(undefined, 0)
    const key = await openProvingKey(memorySource(readFileSync(artifacts.zkey)))
    const witness = witnessBytes(await calculateWitness(artifacts, INPUTS))
    const { proof, publicSignals } = await here.prove(key, witness)
    expect(await verifyProof(artifacts.verificationKey, publicSignals, proof)).toBe(true)
    expect(witness.every((byte) => byte === 0)).toBe(true)
  })

  test('blinds what the witness makes, which would be the same each time (proof.14)', async () => {
    const here = new Groth16Prover(undefined, 0)
    const key = await openProvingKey(memorySource(readFileSync(artifacts.zkey)))
    const proofs = [1, 2, 3].map(async () => {
      const { proof } = await here.prove(key, witnessBytes(await calculateWitness(artifacts, INPUTS)))
      return proof
    })
    for (const part of ['a', 'b', 'c'] as const) {
      expect(new Set((await Promise.all(proofs)).map((proof) => proof[part].flat().join())).size).toBe(3)
    }
  })

  test('proves in memory in which a larger key has been before', async () => {
    const here = new Groth16Prover(undefined, 0)
    const logarithms = { a: [1n, 1n], b1: [1n, 1n], b2: [1n, 1n], c: [], h: new Array(4096).fill(1n) }
    const parts = { wires: 2, publicSignals: 1, rows: 4096, coefficients: [], logarithms }
    const large = await openProvingKey(memorySource(await keyBytes(parts)))
    await here.prove(large, new Uint8Array(64).fill(1))
    const key = await openProvingKey(memorySource(readFileSync(artifacts.zkey)))
    const made = await here.prove(key, witnessBytes(await calculateWitness(artifacts, INPUTS)))
    expect(await verifyProof(artifacts.verificationKey, made.publicSignals, made.proof)).toBe(true)
  })

  test.each(['with', 'without'])(
    'leaves nothing of a proof in memory, %s an error on the way (proof.21)',
    async (how) => {
      const memories: WebAssembly.Memory[] = []
      const { Memory } = WebAssembly
      WebAssembly.Memory = class extends Memory {
        constructor(limits: ConstructorParameters<typeof Memory>[0]) {
          super(limits)
          // Memory that never grows is the prover's.
          if (limits.maximum === limits.initial) memories.push(this)
        }
      }
      try {
        const here = new Groth16Prover(undefined, 0)
        const key = await openProvingKey(memorySource(new Uint8Array(readFileSync(artifacts.zkey))))
        const witness = witnessBytes(await calculateWitness(artifacts, INPUTS))
        const broken = { ...key, coefficients: { ...key.coefficients, at: key.sums.a.parts[0]!.at } }
        const made = here.prove(how === 'with' ? broken : key, witness)
        if (how === 'with') await expect(made).rejects.toMatchObject({ code: 'ARTIFACT_FORMAT' })
        else await made
        // Whatever else was to be done of the proof would be done by then.
        await new Promise((resolve) => setTimeout(resolve, 200))
      } finally {
        WebAssembly.Memory = Memory
      }
      expect(memories).toHaveLength(1)
      expect(new Uint32Array(memories[0]!.buffer).every((word) => word === 0)).toBe(true)
    },
  )

  test('several proofs that are asked for at once are made one after the other', async () => {
    const made = await Promise.all([1, 2, 3].map(() => wasmProver.prove(artifacts, INPUTS)))
    expect(new Set(made.map(({ proof }) => proof.b.join())).size).toBe(3)
  })
})

/** Threads that answer so many messages, and then do what the code says. */
function failing(replies: number, last: string): StartThread {
  return ({ reply, ended }) => {
    const code = `const { parentPort } = require('node:worker_threads')
let left = ${replies}
parentPort.on('message', () => (left-- > 0 ? parentPort.postMessage({ answer: undefined }) : ${last}))`
    const worker = new Worker(code, { eval: true })
    worker.on('message', (message: Reply) => reply(message))
    worker.on('error', ended)
    worker.on('exit', () => ended(new Error('a thread has ended before its work')))
    return {
      post: (message) => worker.postMessage(message),
      hold: () => undefined,
      end: () => worker.terminate(),
    }
  }
}

describe('a prover that cannot go on says so, and does not hang (proof.19)', () => {
  test.each<[string, StartThread]>([
    ['ends when it is started', failing(0, 'process.exit()')],
    ['ends at its first task', failing(1, 'process.exit()')],
    ['throws at its first task', failing(1, 'parentPort.none.such')],
    ['fails at its first task', failing(1, "parentPort.postMessage({ failed: 'out of memory' })")],
  ])('a thread that %s', async (_, start) => {
    const prover = new Groth16Prover(start, 2)
    const key = await openProvingKey(memorySource(readFileSync(artifacts.zkey)))
    const witness = async () => witnessBytes(await calculateWitness(artifacts, INPUTS))
    const attempts = [await witness(), await witness()].map((bytes) => prover.prove(key, bytes))
    for (const attempt of await Promise.allSettled(attempts)) {
      expect(attempt).toMatchObject({ reason: { code: 'PROVER_FAILED', exitCode: 3 } })
    }
    await prover.end()
  })

  test.each([0, 10, 100, 500, 2_000, 4_000])('a key of which %i bytes are left', async (bytes) => {
    const zkey = join(folder, `short-${bytes}.zkey`)
    await copyFile(artifacts.zkey, zkey)
    await truncate(zkey, bytes)
    await expect(wasmProver.prove({ ...artifacts, zkey }, INPUTS)).rejects.toMatchObject({
      code: 'ARTIFACT_FORMAT',
      exitCode: 3,
    })
  })
})
