import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { verifyProof } from '../../../../src/groth16/index.js'
import { type Artifacts, ensureArtifacts, terminateProving } from '../../../../src/proving/index.js'
import { encodeInputs } from '../../../../src/proving/jobs/elements.js'
import { jobId } from '../../../../src/proving/jobs/job.js'
import { PgConnection } from '../../../../src/proving/jobs/pg-connection.js'
import { PgQueue } from '../../../../src/proving/jobs/pg-queue.js'
import { type PoolNotice, type ProofTask, QueuePool } from '../../../../src/proving/jobs/pool.js'
import { ProcessQueue } from '../../../../src/proving/jobs/process-queue.js'
import type { JobEvent, JobQueue } from '../../../../src/proving/jobs/queue.js'
import { makeWorkerKeys, sealJob, type WorkerKeys } from '../../../../src/proving/jobs/seal.js'
import { workQueue } from '../../../../src/proving/jobs/work-queue.js'
import { wasmProverOn } from '../../../../src/proving/wasm-prover.js'
import { until } from '../../../helpers/cli.js'
import { Postgres } from '../../../helpers/postgres.js'
import { INPUTS, temporaryFolder, writeCircuits } from '../../../helpers/proving-circuits.js'

const ROGUE = new URL('../../../helpers/rogue-worker', import.meta.url)
const WORKERS = 2
/** Enough for every misdeed, and some that are done right. */
const TASKS = 10
const HOURS = 3_600_000

let folder: string
let cacheDir: string
let circuitsDir: string
let artifacts: Artifacts
let keys: WorkerKeys
let postgres: Postgres
const running = new Set<ChildProcess>()
let databases = 0

beforeAll(async () => {
  folder = await temporaryFolder()
  cacheDir = join(folder, 'cache')
  circuitsDir = await writeCircuits(join(folder, 'circuits'))
  artifacts = await ensureArtifacts('product-tiny', { cacheDir, circuitsDir })
  keys = await makeWorkerKeys()
  postgres = await Postgres.start()
})

afterEach(async () => {
  for (const child of running) {
    running.delete(child)
    child.kill('SIGKILL')
  }
})

afterAll(async () => {
  await terminateProving()
  rmSync(folder, { recursive: true, force: true })
})

/** A statement of its own for each number: other factors with other products. */
function task(index: number): ProofTask {
  const scale = BigInt(index + 1)
  const factors = [[scale, 1n], ...INPUTS.factors.slice(1)]
  const [a, b, c] = factors.map(([x, y]) => (x! + 7n * y!) ** 2n) as [bigint, bigint, bigint]
  const product = scale * 3n * 5n
  const sum = 3n * a + 4n * b + 5n * c + 5n
  return {
    name: `proof ${index}`,
    run: '7'.repeat(64),
    index,
    artifacts,
    inputs: { factors, product, sum },
    signals: { product, sum },
  }
}

/** Both queues, with workers that are processes of their own and rogues where there is a folder for it. */
const QUEUES: [string, (rogue?: string) => Promise<JobQueue>][] = [
  [
    'processes',
    async (rogue) => {
      delete process.env.ROGUE_FOLDER
      if (rogue !== undefined) process.env.ROGUE_FOLDER = rogue
      return new ProcessQueue({
        workers: WORKERS,
        secretKey: keys.secretKey,
        prover: 'wasm',
        threads: 1,
        cache: { cacheDir, circuitsDir },
        main: ROGUE,
        // Nobody proves before somebody hangs: who is slow is not taken for it.
        patience: () => (rogue !== undefined && !existsSync(join(rogue, 'hang')) ? 3_000 : HOURS),
      })
    },
  ],
  [
    'PostgreSQL',
    async (rogue) => {
      const url = await postgres.database(`pool${++databases}`)
      const connection = await PgConnection.open(url)
      if (rogue !== undefined) {
        for (let i = 0; i < WORKERS; i++) startWorker(url, rogue)
        for (const end of ['die', 'hang']) void silence(url, join(rogue, end))
      }
      return new PgQueue(connection, { pause: 50, lease: 3600 })
    },
  ],
]

/** As if nothing had been heard for hours of who did a misdeed: it left the job's id. */
async function silence(url: string, misdeed: string): Promise<void> {
  await until(() => existsSync(misdeed) && statSync(misdeed).size > 0)
  const id = readFileSync(misdeed, 'utf8')
  postgres.query(url, `UPDATE plimsoll.job SET started_on = now() - interval '2 hours' WHERE id = '${id}'`)
}

/** Starts a worker out of the queue, and another one when it has ended. */
function startWorker(url: string, rogue: string): void {
  const env = {
    ...process.env,
    ROGUE_FOLDER: rogue,
    ROGUE_QUEUE: url,
    ROGUE_KEY: Buffer.from(keys.secretKey).toString('hex'),
    ROGUE_CACHE: cacheDir,
    ROGUE_CIRCUITS: circuitsDir,
  }
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(`${ROGUE.href}.ts`)], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  running.add(child)
  child.once('exit', () => {
    if (running.delete(child)) startWorker(url, rogue)
  })
}

const MISDEEDS = ['wrong', 'other', 'nothing', 'text', 'failure', 'die', 'hang'] as const

