import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { verifyProof } from '../../../../src/groth16/index.js'
import {
  type Artifacts,
  cacheEntries,
  ensureArtifacts,
  pruneCache,
  terminateProving,
} from '../../../../src/proving/index.js'
import { encodeInputs } from '../../../../src/proving/jobs/elements.js'
import { jobId, type SealedJob } from '../../../../src/proving/jobs/job.js'
import { JobWorker } from '../../../../src/proving/jobs/job-worker.js'
import { makeWorkerKeys, sealJob, type WorkerKeys } from '../../../../src/proving/jobs/seal.js'
import { wasmProverOn } from '../../../../src/proving/wasm-prover.js'
import { sha256Text } from '../../../../src/schema/index.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../../../helpers/proving-circuits.js'

const INSTANCE = 'product-tiny'
const FILES = ['key.json', 'circuit.r1cs', 'circuit.wasm', 'circuit.sym', 'proving.zkey']

let folder: string
let circuitsDir: string
/** The coordinator's folder of artifacts, and what it has in it. */
let theirs: string
let artifacts: Artifacts
let keys: WorkerKeys
let job: SealedJob
let server: Server
let address: string
/** What the server does with a path, unless it serves the coordinator's folder. */
let answer:
  | ((
      path: string,
      url: string,
    ) => { status: number; body?: Iterable<string>; location?: string } | undefined)
  | undefined
let caches = 0

