import { existsSync } from 'node:fs'
import * as z from 'zod'
import { labelSchema, previousSchema, targetSchema } from '../bundle/index.js'
import { ledgerSizesOf, tableSizesOf } from '../epoch/index.js'
import { InputError } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import { TREE_ARITY } from '../hash/index.js'
import { findInstance } from '../proving/index.js'
import { fieldElementSchema, sha256Schema } from '../schema/index.js'
import { privateLayout } from './folders.js'
import type { LedgerPlan, PlanOptions } from './plan-ledger.js'

/** The private record that a venue keeps beside an epoch. */
export const privateSchema = z.strictObject({
  schema: z.literal('plimsoll/epoch-private/3'),
  venue: labelSchema,
  epoch: labelSchema,
  target: targetSchema,
  /** Those that its solvency was proven for as well: see `retargetEpoch`. */
  otherTargets: z.array(targetSchema).exactOptional(),
  previous: previousSchema.exactOptional(),
  seed: sha256Schema,
  /** The inputs that the run was begun with: it can be resumed with nothing else. */
  accountsSha256: sha256Schema,
  riskTable: sha256Schema,
  riskRoot: fieldElementSchema,
  /** Which instances prove its ledger and its solvency, and where its accounts go: see `LedgerPlan`. */
  plan: z.strictObject({
    solvency: z.string(),
    runs: z.array(z.strictObject({ instance: z.string(), batches: z.int().positive() })).min(1),
    routes: z.array(
      z.strictObject({
        shapes: z.array(z.string()),
        quotas: z.array(z.strictObject({ run: z.int().nonnegative(), accounts: z.int().positive() })),
      }),
    ),
  }),
  /** What the plan was chosen among: see `PlanOptions`. Runs that earlier versions began do not say. */
  choice: z
    .strictObject({
      instances: z.array(z.string()).nullable(),
      own: z.array(z.string()),
      allStressed: z.boolean(),
    })
    .exactOptional(),
  /** What opens the last state, once the whole ledger is proven: see `SolvencyLedger`. */
  opening: z
    .strictObject({
      state: z.strictObject({
        count: z.int().positive(),
        blind: fieldElementSchema,
        keySum: fieldElementSchema,
        equitySum: fieldElementSchema,
        shortfalls: z.array(z.strictObject({ sum: fieldElementSchema, accounts: fieldElementSchema })),
      }),
      accountsRoot: fieldElementSchema,
      last: z.strictObject({
        place: z.int().nonnegative(),
        root: fieldElementSchema,
        children: z.array(z.array(fieldElementSchema).length(TREE_ARITY)),
      }),
      totals: z.array(fieldElementSchema),
      totalsBlind: fieldElementSchema,
      totalsDigest: fieldElementSchema,
      weightedTotals: z.array(fieldElementSchema),
      weightedTotalsBlind: fieldElementSchema,
      second: fieldElementSchema,
    })
    .nullable(),
})

export type EpochPrivate = z.infer<typeof privateSchema>

/** Every target that the solvency of an epoch may be proven for. */
export function targetsOf({ target, otherTargets = [] }: EpochPrivate): EpochPrivate['target'][] {
  return [target, ...otherTargets]
}

/** A plan as the private record keeps it. */
export function planRecord({ solvency, runs, routes }: LedgerPlan): EpochPrivate['plan'] {
  return {
    solvency: solvency.name,
    runs: runs.map(({ instance, batches }) => ({ instance: instance.name, batches })),
    routes: routes.map(({ shapes, quotas }) => ({
      shapes: [...shapes],
      quotas: quotas.map(({ run, accounts }) => ({ run, accounts })),
    })),
  }
}

/** A choice of instances as the private record keeps it. */
export function choiceRecord({
  instances,
  own = [],
  allStressed = false,
}: PlanOptions): NonNullable<EpochPrivate['choice']> {
  const names = (list: readonly string[]) => [...new Set(list)].sort()
  return {
    instances: instances === undefined ? null : names(instances),
    own: names(own.map(({ name }) => name)),
    allStressed,
  }
}

/**
 * The plan that a run was begun with.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN` when it is of another version
 */
export function recordedPlan({ plan }: Pick<EpochPrivate, 'plan'>): LedgerPlan {
  const solvency = findInstance(plan.solvency)
  return {
    solvency: { name: solvency.name, sizes: tableSizesOf(solvency) },
    runs: plan.runs.map(({ instance, batches }) => ({
      instance: { name: instance, sizes: ledgerSizesOf(findInstance(instance)) },
      batches,
    })),
    routes: plan.routes,
    batches: batchesOfRecord({ plan }),
  }
}

/** Batches that the whole ledger of a record takes. */
export function batchesOfRecord({ plan }: Pick<EpochPrivate, 'plan'>): number {
  return plan.runs.reduce((sum, { batches }) => sum + batches, 0)
}

/**
 * Refuses a folder that is not the private one of an epoch.
 *
 * @throws {InputError} `EPOCH_PRIVATE`
 */
export function assertPrivate(folder: string): void {
  if (existsSync(privateLayout(folder).record)) return
  throw new InputError('EPOCH_PRIVATE', 'there is no epoch.json, which a private folder of an epoch has', {
    where: folder,
    hint: '`plimsoll ledger prove` makes it beside the epoch, or where --private says: name it here in the same way.',
  })
}

/**
 * Reads what a venue keeps of an epoch.
 *
 * @throws {InputError} `EPOCH_PRIVATE`, and what `readJsonFile` throws
 */
export async function readPrivate(folder: string): Promise<EpochPrivate> {
  assertPrivate(folder)
  return readJsonFile(privateLayout(folder).record, privateSchema)
}
