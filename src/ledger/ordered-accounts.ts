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
  assertSeed(shuffleSeed)
  for await (const accounts of accountRows(db, { order: 'shuffled', seed: shuffleSeed, where })) {
    for (const account of accounts) yield rules.account(account)
  }
}

/** @throws {RangeError} when a seed is shorter than 16 bytes */
export function assertSeed(seed: Uint8Array): void {
  if (seed.length < MIN_SEED_BYTES) {
    throw new RangeError(`a shuffle seed has at least ${MIN_SEED_BYTES} bytes`)
  }
}

/**
 * Every account of the checked table `cells`, ordered by the bytes of its identifier.
 *
 * @param where the file's name, for messages
 * @throws {InputError} `LEDGER_READ` when the database loses a row
 */
export async function* sortedAccounts(
  db: Database,
  rules: AccountRules,
  where: string,
): AsyncGenerator<Account, void, undefined> {
  for await (const accounts of accountRows(db, { order: 'sorted', where })) {
    for (const account of accounts) yield rules.account(account)
  }
}
