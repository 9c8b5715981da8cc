/**
 * Exports the inclusion files of a made-up ledger of four slots an account, and says what it took: `tsx
 * scripts/bench-export.ts [ACCOUNTS] [--json]`. Everything runs on one thread. The epoch's proofs are left
 * out, as an export reads none.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { riskTableHash } from '../src/bundle/index.js'
import type { Manifest } from '../src/epoch/index.js'
import { writeJson } from '../src/files/index.js'
import { readLedger } from '../src/ledger/index.js'
import { loadInstances } from '../src/proving/index.js'
import { riskDigests } from '../src/risk/index.js'
import { EpochSecret } from '../src/venue/epoch-secret.js'
import { foldLedger } from '../src/venue/fold-ledger.js'
import { epochLayout, privateLayout } from '../src/venue/folders.js'
import { createSigningKey, exportAllInclusions, readSigningKey } from '../src/venue/index.js'
import { planLedger } from '../src/venue/plan-ledger.js'
import { planRecord } from '../src/venue/private-record.js'
import { stateOpening } from '../src/venue/state-opening.js'
import { benchTable, writeBenchLedger } from './bench-ledger.js'
import { benchWords, cpuSecondsSince, reportFigures } from './bench-report.js'

const [accounts = 100_000] = benchWords.map(Number)
const table = benchTable()

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
try {
  const path = join(folder, 'accounts.csv')
  await writeBenchLedger(path, accounts)
  const ledger = await readLedger(path, table)
  const [at, own] = [epochLayout(join(folder, 'epoch')), privateLayout(join(folder, 'private'))]
  await Promise.all([mkdir(at.folder), mkdir(own.folder)])
  const plan = planLedger(loadInstances(), table, ledger.shapes)
  const { sizes } = plan.solvency
  const digests = riskDigests(table, sizes)
  const secret = EpochSecret.random()
  const { states, opening } = await foldLedger({ plan, table, digests, ledger, secret, threads: 0 })
  const shared = { venue: 'Bench', epoch: '1', target: null, riskTable: riskTableHash(table) }
  const manifest: Manifest = {
    schema: 'plimsoll/epoch/4',
    ...shared,
    riskRoot: digests.riskRoot.toString(),
    sizes,
    keys: {},
    parts: {
      ledger: {
        firstState: states[0]!.toString(),
        state: states.at(-1)!.toString(),
        batches: plan.runs.map(({ instance, batches }) => ({ instance: instance.name, count: batches })),
      },
      solvency: {
        instance: plan.solvency.name,
        accountsRoot: opening.accountsRoot.toString(),
        reservesCommitment: '0',
        policy: '0',
      },
    },
  }
  await writeJson(at.manifest, manifest)
  await writeJson(own.record, {
    schema: 'plimsoll/epoch-private/3',
    ...shared,
    riskRoot: manifest.riskRoot,
    seed: secret.toHex(),
    accountsSha256: ledger.sha256,
    plan: planRecord(plan),
    opening: stateOpening(opening),
  })

  const key = join(folder, 'key.json')
  await createSigningKey(key)
  const signer = await readSigningKey(key)
  /** Accounts a CPU second of an export, without what folding took, and how much that was. */
  const measure = async (out: string, signed: boolean) => {
    let written: NodeJS.CpuUsage | undefined
    const cpu = process.cpuUsage()
    let foldCpu = 0
    await exportAllInclusions({
      ...{ folder: at.folder, privateFolder: own.folder, table, ledger, threads: 0 },
      ...(signed ? { key: signer } : {}),
      out: join(folder, out),
      onFold(done, of) {
        if (done < of) return
        foldCpu = cpuSecondsSince(cpu)
        written = process.cpuUsage()
      },
    })
    const exportCpu = cpuSecondsSince(written!)
    await rm(join(folder, out), { recursive: true })
    return {
      foldCpuSeconds: foldCpu,
      exportCpuSeconds: exportCpu,
      accountsPerCpuSecond: accounts / exportCpu,
    }
  }
  reportFigures({
    accounts,
    batches: plan.batches,
    lines: await measure('all.jsonl', false),
    signedLines: await measure('signed.jsonl', true),
    folder: await measure('all', false),
    parquet: await measure('all.parquet', false),
    peakGiB: process.resourceUsage().maxRSS / 2 ** 20,
  })
  await ledger.close()
} finally {
  await rm(folder, { recursive: true })
}
