import { parseFieldElement, type Slot } from '../field/index.js'
import type { Database } from './database.js'
import type { Holdings } from './judge.js'
import type { Account, AccountOrder } from './ledger.js'
import { lostRows } from './places.js'
import type { QuantityReader } from './quantity.js'

const MIN_SEED_BYTES = 16

/** How the rows of accounts are understood. */
export interface AccountReading {
  readQuantity: QuantityReader
  toSlots: (held: Holdings) => Slot[]
  /** How many accounts there are. */
  count: number
  /** The file's name, for messages. */
  where: string
}

/**
 * Every account of the checked table `cells`, in the order that the seed gives.
 *
 * @throws {RangeError} when the seed is shorter than 16 bytes
 * @throws {InputError} `LEDGER_READ` when the database loses an account
 */
export async function* shuffledAccounts(
  db: Database,
  { readQuantity, toSlots, count, where }: AccountReading,
  { shuffleSeed }: AccountOrder,
): AsyncGenerator<Account, void, undefined> {
  if (shuffleSeed.length < MIN_SEED_BYTES) {
    throw new RangeError(`a shuffle seed has at least ${MIN_SEED_BYTES} bytes`)
  }
  const inOrder = `
    SELECT id, owner, key, quantity FROM cells
    ORDER BY sha256($seed || encode(id)), id, key`
  let open: { id: string; owner: bigint; held: Map<number, bigint> } | undefined
  const finish = ({ id, owner, held }: NonNullable<typeof open>): Account => ({
    id,
    owner,
    slots: toSlots(held),
  })
  let opened = 0
  for await (const [ids, owners, keys, quantities] of db.columns(inOrder, { seed: shuffleSeed })) {
    for (let i = 0; i < ids!.length; i++) {
      const id = ids![i] as string
      if (open?.id !== id) {
        if (open) yield finish(open)
        opened++
        open = { id, owner: parseFieldElement(owners![i] || '0'), held: new Map() }
      }
      const key = keys![i] as number
      open.held.set(key, readQuantity(key, quantities![i] as string))
    }
  }
  if (opened !== count) throw lostRows(where)
  if (open) yield finish(open)
}
