/**
 * Folds a made-up settlement: two epochs of accounts of four slots, every tenth with a deposit, and says what
 * it took beside the fold of one of the ledgers: `tsx scripts/bench-settle.ts [ACCOUNTS] [THREADS] [--json]`;
 * with 0 threads it is done on the main one. Nothing is proven.
 */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProvenManifest } from '../src/epoch/index.js'
import { readLedger } from '../src/ledger/index.js'
import { loadInstances } from '../src/proving/index.js'
import { riskDigests } from '../src/risk/index.js'
import { EpochSecret } from '../src/venue/epoch-secret.js'
import { foldLedger, foldRoots } from '../src/venue/fold-ledger.js'
import { planLedger } from '../src/venue/plan-ledger.js'
import { type EpochPrivate, planRecord } from '../src/venue/private-record.js'
import { openActivity } from '../src/venue/settle/activity-files.js'
import { balanceOf } from '../src/venue/settle/balance.js'
import { type EpochBooks, joinedTable } from '../src/venue/settle/epochs.js'
import { foldSettlement } from '../src/venue/settle/fold-settlement.js'
import { SettlementPlanner } from '../src/venue/settle/plan-settlement.js'
import { benchTable, writeBenchLedger } from './bench-ledger.js'
import { benchWords, cpuSecondsSince, reportFigures } from './bench-report.js'

const [accounts = 100_000, threads = availableParallelism()] = benchWords.map(Number)
const DEPOSITORS = 10
const table = benchTable()
const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))

/** Wall-clock and processor seconds of a piece of work. */
async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number; cpuSeconds: number }> {
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  const result = await work()
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
  return { result, seconds, cpuSeconds: cpuSecondsSince(cpu) }
}

/** An epoch as it would be read: with the root that its accounts come to. */
async function epochOf(path: string): Promise<EpochBooks> {
  const ledger = await readLedger(path, table)
  const plan = planLedger(loadInstances(), table, ledger.shapes)
  const secret = EpochSecret.random()
  const digests = riskDigests(table, plan.solvency.sizes)
  const { root } = await foldRoots({ plan, table, digests, ledger, secret, threads })
  return {
    ...{ folder, privateFolder: folder, manifestSha256: '0'.repeat(64), table, ledger },
    record: { seed: secret.toHex(), plan: planRecord(plan) } as EpochPrivate,
    manifest: {
      sizes: plan.solvency.sizes,
      parts: { solvency: { accountsRoot: root.toString() } },
    } as ProvenManifest,
  }
}

try {
  const path = join(folder, 'accounts.csv')
  const activityFolder = join(folder, 'activity')
  await mkdir(activityFolder)
  await writeBenchLedger(path, accounts)
  const rows = Array.from({ length: Math.ceil(accounts / DEPOSITORS) }, (_, i) => {
    const id = `customer-${String(i * DEPOSITORS).padStart(9, '0')}`
    return `${id},ASSET0,1\n${id},ASSET0,-1\n`
  })
  await writeFile(join(activityFolder, 'transfers.csv'), `account_id,instrument,quantity\n${rows.join('')}`)
  const [before, after] = [await epochOf(path), await epochOf(path)]
  const joined = joinedTable(table, table)
  const activity = await openActivity(activityFolder, joined)
  const books = {
    before,
    after,
    table: joined,
    activity,
    liquidations: [],
    recovered: new Map(),
    close: async () => {},
  }
  const check = await timed(() => balanceOf(books))
  const plans = [before, after].map(({ ledger }) => planLedger(loadInstances(), table, ledger.shapes))
  const plan = new SettlementPlanner(loadInstances()).plan({
    ledgers: [plans[0]!, plans[1]!],
    ...{ activity, liquidations: [], spots: before.manifest.sizes.spots },
  })
  const secret = EpochSecret.random()
  const fold = await timed(() => foldSettlement({ books, plan, secret, balance: check.result, threads }))
  const digests = riskDigests(table, before.manifest.sizes)
  const ledger = await timed(() =>
    foldLedger({ plan: plans[0]!, table, digests, ledger: before.ledger, secret, threads }),
  )
  reportFigures({
    accounts,
    threads,
    chunks: plan.chunks,
    unbalanced: check.result.counts.unbalanced,
    checkSeconds: check.seconds,
    checkCpuSeconds: check.cpuSeconds,
    foldSeconds: fold.seconds,
    foldCpuSeconds: fold.cpuSeconds,
    ledgerFoldSeconds: ledger.seconds,
    ledgerFoldCpuSeconds: ledger.cpuSeconds,
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
  })
  for (const each of [before.ledger, after.ledger, ...[...activity.values()].map((one) => one.activity)]) {
    await each.close()
  }
} finally {
  await rm(folder, { recursive: true })
}
