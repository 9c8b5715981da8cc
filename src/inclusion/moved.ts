import * as z from 'zod'
import { labelSchema } from '../bundle/index.js'
import { accountIdFault, textSchema } from '../field/index.js'
import { accountIdDigest } from '../hash/index.js'
import { fieldElementSchema, parseJsonAs } from '../schema/index.js'
import { movementLeaf } from '../statements/index.js'
import { packedSlots, slotsSchema } from './slots.js'

/** What opens the movement of a liquidation, beside account and owner: every slot of its leaf. Private. */
export const movedSchema = z.strictObject({ salt: fieldElementSchema, slots: slotsSchema })

/**
 * What moved in a liquidation, and the salt that hides it: signed quantities, slot by slot.
 *
 * @useDeclaredType
 */
export type Moved = z.infer<typeof movedSchema>

/** What a venue keeps of a liquidation that it has proven, for itself and the account's customer. Private. */
export const liquidationRecordSchema = z.strictObject({
  schema: z.literal('plimsoll/liquidation-record/1'),
  venue: labelSchema,
  epoch: labelSchema,
  account: textSchema(accountIdFault),
  /** The owner's commitment; `0` for none. */
  owner: fieldElementSchema,
  /** As the proof has it. */
  nullifier: fieldElementSchema,
  moved: movedSchema,
})

/**
 * What a venue keeps of a liquidation: whose it is, and what opens what moved.
 *
 * @useDeclaredType
 */
export type LiquidationRecord = z.infer<typeof liquidationRecordSchema>

/**
 * The record of a liquidation that a text holds.
 *
 * @param where the file's name, for messages
 * @throws {InputError} what `parseJsonAs` throws
 * @example
 * import { readFile } from 'node:fs/promises'
 *
 * const { moved } = parseLiquidationRecord(await readFile('record.json', 'utf8'), 'record.json')
 */
export function parseLiquidationRecord(text: string, where: string): LiquidationRecord {
  return parseJsonAs(text, liquidationRecordSchema, where)
}

/**
 * The leaf that a movement has, as a proof commits to it; `undefined` when a quantity is none of its decimals
 * or out of range.
 */
export function movementOf(
  { account, owner }: Pick<LiquidationRecord, 'account' | 'owner'>,
  moved: Moved,
): bigint | undefined {
  const slots = packedSlots(moved)
  const holder = { accountId: accountIdDigest(account), owner: BigInt(owner) }
  return slots && movementLeaf(holder, BigInt(moved.salt), slots)
}