beforeAll(async () => {
  folder = await temporaryFolder()
  circuitsDir = await writeCircuits(join(folder, 'circuits'))
  theirs = join(folder, 'theirs')
  artifacts = await ensureArtifacts(INSTANCE, { cacheDir: theirs, circuitsDir })
  keys = await makeWorkerKeys()
  job = await jobWith()
  server = createServer((request, response) => {
    const path = join(theirs, request.url!.slice('/cache'.length))
    const other = answer?.(path, request.url!)
    if (other?.location !== undefined) response.setHeader('location', other.location)
    response.statusCode = other?.status ?? (existsSync(path) ? 200 : 404)
    if (other === undefined) return response.end(existsSync(path) ? readFileSync(path) : '')
    return Readable.from(other.body ?? []).pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as { port: number }).port}/cache`
})

afterAll(async () => {
  server.close()
  await terminateProving()
  rmSync(folder, { recursive: true, force: true })
})

async function jobWith(change: Partial<SealedJob> = {}): Promise<SealedJob> {
  const { keyHash, circuitHash, manifestHash, domainSize } = artifacts
  const { product, sum } = INPUTS
  const content = encodeInputs(artifacts, { inputs: INPUTS, signals: { product, sum } })
  const key = { instance: INSTANCE, keyHash, circuitHash, manifestHash, domainSize }
  const header = { id: jobId('a proof', 0), run: '7'.repeat(64), index: 0, ...key, ...change }
  return sealJob(keys.publicKey, header, content)
}

/** A worker with a cache of its own. */
function workerOf(from: string | undefined, cacheDir = join(folder, `cache${caches++}`)) {
  const said: string[] = []
  const { secretKey } = keys
  const onSay = (what: string) => said.push(what)
  const worker = new JobWorker({
    ...{ secretKey, prover: wasmProverOn(1), artifacts: from, cacheDir, circuitsDir, onSay },
  })
  return { worker, cacheDir, said }
}

async function expectProof(worker: JobWorker): Promise<void> {
  const made = await worker.answer(job)
  if (!('proof' in made)) throw new Error('there is no proof')
  const signals = [INPUTS.product, INPUTS.sum]
  expect(await verifyProof(artifacts.verificationKey, signals, made.proof)).toBe(true)
}

/** The names of copies that are there, whole or not. */
const leftIn = (cacheDir: string) => (existsSync(cacheDir) ? readdirSync(cacheDir) : [])

describe('a worker without the key that a job names (jobs.6)', () => {
  test('copies it from the coordinator’s folder, or from a server, once', async () => {
    for (const from of [theirs, address]) {
      const { worker, cacheDir, said } = workerOf(from)
      await expectProof(worker)
      await expectProof(worker)
      const again = workerOf(join(folder, 'nowhere'), cacheDir)
      await expectProof(again.worker)
      expect(said).toEqual([`copying the artifacts of ${INSTANCE} from ${from}`])
      expect(again.said).toEqual([])
      const copy = `${INSTANCE}-${artifacts.manifestHash.slice(0, 16)}`
      expect(leftIn(cacheDir)).toEqual([copy])
      for (const file of FILES) {
        expect(
          readFileSync(join(cacheDir, copy, file)).equals(readFileSync(join(artifacts.directory, file))),
        ).toBe(true)
      }
      // A copy is as good a place as the first.
      await expectProof(workerOf(cacheDir).worker)
    }
  })

  test('keeps the other key that it has; a copy is called one, and pruned', async () => {
    const { worker, cacheDir } = workerOf(theirs)
    const options = { cacheDir, circuitsDir }
    const own = await ensureArtifacts(INSTANCE, options)
    expect(own.keyHash).not.toBe(artifacts.keyHash)
    await expect(workerOf(undefined, cacheDir).worker.answer(job)).rejects.toMatchObject({
      code: 'WORKER_KEY',
      where: own.directory,
    })
    await expectProof(worker)
    const states = async () =>
      Object.fromEntries((await cacheEntries(options)).map(({ path, state }) => [basename(path), state]))
    const copy = `${INSTANCE}-${artifacts.manifestHash.slice(0, 16)}`
    expect(await states()).toEqual({ [basename(own.directory)]: 'current', [copy]: 'copied' })
    expect((await pruneCache(options)).map(({ path }) => basename(path))).toEqual([copy])
    expect((await ensureArtifacts(INSTANCE, options)).keyHash).toBe(own.keyHash)
  })

  test.each(FILES)('believes no other %s, from wherever it comes, and keeps nothing', async (file) => {
    const place = join(folder, `changed-${file}`)
    cpSync(theirs, place, { recursive: true })
    const path = join(place, basename(artifacts.directory), file)
    const bytes = readFileSync(path)
    const at = bytes.length >> 1
    bytes[at] = bytes[at]! ^ 1
    const changes = [
      () => writeFileSync(path, bytes),
      () => writeFileSync(path, readFileSync(path).subarray(1)),
      () => rmSync(path),
    ]
    for (const change of changes) {
      change()
      const { worker, cacheDir } = workerOf(place)
      await expect(worker.answer(job)).rejects.toMatchObject({ code: 'WORKER_KEY', exitCode: 3 })
      expect(leftIn(cacheDir)).toEqual([])
    }
  })

  test('is not given another manifest with its own hash for the job’s', async () => {
    const place = join(folder, 'rewritten')
    cpSync(theirs, place, { recursive: true })
    const path = join(place, basename(artifacts.directory), 'key.json')
    const text = readFileSync(path, 'utf8').replace(`${artifacts.domainSize}`, `${2 * artifacts.domainSize}`)
    writeFileSync(path, text)
    const { worker } = workerOf(place)
    await expect(worker.answer(job)).rejects.toMatchObject({ code: 'WORKER_KEY' })
    // Whoever seals a job for it gets no further: what the manifest says is checked, too.
    const other = await jobWith({ manifestHash: sha256Text(text) })
    await expect(workerOf(place).worker.answer(other)).rejects.toMatchObject({ code: 'ARTIFACT_BROKEN' })
  })

  test('ends with the reason when the server is away, fails, or never ends', async () => {
    try {
      const endless = function* () {
        for (;;) yield ' '.repeat(2 ** 16)
      }
      const cases: [typeof answer, object][] = [
        [() => ({ status: 500 }), { code: 'ARTIFACTS_AWAY', exitCode: 2 }],
        [
          (path) => (path.endsWith('proving.zkey') ? { status: 503 } : undefined),
          { code: 'ARTIFACTS_AWAY', where: expect.stringContaining('/proving.zkey') },
        ],
        [() => ({ status: 404 }), { code: 'WORKER_KEY', where: `${address}/` }],
        [() => ({ status: 200, body: endless() }), { code: 'WORKER_KEY' }],
      ]
      for (const [other, error] of cases) {
        answer = other
        const { worker, cacheDir } = workerOf(address)
        await expect(worker.answer(job)).rejects.toMatchObject(error)
        expect(leftIn(cacheDir)).toEqual([])
      }
    } finally {
      answer = undefined
    }
    const away = address.replace(/:\d+/, ':1').replace('http://', 'http://user:sesame@')
    const error = await workerOf(away)
      .worker.answer(job)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'ARTIFACTS_AWAY', exitCode: 2 })
    expect(JSON.stringify(error)).not.toContain('sesame')
    mkdirSync(join(folder, 'empty'))
    for (const none of [join(folder, 'empty'), join(folder, 'nowhere')]) {
      await expect(workerOf(none).worker.answer(job)).rejects.toMatchObject({ code: 'WORKER_KEY' })
    }
  })

  test('follows a server that sends on, but not in circles, nor from https to http', async () => {
    try {
      // Both are the same folder of the one server.
      const moved = (url: string) => `/other${url.slice('/cache'.length)}`
      answer = (_, url) => (url.startsWith('/cache') ? { status: 307, location: moved(url) } : undefined)
      await expectProof(workerOf(address).worker)
      answer = (_, url) => ({ status: 302, location: url })
      const away = { code: 'ARTIFACTS_AWAY', exitCode: 2 }
      await expect(workerOf(address).worker.answer(job)).rejects.toMatchObject(away)
      answer = undefined
      const asked: string[] = []
      vi.stubGlobal('fetch', async (url: string) => {
        asked.push(url)
        return new Response(null, { status: 301, headers: { location: address } })
      })
      await expect(workerOf('https://keys.example/cache').worker.answer(job)).rejects.toMatchObject(away)
      expect(asked).toEqual([expect.stringMatching(/^https:/)])
    } finally {
      vi.unstubAllGlobals()
      answer = undefined
    }
  })
})
