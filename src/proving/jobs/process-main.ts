import { chooseProver } from '../choose-prover.js'
import { failureOf } from './answer.js'
import { JobWorker } from './job-worker.js'
import type { FromProcess, ToProcess } from './process-messages.js'

/** A process of a pool: see `ProcessQueue`. */
const say = (message: FromProcess) => new Promise((resolve) => process.send!(message, resolve))

let worker: JobWorker | undefined

// Without a parent process there is nobody to prove for.
process.on('disconnect', () => process.exit(1))
process.on('message', (message: ToProcess) => {
  void handle(message).catch(async (error: unknown) => {
    await say({ fatal: failureOf(error) })
    process.exit(1)
  })
})

async function handle(message: ToProcess): Promise<void> {
  if ('start' in message) {
    const { prover, threads, secretKey, cache } = message.start
    worker = new JobWorker({ ...cache, secretKey, prover: chooseProver(prover, threads) })
    await say({ ready: true })
  } else {
    const { job } = message
    await say({ id: job.id, answer: await worker!.answer(job) })
  }
}
