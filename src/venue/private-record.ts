import { existsSync } from 'node:fs'
import * as z from 'zod'
import { labelSchema, targetSchema } from '../bundle/index.js'
import { InputError } from '../errors/index.js'
import { readJsonFile } from '../files/index.js'
import { fieldElementSchema, sha256Schema } from '../schema/index.js'
import { privateLayout } from './folders.js'

/** The private record that a venue keeps beside an epoch. */
export const privateSchema = z.strictObject({
  schema: z.literal('plimsoll/epoch-private/2'),
  venue: labelSchema,
  epoch: labelSchema,
  target: targetSchema,
  seed: sha256Schema,
  /** The inputs that the run was begun with: it can be resumed with nothing else. */
  accountsSha256: sha256Schema,
  riskTable: sha256Schema,
  riskRoot: fieldElementSchema,
  /** Instances that the run chose, and their accounts and slots. */
  instances: z.array(z.strictObject({ name: z.string(), accounts: z.int(), slots: z.int() })),
  /** Batches that the whole ledger takes. */
  batches: z.int().positive(),
  /** The opening of the last state, once the whole ledger is folded. */
  opening: z
    .strictObject({
      batchIndex: z.int().nonnegative(),
      accountsRoot: fieldElementSchema,
      totals: z.array(fieldElementSchema),
      shortfalls: z.array(fieldElementSchema),
      blind: fieldElementSchema,
    })
    .nullable(),
})

export type EpochPrivate = z.infer<typeof privateSchema>

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
