import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { foldSample, tableOf } from '../../../../scripts/soundness/samples/fold.js'
import { RISK } from '../../../../scripts/soundness/samples/venue.js'
import { ledgerSizesOf, tableSizesOf } from '../../../../src/epoch/index.js'
import { type Artifacts, ensureArtifacts } from '../../../../src/proving/index.js'
import { decodeInputs, encodeInputs, type ProofInputs } from '../../../../src/proving/jobs/elements.js'
import { type JobHeader, jobId, sealedJobSchema } from '../../../../src/proving/jobs/job.js'
import { makeWorkerKeys, openJob, sealJob, type WorkerKeys } from '../../../../src/proving/jobs/seal.js'
import {
  createWorkerKey,
  parseWorkersKey,
  readWorkerKey,
} from '../../../../src/proving/jobs/worker-key-file.js'
import { parseRiskTable } from '../../../../src/risk/index.js'
import { ledgerInputs, namedInstance } from '../../../../src/statements/index.js'
import { TEST_CACHE, temporaryFolder } from '../../../helpers/cli.js'

const header: JobHeader = {
  id: jobId('a proof', 0),
  run: 'a'.repeat(64),
  index: 3,
  instance: 'ledger-tiny',
  keyHash: 'b'.repeat(64),
  circuitHash: 'c'.repeat(64),
  manifestHash: 'e'.repeat(64),
  domainSize: 4096,
}
const content = new Uint8Array(5_000).map((_, i) => i)
let keys: WorkerKeys

beforeAll(async () => {
  keys = await makeWorkerKeys()
})

describe('a job is sealed to the workers’ key (jobs.2)', () => {
  test('whoever has the secret half opens it, also after it was JSON', async () => {
    const job = sealedJobSchema.parse(
      JSON.parse(JSON.stringify(await sealJob(keys.publicKey, header, content))),
    )
    expect(await openJob(keys.secretKey, job)).toEqual(content)
  })

  test('nobody else does, and nothing of it can be exchanged', async () => {
    const job = await sealJob(keys.publicKey, header, content)
    const other = await makeWorkerKeys()
    const refused = { code: 'JOB_SEAL', exitCode: 2 }
    await expect(openJob(other.secretKey, job)).rejects.toMatchObject(refused)
    const changes: Partial<typeof job>[] = [
      { id: jobId('a proof', 1) },
      { run: 'd'.repeat(64) },
      { index: 4 },
      { instance: 'ledger-tiny-wide' },
      { keyHash: 'd'.repeat(64) },
      { circuitHash: 'd'.repeat(64) },
      { manifestHash: 'd'.repeat(64) },
      { domainSize: 8192 },
      {
        sealed: `A${job.sealed.slice(1)}`,
        ...(job.sealed.startsWith('A') ? { sealed: `B${job.sealed.slice(1)}` } : {}),
      },
      { encapsulated: (await sealJob(keys.publicKey, header, content)).encapsulated },
    ]
    for (const change of changes) {
      await expect(
        openJob(keys.secretKey, { ...job, ...change }),
        Object.keys(change)[0],
      ).rejects.toMatchObject(refused)
    }
    expect(Object.keys(header).every((field) => changes.some((change) => field in change))).toBe(true)
  })

  test('what it holds is sealed anew each time', async () => {
    const [a, b] = [
      await sealJob(keys.publicKey, header, content),
      await sealJob(keys.publicKey, header, content),
    ]
    expect(a.sealed).not.toBe(b.sealed)
    expect(a.encapsulated).not.toBe(b.encapsulated)
  })

  test('ids are the same for the same attempt, and no others', () => {
    const ids = ['a', 'b'].flatMap((proof) => [0, 1, 2].map((attempt) => jobId(proof, attempt)))
    expect(new Set(ids).size).toBe(6)
    expect(jobId('a', 0)).toBe(ids[0])
  })

  test('the key is a private file; its public half is what the coordinator takes', async () => {
    const path = join(temporaryFolder(), 'workers.json')
    const publicKey = await createWorkerKey(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const job = await sealJob(parseWorkersKey(publicKey), header, content)
    expect(await openJob(await readWorkerKey(path), job)).toEqual(content)
    await expect(createWorkerKey(path)).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    for (const text of ['', publicKey.slice(1), publicKey.toUpperCase(), `${publicKey}0`]) {
      expect(() => parseWorkersKey(text), text).toThrow(expect.objectContaining({ code: 'WORKERS_KEY' }))
    }
    writeFileSync(path, '{"schema":"plimsoll/worker-key/1"}')
    await expect(readWorkerKey(path)).rejects.toMatchObject({ code: 'JSON_SCHEMA' })
  })
})

describe('what a job holds (jobs.2)', () => {
  let artifacts: Artifacts
  const INSTANCE = 'ledger-tiny-stress'

  beforeAll(async () => {
    artifacts = await ensureArtifacts(INSTANCE, { cacheDir: TEST_CACHE })
  })

  /** A batch of these quantities of the first instrument. */
  function batchOf(quantities: readonly bigint[]): ProofInputs {
    const table = parseRiskTable(
      JSON.stringify({
        ...RISK,
        scenarios: ['one', 'two'].map((name) => ({ name, values: { BTC: '1', ETH: '1', USDT: '1' } })),
      }),
      'risk.json',
    )
    const sizes = ledgerSizesOf(namedInstance(INSTANCE))
    const accounts = Array.from({ length: sizes.accounts }, (_, i) => ({
      holder: BigInt(i + 1) ** 60n,
      slots: quantities[i] === undefined ? [] : [{ instrument: 1, quantity: quantities[i]! }],
    }))
    const { witnesses } = foldSample(tableOf(table, tableSizesOf(namedInstance('solvency-tiny-stress'))), [
      { sizes, accounts },
    ])
    return { inputs: ledgerInputs(witnesses[0]!), signals: witnesses[0]!.signals }
  }

  test('is read as it was written, and of any books it is as long', () => {
    const books = [[], [1n], [2n ** 63n, -(2n ** 60n), 3n, 4n], [-5n]]
    const lengths = books.map((quantities) => {
      const given = batchOf(quantities)
      const bytes = encodeInputs(artifacts, given)
      expect(decodeInputs(artifacts, bytes)).toEqual({ inputs: given.inputs, signals: { ...given.signals } })
      return bytes.length
    })
    expect(new Set(lengths).size).toBe(1)
  })

  test('of another length is refused, as are bits that are none', () => {
    const given = batchOf([7n])
    const bytes = encodeInputs(artifacts, given)
    expect(() => decodeInputs(artifacts, bytes.subarray(1))).toThrow(RangeError)
    expect(() => decodeInputs(artifacts, new Uint8Array([...bytes, 0]))).toThrow(RangeError)
    const indexBits = [2n, ...(given.inputs.indexBits as bigint[]).slice(1)]
    expect(() => encodeInputs(artifacts, { ...given, inputs: { ...given.inputs, indexBits } })).toThrow(
      RangeError,
    )
  })
})
