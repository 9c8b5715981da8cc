/**
 * Folds a made-up ledger of four slots an account, in which every twentieth account has a debt, and says what
 * it took: `tsx scripts/bench-fold.ts [ACCOUNTS] [THREADS] [--json]`; with 0 threads it is done on the main
 * one. Nothing is proven.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { readLedger } from '../src/ledger/index.js'
import { loadInstances } from '../src/proving/index.js'
import { riskDigests } from '../src/risk/index.js'
import { EpochSecret } from '../src/venue/epoch-secret.js'
import { foldLedger } from '../src/venue/fold-ledger.js'
import { planLedger } from '../src/venue/plan-ledger.js'
import { BENCH_MARKS, benchTable, writeBenchLedger } from './bench-ledger.js'
import { benchWords, cpuSecondsSince, reportFigures } from './bench-report.js'

const [accounts = 100_000, threads = availableParallelism()] = benchWords.map(Number)
const DEBTORS = 20
const table = benchTable(
  Array.from({ length: 4 }, (_, s) => ({
    name: `fall ${s}`,
    values: BENCH_MARKS.map((mark) => ({ long: (mark * BigInt(9 - s)) / 10n, short: mark })),
  })),
)

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
const seconds = (since: number) => Number(((performance.now() - since) / 1000).toFixed(1))
try {
  const path = join(folder, 'accounts.csv')
  await writeBenchLedger(path, accounts, DEBTORS)
  const started = performance.now()
  const ledger = await readLedger(path, table)
  const read = seconds(started)
  const plan = planLedger(loadInstances(), table, ledger.shapes)
  const digests = riskDigests(table, plan.solvency.sizes)
  const fold = performance.now()
  const passes: number[] = []
  const cpu = process.cpuUsage()
  let last = 0
  await foldLedger({
    ...{ plan, table, digests, ledger, secret: EpochSecret.random(), threads },
    progress({ pass }) {
      if (pass === last) return
      if (last > 0) passes.push(seconds(fold))
      last = pass
    },
  })
  const cpuSeconds = cpuSecondsSince(cpu)
  const took = seconds(fold)
  reportFigures({
    accounts,
    threads,
    batches: plan.batches,
    readSeconds: read,
    foldSeconds: took,
    passesEndAt: [...passes, took],
    cpuSeconds,
    accountsPerSecond: accounts / took,
    accountsPerCpuSecond: accounts / cpuSeconds,
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
  })
  await ledger.close()
} finally {
  await rm(folder, { recursive: true })
}
