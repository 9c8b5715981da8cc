import { availableParallelism } from 'node:os'
import type { Ledger } from '../ledger/index.js'
import { cachedKey, estimateInstance, findInstance, measureProving, proofRows } from '../proving/index.js'
import { instrumentNumbers, type RiskTable, riskColumns } from '../risk/index.js'
import { type BatchKind, batchKind, type LedgerSizes } from '../statements/index.js'
import { EpochSecret } from './epoch-secret.js'
import { BatchWork } from './fold/batch-work.js'
import type { LedgerPlan } from './plan-ledger.js'

/** What it takes to prove a ledger by a plan, about, on this machine. */
export interface Forecast {
  accounts: number
  /** Of the ledger, the last one of solvency included. */
  proofs: number
  solvency: { instance: string; spots: number; derivatives: number; tiers: number; scenarios: number }
  batches: (LedgerSizes & {
    instance: string
    kind: BatchKind
    batches: number
    /** Accounts that go into them; all other places are padding. */
    filled: number
  })[]
  /** Seconds, without those for keys that have to be made first. */
  seconds: { fold: number; proofs: number }
  /** What the times rest on. */
  measured: {
    /** Seconds for one account's part of a batch, on one core; for a row of the proof system, on all. */
    account: number
    row: number
    cores: number
  }
  /** Instances of which this machine has no key yet, and what development keys of them take, in seconds. */
  keys: { missing: string[]; seconds: number }
  /** Bytes: the most that proving takes, and what artifacts and the epoch take on the disk. */
  memory: number
  disk: { artifacts: number; epoch: number }
  /** To verify all proofs on a chain, many in a call. */
  gas: number
}

/** Bytes of memory that proving takes at any size, and for each row of the domain: measured on two cores. */
const MEMORY = { any: 250e6, row: 450 }
/** Bytes of an instance's artifacts for each constraint: key, constraints, names of signals. */
const ARTIFACT_BYTES = 1_000
/** Bytes of a proof in an epoch. */
const PROOF_BYTES = 1_400
/** Rows that making a key takes, compiling included, as long as for one constraint. */
const ROWS_OF_KEY = 45
/** Measured with `verifyBatch`: a call by itself, and each proof of two signals in it. */
const GAS = { call: 170_000, batch: 42_000, solvency: 252_000 }
/** Proofs in one call: with more it would not fit into a block of 30 million. */
const BATCHES_OF_A_CALL = 600
/** Accounts in the sample that is timed. */
const SAMPLE = 32

/**
 * What a plan takes, in about two seconds: times rest on measurements made here and now, sizes on those of
 * the shipped circuits.
 *
 * @param reading seconds that it took to read the accounts once
 */
export async function forecastPlan(
  plan: LedgerPlan,
  table: RiskTable,
  ledger: Pick<Ledger, 'count' | 'shapes'>,
  reading: number,
): Promise<Forecast> {
  const names = [...plan.runs.map(({ instance }) => instance.name), plan.solvency.name]
  const instances = names.map((name) => findInstance(name))
  const sizes = instances.map((instance) => estimateInstance(instance))
  const rows = plan.runs.reduce(
    (sum, { batches }, i) => sum + batches * proofRows(instances[i]!),
    proofRows(instances.at(-1)!),
  )
  const missing: string[] = []
  for (const name of names) if ((await cachedKey(name)) === undefined) missing.push(name)
  const [row, account] = [await measureProving(), timeOfAccount(plan, table, ledger)]
  const cores = availableParallelism()
  const places = plan.runs.reduce((sum, { instance, batches }) => sum + batches * instance.sizes.accounts, 0)
  const filled = plan.runs.map((_, run) =>
    plan.routes.reduce(
      (sum, { quotas }) => sum + quotas.reduce((n, quota) => (quota.run === run ? n + quota.accounts : n), 0),
      0,
    ),
  )
  const calls = plan.runs.reduce((sum, { batches }) => sum + Math.ceil(batches / BATCHES_OF_A_CALL), 0)
  const wires = (name: string) => sizes[names.indexOf(name)]!.wires
  return {
    accounts: ledger.count,
    proofs: plan.batches + 1,
    solvency: { instance: plan.solvency.name, ...plan.solvency.sizes },
    batches: plan.runs.map(({ instance, batches }, run) => ({
      instance: instance.name,
      kind: batchKind(instance.sizes),
      ...instance.sizes,
      batches,
      filled: filled[run]!,
    })),
    seconds: {
      // Each pass reads all accounts, and so does each run of batches as it is proven.
      fold: (places * account) / cores + (3 + plan.runs.length) * reading,
      proofs: rows * row,
    },
    measured: { account, row, cores },
    keys: {
      missing,
      seconds: missing.reduce((sum, name) => sum + ROWS_OF_KEY * wires(name) * row, 0),
    },
    memory: MEMORY.any + MEMORY.row * Math.max(...sizes.map(({ domainSize }) => domainSize)),
    disk: {
      artifacts: names.reduce((sum, name) => sum + ARTIFACT_BYTES * wires(name), 0),
      epoch: PROOF_BYTES * (plan.batches + 1),
    },
    gas: GAS.solvency + GAS.call * calls + GAS.batch * plan.batches,
  }
}

/** Seconds that the passes of a fold take for an account of about as many slots as those of a ledger have. */
function timeOfAccount(
  plan: LedgerPlan,
  table: RiskTable,
  { count, shapes }: Pick<Ledger, 'count' | 'shapes'>,
): number {
  const slots = shapes.reduce((sum, { tiers, others, accounts }) => sum + (tiers + others) * accounts, 0)
  const spot = table.instruments.findIndex(({ tier }) => tier === undefined)
  const { instance } = plan.runs.toSorted((a, b) => b.batches - a.batches)[0]!
  const sizes = { ...instance.sizes, accounts: Math.min(SAMPLE, instance.sizes.accounts) }
  const others = Math.min(Math.round(slots / count), sizes.slots - sizes.pledged)
  const work = new BatchWork({
    seed: EpochSecret.random().toHex(),
    columns: riskColumns(table, plan.solvency.sizes),
    numbers: instrumentNumbers(table),
  })
  const accounts = Array.from({ length: sizes.accounts }, (_, i) => ({
    id: `account ${i}`,
    owner: 0n,
    slots: Array.from({ length: others }, () => ({ instrument: spot, quantity: 1n })),
  }))
  const job = { pass: 'fix', members: { index: 0, instance: { ...instance, sizes }, accounts } } as const
  work.do(job)
  const started = performance.now()
  work.do(job)
  return (performance.now() - started) / 1000 / sizes.accounts
}
