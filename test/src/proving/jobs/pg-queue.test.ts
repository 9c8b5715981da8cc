import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { wasmProver } from '../../../../src/proving/index.js'
import { jobId } from '../../../../src/proving/jobs/job.js'
import { JOBS, PgConnection } from '../../../../src/proving/jobs/pg-connection.js'
import { PgQueue } from '../../../../src/proving/jobs/pg-queue.js'
import { PgSource } from '../../../../src/proving/jobs/pg-source.js'
import { makeWorkerKeys, sealJob, type WorkerKeys } from '../../../../src/proving/jobs/seal.js'
import { workQueue } from '../../../../src/proving/jobs/work-queue.js'
import { temporaryFolder } from '../../../helpers/cli.js'
import { Postgres } from '../../../helpers/postgres.js'

const cacheDir = join(temporaryFolder(), 'cache')
let postgres: Postgres
let keys: WorkerKeys

beforeAll(async () => {
  postgres = await Postgres.start()
  keys = await makeWorkerKeys()
})

const jobOf = (index: number) =>
  sealJob(
    keys.publicKey,
    {
      id: jobId(`proof ${index}`, 0),
      run: 'a'.repeat(64),
      index,
      instance: 'ledger-tiny',
      keyHash: 'b'.repeat(64),
      circuitHash: 'c'.repeat(64),
      manifestHash: 'e'.repeat(64),
      domainSize: 4096,
    },
    new Uint8Array(10),
  )

describe('what a queue in PostgreSQL refuses (jobs.3)', () => {
  test('an address that is none, a server that is away, a database that is not there, never with the password', async () => {
    const cases: [url: string, code: string][] = [
      ['localhost', 'QUEUE_ADDRESS'],
      ['mysql://user:sesame@127.0.0.1/plimsoll', 'QUEUE_ADDRESS'],
      ['postgres://user:sesame@127.0.0.1:1/plimsoll', 'QUEUE_UNREACHABLE'],
      [
        (await postgres.database('other')).replace('plimsoll@', 'plimsoll:sesame@').replace(/other$/, 'none'),
        'QUEUE_REFUSED',
      ],
    ]
    for (const [url, code] of cases) {
      const error = await PgConnection.open(url).catch((thrown: unknown) => thrown)
      expect(error, url).toMatchObject({ code, exitCode: 2 })
      expect(JSON.stringify(error)).not.toContain('sesame')
    }
  })

  test('a queue of another version of Plimsoll, or of the package that keeps it', async () => {
    const url = await postgres.database('versions')
    const connection = await PgConnection.open(url)
    await connection.boss.createQueue('jobs-2')
    await expect(PgConnection.open(url)).rejects.toMatchObject({ code: 'QUEUE_VERSION', exitCode: 2 })
    await connection.boss.deleteQueue('jobs-2')
    await (await PgConnection.open(url)).close()
    postgres.query(url, 'UPDATE plimsoll.version SET version = version - 1')
    await expect(PgConnection.open(url)).rejects.toMatchObject({ code: 'QUEUE_VERSION' })
    await connection.close()
  })
})

