import { openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Answer } from '../../src/proving/jobs/answer.js'
import type { SealedJob } from '../../src/proving/jobs/job.js'
import { JobWorker } from '../../src/proving/jobs/job-worker.js'
import { PgConnection } from '../../src/proving/jobs/pg-connection.js'
import { PgSource } from '../../src/proving/jobs/pg-source.js'
import type { ToProcess } from '../../src/proving/jobs/process-messages.js'
import { wasmProver } from '../../src/proving/wasm-prover.js'

/**
 * A worker for a pool of processes or, with `ROGUE_QUEUE`, out of a queue. Of all that have the same
 * `ROGUE_FOLDER`, one does each of the misdeeds, once, and everything else right.
 */
const MISDEEDS = ['wrong', 'other', 'nothing', 'text', 'failure', 'die', 'hang'] as const
type Misdeed = (typeof MISDEEDS)[number]

const { ROGUE_FOLDER, ROGUE_QUEUE, ROGUE_KEY, ROGUE_CACHE, ROGUE_CIRCUITS } = process.env
let before: Answer | undefined

/** The first misdeed that nobody has done yet; of another batch there is a proof only after the first. */
function next(): Misdeed | undefined {
  if (ROGUE_FOLDER === undefined) return undefined
  return MISDEEDS.filter((misdeed) => misdeed !== 'other' || before !== undefined).find((misdeed) => {
    try {
      openSync(join(ROGUE_FOLDER, misdeed), 'wx')
      return true
    } catch {
      return false
    }
  })
}

async function answer(worker: JobWorker, job: SealedJob): Promise<unknown> {
  const honest = await worker.answer(job)
  if (!('proof' in honest)) return honest
  const misdeed = next()
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
    case 'hang':
      process.kill(process.pid, 'SIGSTOP')
      return honest
    case 'die':
      process.kill(process.pid, 'SIGKILL')
      return setTimeout(60_000)
  }
}

if (ROGUE_QUEUE === undefined) {
  let worker: JobWorker
  process.on('disconnect', () => process.exit(1))
  process.on('message', async (message: ToProcess) => {
    if ('start' in message) {
      const { secretKey, cache } = message.start
      worker = new JobWorker({ ...cache, secretKey, prover: wasmProver })
      process.send!({ ready: true })
    } else {
      process.send!({ id: message.job.id, answer: await answer(worker, message.job) })
    }
  })
} else {
  const worker = new JobWorker({
    secretKey: Buffer.from(ROGUE_KEY!, 'hex'),
    prover: wasmProver,
    cacheDir: ROGUE_CACHE!,
    circuitsDir: ROGUE_CIRCUITS!,
  })
  const source = new PgSource(await PgConnection.open(ROGUE_QUEUE), `worker ${process.pid}`, 50)
  try {
    for (;;) {
      const held = await source.take()
      await held.answer((await answer(worker, held.job)) as Answer)
    }
  } catch (error) {
    // Another one is started in the place of whoever was dismissed.
    process.exit((error as { code?: string }).code === 'WORKER_DISMISSED' ? 0 : 1)
  }
}