/** What each misdeed is said to be. */
const FAULTS: Record<(typeof MISDEEDS)[number], Partial<PoolNotice>> = {
  wrong: { fault: 'wrong', what: 'returned a proof that does not verify' },
  other: { fault: 'wrong', what: 'returned a proof that does not verify' },
  nothing: { fault: 'wrong', what: 'returned no proof' },
  text: { fault: 'wrong', what: 'returned no proof' },
  failure: { fault: 'failed', what: 'reported KEY_MISMATCH' },
  die: { fault: 'lost', what: expect.stringContaining('ended') },
  hang: { fault: 'lost', what: expect.stringContaining('silent for too long') },
}

describe.each(QUEUES)('a pool over %s', (_, open) => {
  async function proveAll(rogue: string) {
    const notices: PoolNotice[] = []
    const pool = new QueuePool(await open(rogue), keys.publicKey, (notice) => notices.push(notice))
    try {
      const tasks = Array.from({ length: TASKS }, (_, index) => task(index))
      const proofs = await Promise.all(tasks.map((one) => pool.prove(one)))
      for (const [i, { proven, use, worker }] of proofs.entries()) {
        const { product, sum } = tasks[i]!.signals
        expect(proven.publicSignals).toEqual([product, sum])
        expect(await verifyProof(artifacts.verificationKey, proven.publicSignals, proven.proof)).toBe(true)
        expect(worker).toBeTruthy()
        expect(use.cpuSeconds).toBeGreaterThan(0)
        expect(use.peakBytes).toBeGreaterThan(2 ** 20)
      }
      for (const proof of proofs) await proof.release()
      return notices
    } finally {
      await pool.close()
    }
  }

  test('gives up what is not there yet when it is closed, and ends (jobs.1)', async () => {
    const pool = new QueuePool(await open(), keys.publicKey)
    const asked = [task(0), task(1)].map((one) => pool.prove(one))
    const given = Promise.allSettled(asked)
    await pool.close()
    expect((await given).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(pool.prove(task(2))).rejects.toThrow('closed')
  })

  test('makes each proof and says who made it, names each worker that returns a wrong proof, another batch’s, nothing, or no sign of life, and has its job done again (jobs.1)', async () => {
    const rogue = join(folder, `rogue-${databases}-${_}`)
    mkdirSync(rogue)
    const notices = await proveAll(rogue)
    expect(readdirSync(rogue).sort(), 'control: every misdeed was done').toEqual([...MISDEEDS].sort())
    for (const [misdeed, fault] of Object.entries(FAULTS)) {
      const named = { worker: expect.stringMatching(/^(process|worker) \d+$/), index: expect.any(Number) }
      expect(notices, misdeed).toContainEqual({ ...named, ...fault })
    }
    const wrong = notices.filter(({ fault }) => fault === 'wrong')
    expect(wrong.map(({ what }) => what).sort()).toEqual([
      ...['returned a proof that does not verify', 'returned a proof that does not verify'],
      ...['returned no proof', 'returned no proof'],
    ])
  })
})

describe('a worker out of a queue', () => {
  test('goes on after a job that nobody can open, or whose content no instance has, and says so of it (jobs.3)', async () => {
    const url = await postgres.database('badly')
    const queue = new PgQueue(await PgConnection.open(url), { pause: 20, lease: 3600 })
    const { keyHash, circuitHash, manifestHash, domainSize } = artifacts
    const key = { instance: 'product-tiny', keyHash, circuitHash, manifestHash, domainSize }
    const put = async (name: string, publicKey: Uint8Array, content: Uint8Array) => {
      const header = { id: jobId(name, 0), run: '7'.repeat(64), index: 0, ...key }
      await queue.put(await sealJob(publicKey, header, content))
      return header.id
    }
    const content = encodeInputs(artifacts, task(0))
    const strange = await put('strange', (await makeWorkerKeys()).publicKey, content)
    const good = await put('good', keys.publicKey, content)
    const short = await put('short', keys.publicKey, content.subarray(1))
    let name = ''
    const working = workQueue({
      ...{ queue: url, secretKey: keys.secretKey, prover: wasmProverOn(1), cacheDir, circuitsDir },
      onStart: (worker) => {
        name = worker
      },
    })
    const ended = expect(working).rejects.toMatchObject({ code: 'WORKER_DISMISSED' })
    const events: JobEvent[] = []
    while (events.filter(({ kind }) => kind === 'answered').length < 3) events.push(...(await queue.events()))
    await queue.dismiss(name)
    await ended
    const answers = new Map(events.map((event) => [event.id, event]))
    expect(answers.get(good)).toMatchObject({ worker: name, answer: { proof: expect.any(Object) } })
    expect(answers.get(strange)).toMatchObject({ worker: name, answer: { failure: { code: 'JOB_SEAL' } } })
    expect(answers.get(short)).toMatchObject({ worker: name, answer: { failure: { code: 'UNEXPECTED' } } })
    // It was left to others before it was known whose fault it was.
    expect(events.filter(({ kind }) => kind === 'lost').map(({ id }) => id)).toEqual([strange])
    await queue.close()
  })
})
