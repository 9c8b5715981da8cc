import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { RISK, writeVenue } from '../../scripts/soundness/samples/venue.js'
import { type Run, start } from './cli.js'
import type { Postgres } from './postgres.js'
import { uniform } from './random.js'

const INSTANCE = 'ledger-tiny'
/** Places of the instance's batches. */
const ACCOUNTS = 4
const WORKERS = 2
const VICTIMS = ['worker', 'coordinator', 'postgres'] as const

export interface ChaosReport {
  /** The run of the coordinator that came to its end. */
  last: Run
  kills: Record<(typeof VICTIMS)[number], number>
  /** Places of the batches that any coordinator said it had proven, as often as it was said. */
  proven: number[]
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
  const enough = `${batches ** 2 * ACCOUNTS ** 2}`
  const files = writeVenue(folder, Object.fromEntries(RISK.instruments.map(({ symbol }) => [symbol, enough])))
  const symbols = RISK.instruments.map(({ symbol }) => symbol)
  const rows = Array.from({ length: batches * ACCOUNTS }, (_, i) => `user-${i},${symbols[i % 3]},${i + 1}.5`)
  writeFileSync(files.accounts, `account_id,instrument,quantity\n${rows.join('\n')}\n`)
  const queue = await postgres.database('chaos')
  const key = join(folder, 'workers.json')
  const made = await start(['worker', '--new-key', key, '--json']).ended
  const { publicKey } = JSON.parse(made.stdout)

  const workers = new Set<ChildProcess>()
  let over = false
  const startWorker = () => {
    const { child } = start(['worker', '--queue', queue, '--key', key])
    workers.add(child)
    child.once('exit', () => {
      workers.delete(child)
      // One that met no server when it started ends, and is started again like any other.
      if (!over) void setTimeout(200).then(() => over || startWorker())
    })
  }
  for (let i = 0; i < WORKERS; i++) startWorker()

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

  const args = [
    ...[
      'ledger',
      'prove',
      '--accounts',
      files.accounts,
      '--risk',
      files.risk,
      '--out',
      join(folder, 'epoch'),
    ],
    ...['--venue', 'Tiny Venue', '--epoch', '2026-01', '--instance', INSTANCE, '--json'],
    ...['--queue', queue, '--workers-key', publicKey, '--lease', '5'],
  ]
  try {
    for (;;) {
      const { child, ended } = start(args)
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