describe('a job in PostgreSQL', () => {
  test('is another worker’s when this one has another key, or no artifacts (jobs.3)', async () => {
    const url = await postgres.database('strange')
    const queue = new PgQueue(await PgConnection.open(url), { pause: 20 })
    const job = await jobOf(0)
    await queue.put(job)
    const worker = { queue: url, prover: wasmProver, cacheDir }
    const other = (await makeWorkerKeys()).secretKey
    await expect(workQueue({ ...worker, secretKey: other })).rejects.toMatchObject({
      code: 'JOB_SEAL',
      exitCode: 2,
    })
    const refused = workQueue({ ...worker, secretKey: keys.secretKey })
    await expect(refused).rejects.toMatchObject({ code: 'WORKER_KEY', exitCode: 3 })
    expect(postgres.query(url, 'SELECT state, retry_count FROM plimsoll.job')).toBe('retry|1')
    // By each of the two.
    const lost = expect.objectContaining({ kind: 'lost', id: job.id })
    expect(await queue.events()).toEqual([lost, lost])
    await queue.close()
  })

  test('counts once, whoever answers it first, and stays as it is when it is put in again (jobs.4)', async () => {
    const url = await postgres.database('once')
    const queue = new PgQueue(await PgConnection.open(url), { pause: 20, lease: 3600 })
    const [slow, quick] = [
      new PgSource(await PgConnection.open(url), 'slow', 20),
      new PgSource(await PgConnection.open(url), 'quick', 20),
    ]
    const job = await jobOf(0)
    await queue.put(job)
    await queue.put(await jobOf(0))
    const held = await slow.take()
    expect(held.job).toEqual(job)
    // Its server loses what it knew of who has it, as after a silence.
    postgres.query(url, "UPDATE plimsoll.job SET started_on = now() - interval '2 hours'")
    expect(await queue.events()).toEqual([
      expect.objectContaining({ kind: 'lost', id: job.id, worker: 'slow' }),
    ])
    const again = await quick.take()
    const answer = { failure: { kind: 'artifact', code: 'X', message: 'x' } } as const
    expect(await again.answer(answer)).toBe(true)
    expect(await held.answer(answer)).toBe(false)
    expect(await queue.events()).toEqual([{ kind: 'answered', id: job.id, worker: 'quick', answer }])
    await queue.finish('a'.repeat(64))
    expect(postgres.query(url, `SELECT count(*) FROM plimsoll.job WHERE name = '${JOBS}'`)).toBe('0')
    await Promise.all([queue.close(), slow.close(), quick.close()])
  })

  test('names each worker that lost it, even those of whom its coordinator never saw that they had it (jobs.1)', async () => {
    const url = await postgres.database('unseen')
    const queue = new PgQueue(await PgConnection.open(url), { pause: 20, lease: 3600 })
    const connection = await PgConnection.open(url)
    const job = await jobOf(0)
    await queue.put(job)
    const take = (name: string) => new PgSource(connection, name, 20).take()
    await (await take('first')).giveBack()
    await (await take('second')).giveBack()
    const held = await take('third')
    const lost = { kind: 'lost', id: job.id, why: expect.any(String) }
    expect(await queue.events()).toEqual([
      { ...lost, worker: 'first' },
      { ...lost, worker: 'second' },
    ])
    await held.giveBack()
    // The fourth leaves what no worker of ours does.
    await take('fourth')
    postgres.query(url, `UPDATE plimsoll.job SET state = 'completed', output = '"a proof"'`)
    expect(await queue.events()).toEqual([
      { ...lost, worker: 'third' },
      { kind: 'answered', id: job.id, worker: 'fourth', answer: undefined },
    ])
    await Promise.all([queue.close(), connection.close()])
  })

  test('that vanished with its table is put in again, and a worker that was dismissed gets none (jobs.4)', async () => {
    const url = await postgres.database('vanished')
    const queue = new PgQueue(await PgConnection.open(url), { pause: 20 })
    const source = new PgSource(await PgConnection.open(url), 'a worker', 20)
    const job = await jobOf(0)
    await queue.put(job)
    postgres.query(url, 'TRUNCATE plimsoll.job')
    const event = queue.events()
    const held = await source.take()
    const answer = { failure: { kind: 'artifact', code: 'X', message: 'x' } } as const
    await held.answer(answer)
    expect(await event).toEqual([{ kind: 'answered', id: job.id, worker: 'a worker', answer }])
    await queue.dismiss('a worker')
    await queue.dismiss('a worker')
    await expect(source.take()).rejects.toMatchObject({ code: 'WORKER_DISMISSED', exitCode: 3 })
    await Promise.all([queue.close(), source.close()])
  })
})
