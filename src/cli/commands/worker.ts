import { type Command, Option } from 'commander'
import { InputError } from '../../errors/index.js'
import type { WorkEvent } from '../../proving/index.js'
import { command } from '../command.js'
import { assertThreads, proverOption, queueOption, threadsOption } from '../options.js'
import { createUi, type Ui } from '../terminal/ui.js'

interface WorkerOptions {
  newKey?: string
  queue?: string
  key?: string
  artifacts?: string
  prover: string
  threads?: number
  json?: boolean
}

export function workerCommand(): Command {
  return command('worker', {
    description:
      'Prove batches for a coordinator elsewhere: take jobs out of a queue until it is interrupted.',
    options: [
      queueOption(),
      proverOption(),
      threadsOption(),
      new Option('--key <file>', "the workers' key, which opens jobs"),
      new Option(
        '--artifacts <place>',
        "the coordinator's folder of artifacts, a copy of it, or an address of http or https: what is missing here is copied from there and checked against the job",
      ),
      new Option(
        '--new-key <file>',
        "make a workers' key in this file, which must not exist yet, and print the public half",
      ),
    ],
    notes: [
      "A worker needs the workers' key, the very artifacts of the coordinator (from --artifacts, or a shared folder that PLIMSOLL_CACHE names), and the optional package pg-boss. Whoever has the key reads balances out of jobs; whoever has the queue alone does not.",
      'Start one on each machine: `plimsoll worker --queue postgres://host/plimsoll --key workers.json`.',
    ],
    examples: ['plimsoll worker --new-key workers.json'],
  }).action(async (options: WorkerOptions) => {
    const { createWorkerKey, readWorkerKey, workQueue, chooseProver } = await import('../../proving/index.js')
    const { newKey, queue, key } = options
    const ui = createUi(options)
    if (newKey !== undefined) {
      const { workerKeyView } = await import('../views/proven.js')
      if (queue !== undefined || key !== undefined) throw new InputError('USAGE', 'give --new-key alone')
      const result = { key: newKey, publicKey: await createWorkerKey(newKey) }
      return ui.result(result, () => workerKeyView(result))
    }
    if (queue === undefined || key === undefined) {
      throw new InputError('USAGE', 'give --queue and --key, or --new-key')
    }
    assertThreads(options)
    await workQueue({
      queue,
      secretKey: await readWorkerKey(key),
      prover: chooseProver(options.prover, options.threads),
      artifacts: options.artifacts,
      onStart: (worker) => {
        ui.event({ event: 'start', worker })
        if (!ui.json) ui.say(`working as ${worker}`)
      },
      onJob: (event) => tell(ui, event),
      onSay: (what) => ui.say(what),
    })
  })
}

function tell(ui: Ui, event: WorkEvent): void {
  ui.event({ event: 'job', ...event })
  if (ui.json) return
  const { index, instance, seconds, failure, inTime } = event
  const what = failure === undefined ? 'proven' : `not proven, ${failure}`
  const late = inTime ? '' : ', too late'
  ui.say(`  batch ${index} by ${instance} ${what}${late}  ${seconds.toFixed(1)} s`)
}
