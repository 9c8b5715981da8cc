import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer } from '../../src/proving/jobs/answer.js'
import type { SealedJob } from '../../src/proving/jobs/job.js'
import { JobWorker } from '../../src/proving/jobs/job-worker.js'
import { PgConnection } from '../../src/proving/jobs/pg-connection.js'
import { PgSource } from '../../src/proving/jobs/pg-source.js'
import type { ToProcess } from '../../src/proving/jobs/process-messages.js'
import { wasmProverOn } from '../../src/proving/wasm-prover.js'

/**
 * A worker for a pool of processes or, with `ROGUE_QUEUE`, out of a queue. Of all that have the same
 * `ROGUE_FOLDER`, one does each of the misdeeds, once, and everything else right: first those of `ENDS`, as
 * soon as there is a job, then the others, in the place of an answer.
 */
const MISDEEDS = ['wrong', 'other', 'nothing', 'text', 'failure'] as const
type Misdeed = (typeof MISDEEDS)[number]
const ENDS = { die: 'SIGKILL', hang: 'SIGSTOP' } as const

const { ROGUE_FOLDER, ROGUE_QUEUE, ROGUE_KEY, ROGUE_CACHE, ROGUE_CIRCUITS } = process.env
const prover = wasmProverOn(1)
let before: Answer | undefined

/** The first misdeed that nobody has done yet; of another batch there is a proof only after the first. */
function next({ id }: SealedJob): Misdeed | undefined {
  const possible = MISDEEDS.filter((misdeed) => misdeed !== 'other' || before !== undefined)
  return possible.find((misdeed) => isFirst(misdeed, id))
}

/** Whether nobody has done a misdeed yet; from now on somebody has, with this job. */
function isFirst(misdeed: string, id: string): boolean {
  if (ROGUE_FOLDER === undefined) return false
  try {
    writeFileSync(join(ROGUE_FOLDER, misdeed), id, { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

async function answer(worker: JobWorker, job: SealedJob): Promise<unknown> {
  for (const [end, signal] of Object.entries(ENDS)) {
    if (isFirst(end, job.id)) process.kill(process.pid, signal)
  }
  const honest = await worker.answer(job)
  if (!('proof' in honest)) return honest
  const misdeed = next(job)
  const last = before
  before = honest
  switch (misdeed) {
    case undefined:
      return honest
    case 'wrong':
      // Points of the curve, as those of a proof are.
      return { ...honest, proof: { ...honest.proof, a: honest.proof.c } }
    case 'other':
      return last
    case 'nothing':
      return null
    case 'text':
      return { ...honest, proof: 'a proof' }
    case 'failure':
      return { failure: { kind: 'artifact', code: 'KEY_MISMATCH', message: 'not so' } }
  }
}

if (ROGUE_QUEUE === undefined) {
  let worker: JobWorker
  process.on('disconnect', () => process.exit(1))
  process.on('message', async (message: ToProcess) => {
    if ('start' in message) {
      const { secretKey, cache } = message.start
      worker = new JobWorker({ ...cache, secretKey, prover })
      process.send!({ ready: true })
    } else {
      process.send!({ id: message.job.id, answer: await answer(worker, message.job) })
    }
  })
} else {
  const worker = new JobWorker({
    secretKey: Buffer.from(ROGUE_KEY!, 'hex'),
    prover,
    cacheDir: ROGUE_CACHE!,
    circuitsDir: ROGUE_CIRCUITS!,
  })
  const connection = await PgConnection.open(ROGUE_QUEUE)
  for (let life = 0; ; life++) {
    // Who was dismissed comes back under another name, as after a new start.
    const source = new PgSource(connection, `worker ${process.pid}${life}`, 50)
    try {
      for (;;) {
        const held = await source.take()
        await held.answer((await answer(worker, held.job)) as Answer)
      }
    } catch (error) {
      if ((error as { code?: string }).code !== 'WORKER_DISMISSED') process.exit(1)
    }
  }
}
