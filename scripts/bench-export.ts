/**
 * Exports the inclusion files of a made-up ledger of four slots an account, and says what it took: `tsx
 * scripts/bench-export.ts [ACCOUNTS] [--json]`. Everything runs on one thread. The epoch's proofs are left
 * out, as an export reads none.
 */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { riskTableHash } from '../src/bundle/index.js'
import type { Manifest } from '../src/epoch/index.js'
import { writeJson } from '../src/files/index.js'
import { readLedger } from '../src/ledger/index.js'
import { loadInstances } from '../src/proving/index.js'
import { type RiskTable, riskDigests } from '../src/risk/index.js'
import { EpochSecret } from '../src/venue/epoch-secret.js'
import { foldLedger } from '../src/venue/fold-ledger.js'
import { epochLayout, privateLayout } from '../src/venue/folders.js'
import { createSigningKey, exportAllInclusions, readSigningKey } from '../src/venue/index.js'
import { planLedger } from '../src/venue/plan-ledger.js'
import { planRecord } from '../src/venue/private-record.js'
import { stateOpening } from '../src/venue/state-opening.js'
import { benchWords, cpuSecondsSince, reportFigures } from './bench-report.js'

const [accounts = 100_000] = benchWords.map(Number)
const SPOTS = 16
const marks = Array.from({ length: SPOTS }, (_, i) => 10n ** 12n * BigInt(1 + i * i))
const table: RiskTable = {
  timestamp: 1_767_225_600,
  quote: 'USD',
  valueDecimals: 18,
  instruments: marks.map((mark, i) => ({ symbol: `ASSET${i}`, kind: 'spot', decimals: 8, mark })),
  scenarios: [],
}

function rowsOf(u: number): string {
  const id = `customer-${String(u).padStart(9, '0')}`
  const amount = (s: number) => `${1 + ((u * 7919 + s * 104_729) % 9973)}.${1 + ((u + s) % 97)}`
  return [0, 1, 2, 3].map((s) => `${id},ASSET${(u + 5 * s) % SPOTS},${amount(s)}\n`).join('')
}

const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'))
try {
  const path = join(folder, 'accounts.csv')
  const file = createWriteStream(path)
  file.write('account_id,instrument,quantity\n')
  for (let u = 0; u < accounts; u++) if (!file.write(rowsOf(u))) await once(file, 'drain')
  file.end()
  await once(file, 'close')
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
