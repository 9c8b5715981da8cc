import { blobValue } from '@duckdb/node-api'
import { parseFieldElement } from '../field/index.js'
import type { Database } from './database.js'
import type { Account, AccountOrder } from './ledger.js'
import type { QuantityReader } from './quantity.js'

const MIN_SEED_BYTES = 16

/**
 * Every account of the checked table `cells`, in the order that the seed gives.
 *
 * @throws {RangeError} when the seed is shorter than 16 bytes
 */
export async function* shuffledAccounts(
  db: Database,
  readQuantity: QuantityReader,
  { shuffleSeed }: AccountOrder,
): AsyncGenerator<Account, void, undefined> {
  if (shuffleSeed.length < MIN_SEED_BYTES) {
    throw new RangeError(`a shuffle seed has at least ${MIN_SEED_BYTES} bytes`)
  }
  const inOrder = `
    SELECT id, owner, key, quantity FROM cells
    ORDER BY sha256($seed || encode(id)), id, key`
  let account: Account | undefined
  for await (const [ids, owners, keys, quantities] of db.columns(inOrder, { seed: blobValue(shuffleSeed) })) {
    for (let i = 0; i < ids!.length; i++) {
      const id = ids![i] as string
      if (account?.id !== id) {
        if (account) yield account
        account = { id, owner: parseFieldElement(owners![i] || '0'), slots: [] }
      }
      const key = keys![i] as number
      const quantity = readQuantity(key, quantities![i] as string)
      if (quantity !== 0n) account.slots.push({ instrument: key >> 1, quantity })
    }
  }
  if (account) yield account
}
