import type { AccountRules } from './account-rules.js'
import type { Database } from './database.js'
import type { Account, AccountOrder } from './ledger.js'
import { accountRows } from './rows.js'

const MIN_SEED_BYTES = 16

/**
 * Every account of the checked table `cells`, in the order that the seed gives.
 *
 * @param where the file's name, for messages
 * @throws {RangeError} when the seed is shorter than 16 bytes
 * @throws {InputError} `LEDGER_READ` when the database loses a row
 */
export async function* shuffledAccounts(
  db: Database,
  rules: AccountRules,
  where: string,
  { shuffleSeed }: AccountOrder,
): AsyncGenerator<Account, void, undefined> {
  if (shuffleSeed.length < MIN_SEED_BYTES) {
    throw new RangeError(`a shuffle seed has at least ${MIN_SEED_BYTES} bytes`)
  }
  for await (const accounts of accountRows(db, { order: 'shuffled', seed: shuffleSeed, where })) {
    for (const account of accounts) yield rules.account(account)
  }
}
