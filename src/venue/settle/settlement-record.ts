import { existsSync } from 'node:fs'
import * as z from 'zod'
import { instanceNameSchema, labelSchema } from '../../bundle/index.js'
import { InputError } from '../../errors/index.js'
import { readJsonFile } from '../../files/index.js'
import { findInstance } from '../../proving/index.js'
import { fieldElementSchema, sha256Schema } from '../../schema/index.js'
import { REASONS, weighSizes } from '../../statements/index.js'
import { privateLayout } from '../folders.js'
import type { FoldPlan } from '../plan-ledger.js'
import type { FileReason } from './activity-files.js'
import type { SettlementPlan } from './plan-settlement.js'

const countSchema = z.int().positive()

/** The private record that a venue keeps of a settlement beside its later epoch. */
export const settlementPrivateSchema = z.strictObject({
  schema: z.literal('plimsoll/settlement-private/1'),
  venue: labelSchema,
  epoch: labelSchema,
  /** SHA-256 of the manifest of the earlier epoch. */
  previous: sha256Schema,
  seed: sha256Schema,
  /** SHA-256 of the rows of each reason: the run can be resumed with nothing else. */
  activity: z.partialRecord(z.enum(REASONS), sha256Schema),
  /** Nullifiers of the earlier epoch's liquidations, in the order of their leaves. */
  liquidations: z.array(fieldElementSchema),
  /** Instances that the plan was chosen among; `null` for all. */
  choice: z.array(instanceNameSchema).nullable(),
  plan: z.strictObject({
    instance: instanceNameSchema,
    trees: z.array(
      z.strictObject({
        tree: z.int().nonnegative(),
        runs: z.array(
          z.strictObject({ instance: instanceNameSchema, batches: countSchema, chunks: countSchema }),
        ),
      }),
    ),
    rows: z.partialRecord(
      z.enum(REASONS),
      z.strictObject({
        runs: z.array(z.strictObject({ instance: instanceNameSchema, batches: countSchema })),
        routes: z.array(
          z.strictObject({
            shapes: z.array(z.string()),
            quotas: z.array(z.strictObject({ run: z.int().nonnegative(), accounts: countSchema })),
          }),
        ),
      }),
    ),
  }),
})

export type SettlementPrivate = z.infer<typeof settlementPrivateSchema>

/** A plan as the record keeps it. */
export function settlementPlanRecord({ instance, trees, rows }: SettlementPlan): SettlementPrivate['plan'] {
  return {
    instance,
    trees: trees.map(({ tree, runs }) => ({
      tree,
      runs: runs.map((run) => ({
        instance: run.instance.name,
        batches: run.batches,
        chunks: run.chunks,
      })),
    })),
    rows: Object.fromEntries(
      [...rows].map(([reason, { runs, routes }]) => [
        reason,
        {
          runs: runs.map((run) => ({ instance: run.instance.name, batches: run.batches })),
          routes: routes.map(({ shapes, quotas }) => ({
            shapes: [...shapes],
            quotas: quotas.map(({ run, accounts }) => ({ run, accounts })),
          })),
        },
      ]),
    ),
  }
}

/**
 * The plan that a run was begun with.
 *
 * @throws {InputError} `INSTANCE_UNKNOWN` when it is of another version
 */
export function recordedSettlementPlan({ plan }: Pick<SettlementPrivate, 'plan'>): SettlementPlan {
  const weigh = (name: string) => ({ name, sizes: weighSizes(findInstance(name)) })
  const trees = plan.trees.map(({ tree, runs }) => ({
    tree,
    runs: runs.map(({ instance, ...counts }) => ({ instance: weigh(instance), ...counts })),
  }))
  const rows = Object.entries(plan.rows).map(([reason, { runs, routes }]): [FileReason, FoldPlan] => [
    reason as FileReason,
    {
      runs: runs.map(({ instance, batches }) => {
        const { leaves, slots } = weigh(instance).sizes
        return {
          instance: { name: instance, sizes: { accounts: leaves, slots, scenarios: 0, pledged: 0 } },
          batches,
        }
      }),
      batches: runs.reduce((sum, { batches }) => sum + batches, 0),
      routes,
    },
  ])
  return {
    instance: plan.instance,
    trees,
    rows: new Map(rows),
    chunks: trees.flatMap(({ runs }) => runs).reduce((sum, { batches, chunks }) => sum + batches * chunks, 0),
  }
}

/**
 * What a venue keeps of the settlement of an epoch.
 *
 * @throws {InputError} `SETTLEMENT_PRIVATE` where there is nothing, and what `readJsonFile` throws
 */
export async function readSettlementPrivate(privateFolder: string): Promise<SettlementPrivate> {
  const path = privateLayout(privateFolder).settlement
  if (existsSync(path)) return readJsonFile(path, settlementPrivateSchema)
  throw new InputError(
    'SETTLEMENT_PRIVATE',
    'there is no settlement.json, which the private folder of a settled epoch has',
    {
      where: privateFolder,
      hint: '`plimsoll settlement prove` makes it. Name the private folder of the later epoch.',
    },
  )
}
