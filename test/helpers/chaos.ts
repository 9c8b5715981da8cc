import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { RISK, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { type Run, start, TEST_CACHE } from './cli.js'
import type { Postgres } from './postgres.js'
import { uniform } from './random.js'

const INSTANCE = 'ledger-tiny'
/** Places of the instance's batches. */
const ACCOUNTS = 4
const VICTIMS = ['worker', 'coordinator', 'postgres'] as const

export interface ChaosReport {
  /** The run of the coordinator that came to its end. */
  last: Run
  kills: Record<(typeof VICTIMS)[number], number>
  /** Places of the batches that any coordinator said it had proven, as often as it was said. */
  proven: number[]
}

/** A ledger of so many batches, a queue for it, and the key of its workers. */
export interface QueuedLedger {
  queue: string
  /** Starts a coordinator. */
  prove(): ReturnType<typeof start>
  /** Starts a worker of one thread; one with a cache of its own copies the artifacts that it needs. */
  work(cache?: string): ChildProcess
}

/** Writes a ledger into a folder, to be proven in its `epoch` on a queue in a database of its own. */
export async function queuedLedger(
  folder: string,
  postgres: Postgres,
  { name, batches, lease }: { name: string; batches: number; lease: number },
): Promise<QueuedLedger> {
  const enough = `${batches ** 2 * ACCOUNTS ** 2}`
  const symbols = RISK.instruments.map(({ symbol }) => symbol)
  const files = writeVenue(folder, Object.fromEntries(symbols.map((symbol) => [symbol, enough])))
  const rows = Array.from({ length: batches * ACCOUNTS }, (_, i) => `user-${i},${symbols[i % 3]},${i + 1}.5`)
  writeFileSync(files.accounts, `account_id,instrument,quantity\n${rows.join('\n')}\n`)
  const queue = await postgres.database(name)
  const key = join(folder, 'workers.json')
  const { stdout } = await start(['worker', '--new-key', key, '--json']).ended
  const books = ['--accounts', files.accounts, '--risk', files.risk, '--out', join(folder, 'epoch')]
  const labels = ['--venue', 'Tiny Venue', '--epoch', '2026-01', '--instance', INSTANCE, '--json']
  const pool = ['--queue', queue, '--workers-key', JSON.parse(stdout).publicKey, '--lease', `${lease}`]
  const worker = ['worker', '--queue', queue, '--key', key, '--threads', '1']
  return {
    queue,
    prove: () => start(['ledger', 'prove', ...books, ...labels, ...pool]),
    work: (cache) =>
      cache === undefined
        ? start(worker).child
        : start([...worker, '--artifacts', TEST_CACHE], { PLIMSOLL_CACHE: cache }).child,
  }
}

/**
 * Proves a ledger of so many batches on a queue while workers, coordinator and server are killed, each as by
 * `kill -9`, after batches that the seed chooses. Whatever was killed is started again.
 */
export async function proveInChaos(
  folder: string,
  postgres: Postgres,
  { batches, kills, seed }: { batches: number; kills: number; seed: number },
): Promise<ChaosReport> {
  const random = uniform(seed)
  const ledger = await queuedLedger(folder, postgres, { name: 'chaos', batches, lease: 5 })
  const workers = new Set<ChildProcess>()
  let over = false
  const startWorker = (cache?: string) => {
    const child = ledger.work(cache)
    workers.add(child)
    child.once('exit', () => {
      workers.delete(child)
      // One that met no server when it started ends, and is started again like any other.
      if (!over) void setTimeout(200).then(() => over || startWorker(cache))
    })
  }
  startWorker()
  startWorker(join(folder, 'cache'))

  const report: Omit<ChaosReport, 'last'> = {
    kills: { worker: 0, coordinator: 0, postgres: 0 },
    proven: [],
  }
  /** Each kind in turn, and how many batches are done before its turn comes. */
  const plan = Array.from({ length: kills }, (_, i) => ({
    victim: VICTIMS[i % VICTIMS.length]!,
    wait: 1 + Math.floor(random() * Math.max(1, Math.floor((0.7 * batches) / kills))),
  }))
  const kill = async (coordinator: ChildProcess) => {
    const { victim } = plan.shift()!
    report.kills[victim]++
    if (victim === 'coordinator') coordinator.kill('SIGKILL')
    else if (victim === 'worker') [...workers][Math.floor(random() * workers.size)]?.kill('SIGKILL')
    else {
      await postgres.kill()
      await setTimeout(random() * 500)
      await postgres.run()
    }
  }

  try {
    for (;;) {
      const { child, ended } = ledger.prove()
      let rest = ''
      child.stderr!.on('data', (chunk) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop()!
        for (const line of lines.filter((each) => each.startsWith('{"event":"batch"'))) {
          const { index, kept } = JSON.parse(line)
          if (kept) continue
          report.proven.push(index)
          if (plan.length > 0 && --plan[0]!.wait <= 0) void kill(child)
        }
      })
      const last = await ended
      // Killed, or started while its server was away: it is run again, as a person would.
      const again = last.code === null || /QUEUE_UNREACHABLE/.test(last.stdout)
      if (!again) return { ...report, last }
    }
  } finally {
    over = true
    for (const child of workers) child.kill('SIGKILL')
  }
}
