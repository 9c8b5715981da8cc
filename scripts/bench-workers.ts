/**
 * Full batches of a `ledger` instance, proven by one worker and by two in turn, each a process with one
 * thread: `npm run build && tsx scripts/bench-workers.ts [NAME] [BATCHES] [ROUNDS] [--json]`. Time counts
 * from when each worker has proven one batch, so that keys are checked by then. `ratio` is the batches a
 * second of two workers over those of one, the median of the rounds; 2 is all that two cores can do. `busy`
 * is the part of its time in which a worker had a core: where other programs run, it falls, and the ratio
 * with it.
 */
import { ensureArtifacts, type OpenPool, type ProofTask, terminateProving } from '../src/proving/index.js'
import { ledgerInputs } from '../src/statements/index.js'
import { fullWitness } from './bench-batch.js'
import { benchWords, median, reportFigures } from './bench-report.js'

const [name = 'ledger-4-16', batches = '6', rounds = '1'] = benchWords
const { startPool }: typeof import('../src/proving/index.js') = await import(
  new URL('../dist/proving/index.js', import.meta.url).href
)

const artifacts = await ensureArtifacts(name, { onProgress: (what) => console.error(what) })
const witness = fullWitness(artifacts.instance)
const inputs = ledgerInputs(witness)
let asked = 0

async function prove(pool: OpenPool, count: number): Promise<number> {
  const tasks = Array.from({ length: count }, async (): Promise<number> => {
    const index = asked++
    const task: ProofTask = {
      ...{ name: `proof ${index}`, run: '0'.repeat(64), index },
      ...{ artifacts, inputs, signals: { ...witness.signals } },
    }
    return (await pool.prove(task)).use.cpuSeconds
  })
  return (await Promise.all(tasks)).reduce((sum, cpuSeconds) => sum + cpuSeconds)
}

interface Pace {
  batchesPerSecond: number
  /** Processor time of a batch. */
  cpuSeconds: number
  busy: number
}

async function measure(workers: number): Promise<Pace> {
  const pool = await startPool({ workers, threads: 1, prover: 'wasm' })
  try {
    await prove(pool, workers)
    const started = performance.now()
    const cpuSeconds = (await prove(pool, Number(batches))) / Number(batches)
    const batchesPerSecond = (1000 * Number(batches)) / (performance.now() - started)
    return { batchesPerSecond, cpuSeconds, busy: (batchesPerSecond * cpuSeconds) / workers }
  } finally {
    await pool.close()
  }
}

const made: { one: Pace; two: Pace }[] = []
for (let round = 0; round < Number(rounds); round++)
  made.push({ one: await measure(1), two: await measure(2) })
const middle = (which: 'one' | 'two'): Pace => ({
  batchesPerSecond: median(made.map((round) => round[which].batchesPerSecond)),
  cpuSeconds: median(made.map((round) => round[which].cpuSeconds)),
  busy: median(made.map((round) => round[which].busy)),
})
reportFigures({
  instance: name,
  batches: Number(batches),
  oneWorker: middle('one'),
  twoWorkers: middle('two'),
  ratio: median(made.map(({ one, two }) => two.batchesPerSecond / one.batchesPerSecond)),
})
await terminateProving()
